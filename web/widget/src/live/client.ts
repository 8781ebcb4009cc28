// Ties the reducer, the socket, the storage and the HTTP calls together. The screens call it and watch `talk`.
import type {
  Attachment,
  ConversationView,
  EntryPage,
  FollowUp,
  FollowUpRequest,
  Rating,
  ServerFrame,
  Session,
} from "../../../contract/widget.ts";
import type { Failure, Shell } from "../shell/shell.ts";
import { Links } from "./links.ts";
import { Polling } from "./polling.ts";
import { Sender } from "./sender.ts";
import { Socket } from "./socket.ts";
import { type Action, empty, hasGap, hello, lastSeq, type Outgoing, reduce, type Talk } from "./state.ts";
import { Storage } from "./storage.ts";

/** So many tries for a socket in vain, or so long without one, and requests take over until there is one. */
const TRIES = 3;
const TAKE_OVER_MS = 5000;
const RECENT_MS = 15 * 60_000;
const LINKS_MS = 5 * 60_000;
const RETRY_MS = 2000;
const TYPING_EVERY_MS = 3000;
const TYPING_FOR_MS = 6000;
/** The server takes a draft back itself; this is for one that was lost on the way. */
const DRAFT_FOR_MS = 15_000;
const PAGE_SIZE = 50;

export class Client {
  talk: Talk = empty;
  readonly storage: Storage;
  /** The server refuses this page for good. */
  refused = false;
  private readonly socket: Socket;
  private readonly polling: Polling;
  private readonly links: Links;
  private readonly linksTimer: number;
  private failures = 0;
  private takeOver = 0;
  private readonly watchers = new Set<() => void>();
  private contact: string;
  private verified: boolean;
  private readonly sender: Sender;
  private typingTimer = 0;
  private draftTimer = 0;
  private typedAt = 0;
  private readSent = 0;
  private loadingOlder = false;
  private saveTimer = 0;
  private announced = 0;

  constructor(private readonly shell: Shell) {
    const session = shell.session();
    this.storage = new Storage(shell.config.inbox);
    this.contact = session.contact.id;
    this.verified = session.contact.verified;
    this.socket = new Socket(`${shell.config.base.replace(/^http/, "ws")}ws/widget`, {
      hello: () => hello(this.talk, this.shell.session().token),
      frame: (frame) => this.receive(frame),
      down: () => this.down(),
      renew: () => this.shell.renew(),
      refused: () => {
        this.refused = true;
        clearTimeout(this.takeOver);
        this.polling.stop();
        this.apply({ t: "link", link: "offline" });
      },
    });
    const talk = (): Talk => this.talk;
    this.sender = new Sender(this.socket, () => this.talk.outbox);
    const apply = (action: Action): void => this.apply(action);
    this.polling = new Polling(shell, talk, apply);
    this.links = new Links(shell, talk, apply);
    this.linksTimer = window.setInterval(() => void this.links.renew(), LINKS_MS);
    this.restore(session);
    addEventListener("storage", this.elsewhere);
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  start(): void {
    this.socket.start();
    this.expectSocket();
  }

  stop(): void {
    this.socket.stop();
    this.polling.stop();
    this.failures = 0;
    this.down();
    this.failures = 0;
    clearTimeout(this.takeOver);
    this.takeOver = 0;
  }

  destroy(): void {
    this.stop();
    removeEventListener("storage", this.elsewhere);
    clearTimeout(this.saveTimer);
    clearInterval(this.linksTimer);
    this.watchers.clear();
  }

  /** Another person, or the same one with a new token. */
  renewed(session: Session): void {
    if (session.contact.id === this.contact) return;
    const unsent = this.verified ? [] : this.talk.outbox;
    this.contact = session.contact.id;
    this.verified = session.contact.verified;
    this.sender.forget();
    this.storage.forgetScreen();
    // What a visitor has not sent yet goes with him when he signs in. What a signed-in customer has not sent waits,
    // under his name, until he is back.
    for (const message of unsent) this.storage.keep(this.contact, message);
    this.apply({ t: "reset" });
    this.restore(session);
    this.socket.restart();
  }

  send(text: string, attachments: Attachment[] = [], quickReply?: string): void {
    const message: Outgoing = {
      id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`,
      text,
      attachments,
      at: new Date().toISOString(),
      status: "waiting",
      ...(quickReply ? { quickReply } : {}),
    };
    this.storage.keep(this.contact, message);
    this.apply({ t: "outgoing", message });
    this.typedAt = 0;
    this.bring();
  }

  retry(id: string): void {
    this.apply({ t: "retry", id });
    this.bring();
  }

  discard(id: string): void {
    this.storage.drop(id);
    this.apply({ t: "discard", id });
  }

  /** Ask for a person. Without a connection, or with nothing open yet, the wish goes as words. */
  async person(words: string): Promise<void> {
    try {
      await this.move("person");
    } catch (error) {
      const { code } = error as Failure;
      if (!["network", "unavailable", "not_found", "illegal_move"].includes(code)) throw error;
      this.send(words);
    }
  }

  bot(): Promise<void> {
    return this.move("bot");
  }

  /** Somebody has yet to answer or to read. */
  get ongoing(): boolean {
    const { view, outbox, entries } = this.talk;
    if (outbox.length > 0 || view?.state === "queued" || view?.state === "active") return true;
    const last = entries.at(-1);
    return view?.state === "bot" && last !== undefined && Date.now() - Date.parse(last.at) < RECENT_MS;
  }

  /** The same conversation on a page of its own. */
  get pageUrl(): string {
    return `${this.shell.config.base}chat?inbox=${encodeURIComponent(this.shell.config.inbox)}`;
  }

  /** The rating was given or skipped; do not ask again. */
  rated(): void {
    const { view } = this.talk;
    if (view) this.apply({ t: "state", conversation: { ...view, rating: { ...view.rating, given: true } } });
  }

  end(): Promise<void> {
    return this.move("end");
  }

  rate(rating: Rating): Promise<unknown> {
    return this.shell.request("POST", "rating", rating);
  }

  followUp(request: FollowUpRequest): Promise<FollowUp> {
    return this.shell.request("POST", "follow-up", request);
  }

  feedback(seq: number, helpful: boolean): void {
    const conversation = this.talk.view?.id;
    if (!conversation) return;
    void this.shell.request("POST", "feedback", { conversation, seq, helpful }).catch(() => undefined);
  }

  typing(on: boolean): void {
    const now = Date.now();
    if (!this.talk.view || (on && now - this.typedAt < TYPING_EVERY_MS) || (!on && !this.typedAt)) return;
    this.typedAt = on ? now : 0;
    this.socket.send({ t: "typing", on });
  }

  /** Everything on the screen has been seen. */
  seen(): void {
    const seq = lastSeq(this.talk);
    if (seq > this.talk.seen) this.apply({ t: "seen", seq });
    if (seq > Math.max(this.readSent, this.talk.view?.customer_read_seq ?? 0) && this.socket.send({ t: "read", seq })) {
      this.readSent = seq;
    }
  }

  async older(): Promise<void> {
    const { view, entries, earlier } = this.talk;
    const first = entries[0]?.seq;
    if (!view || !earlier || !first || this.loadingOlder) return;
    this.loadingOlder = true;
    try {
      const page = await this.shell.request<EntryPage>(
        "GET",
        `conversations/${view.id}/entries?before=${first}&limit=${PAGE_SIZE}`,
      );
      this.apply({ t: "older", conversation: view.id, entries: page.entries, more: page.more });
    } catch {
      // The next scroll tries again.
    } finally {
      this.loadingOlder = false;
    }
  }

  private async move(path: "person" | "bot" | "end"): Promise<void> {
    const conversation = this.talk.view?.id;
    const view = await this.shell.request<ConversationView>("POST", path, conversation ? { conversation } : {});
    const fresh = !conversation;
    this.apply({ t: "state", conversation: view });
    this.start();
    this.polling.hurry();
    if (fresh) this.socket.resume();
  }

  private receive(frame: ServerFrame): void {
    if (frame.t === "entry" && hasGap(this.talk, frame)) {
      this.socket.resume();
      return;
    }
    if (frame.t === "error") this.failed(frame);
    const resumed = this.talk.cursor > 0;
    this.apply(frame);
    switch (frame.t) {
      case "ready":
        this.failures = 0;
        clearTimeout(this.takeOver);
        this.takeOver = 0;
        this.polling.stop();
        void this.links.renew();
        if (frame.more && resumed) this.socket.resume();
        this.sender.forget();
        this.sender.flush();
        break;
      case "ack":
        // The first message makes the conversation: ask for its state and for what was said before it.
        if (!this.talk.view) this.socket.resume();
        this.storage.drop(frame.id);
        this.sender.landed(frame.id);
        break;
      case "typing":
        clearTimeout(this.typingTimer);
        if (frame.on) this.typingTimer = window.setTimeout(() => this.apply({ t: "typing_expired" }), TYPING_FOR_MS);
        break;
      case "draft":
        clearTimeout(this.draftTimer);
        if (frame.text) this.draftTimer = window.setTimeout(() => this.apply({ t: "draft_expired" }), DRAFT_FOR_MS);
        break;
    }
  }

  private failed(frame: Extract<ServerFrame, { t: "error" }>): void {
    if (frame.code === "epoch_changed") {
      // History was restored from a backup: what is cached here may never have happened.
      this.storage.forgetScreen();
      this.apply({ t: "restored" });
      this.socket.resume();
    } else if (frame.code === "unauthenticated") {
      void this.shell.renew().then(
        () => this.socket.restart(),
        () => undefined,
      );
    } else if (frame.id) {
      this.sender.forget();
      setTimeout(() => this.sender.flush(), Math.max(RETRY_MS, (frame.retry_after ?? 0) * 1000));
    }
  }

  private bring(): void {
    this.start();
    this.sender.flush();
    this.polling.hurry();
  }

  private expectSocket(): void {
    if (!this.takeOver && !this.socket.works && !this.refused) {
      this.takeOver = window.setTimeout(() => this.polling.start(), TAKE_OVER_MS);
    }
  }

  private down(): void {
    this.sender.forget();
    if (++this.failures >= TRIES) this.polling.start();
    this.expectSocket();
    if (this.polling.works) return;
    this.apply({ t: "link", link: navigator.onLine === false ? "offline" : "connecting" });
  }

  private restore(session: Session): void {
    const screen = this.storage.lastScreen(this.contact);
    if (screen && screen.history === session.history && screen.view.id === session.conversation?.id) {
      this.apply({ t: "cached", ...screen, view: session.conversation });
    } else if (session.conversation) {
      this.apply({ t: "state", conversation: session.conversation });
    }
    for (const message of this.storage.outbox(this.contact)) this.apply({ t: "outgoing", message });
  }

  private apply(action: Action): void {
    const before = this.talk;
    if ("entries" in action && action.t !== "cached") this.links.arrived(action.entries);
    if (action.t === "entry") this.links.arrived([action.entry]);
    this.talk = reduce(before, action);
    if (this.talk === before) return;
    for (const message of action.t === "reset" ? [] : before.outbox) {
      if (!this.talk.outbox.some((it) => it.id === message.id)) this.storage.drop(message.id);
    }
    const changed = this.talk.entries !== before.entries || this.talk.seen !== before.seen;
    if (this.talk.view && changed) this.saveSoon();
    const last = this.talk.entries.at(-1);
    if (last && last.seq > this.announced && this.talk.synced) {
      if (this.announced && last.by.kind !== "customer") this.shell.emit("message", { by: last.by.kind });
      this.announced = last.seq;
    }
    if (this.talk.view?.state !== before.view?.state) this.shell.emit("state", this.talk.view?.state ?? null);
    for (const watcher of this.watchers) watcher();
  }

  private saveSoon(): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = window.setTimeout(() => {
      const { history, view, entries, cursor, seen } = this.talk;
      if (!history || !view) return;
      // Behind the cursor something may be missing; what is cached must be whole.
      const whole = entries.filter((it) => it.seq <= cursor);
      this.storage.saveScreen({ contact: this.contact, history, view, entries: whole, seen });
    }, 500);
  }

  private readonly elsewhere = (event: StorageEvent): void => {
    const id = this.storage.sentElsewhere(event);
    if (id && !this.sender.isSending(id)) this.apply({ t: "discard", id });
  };
}
