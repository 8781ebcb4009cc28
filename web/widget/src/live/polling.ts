// When no socket gets through (proxies, policies), the same conversation over plain requests: slower, and complete.
import type { ConversationView, EntryPage } from "../../../contract/widget.ts";
import type { Failure, Shell } from "../shell/shell.ts";
import type { Action, Outgoing, Talk } from "./state.ts";

const EVERY_MS = 4000;
/** While an answer is expected. */
const BRISK_MS = 800;
const BRISK_FOR_MS = 15_000;
const SLOWEST_MS = 30_000;
/** Higher than any number: from there backwards stands the newest. */
const END = Number.MAX_SAFE_INTEGER;

interface Sent {
  seq: number;
  message_id: string;
  at: string;
  conversation: string;
}

export class Polling {
  private timer = 0;
  private on = false;
  private running = false;
  private again = false;
  private briskUntil = 0;
  private wait = EVERY_MS;
  /** True while requests get through. */
  works = false;

  constructor(
    private readonly shell: Shell,
    private readonly talk: () => Talk,
    private readonly apply: (action: Action) => void,
  ) {}

  start(): void {
    if (this.on) return;
    this.on = true;
    void this.round();
  }

  stop(): void {
    this.on = this.works = false;
    this.wait = EVERY_MS;
    clearTimeout(this.timer);
  }

  /** The customer has just done something: bring it at once, and look soon for what comes of it. */
  hurry(): void {
    this.briskUntil = Date.now() + BRISK_FOR_MS;
    if (this.on) void this.round();
  }

  private async round(): Promise<void> {
    clearTimeout(this.timer);
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    this.again = false;
    try {
      await this.send();
      await this.read();
      this.works = this.on;
      this.wait = EVERY_MS;
    } catch (error) {
      const { retryAfter } = error as Failure;
      this.works = false;
      this.wait = Math.max(Math.min(this.wait * 2, SLOWEST_MS), (retryAfter ?? 0) * 1000);
    }
    this.running = false;
    if (!this.on) return;
    const wait = this.works && Date.now() < this.briskUntil ? BRISK_MS : this.wait;
    this.timer = window.setTimeout(() => void this.round(), this.again ? 0 : wait * (0.75 + Math.random() / 2));
  }

  private async send(): Promise<void> {
    for (;;) {
      const next = this.talk().outbox.find((it) => it.status === "waiting");
      if (!next || !this.on) return;
      try {
        const sent = await this.shell.request<Sent>("POST", "messages", body(next, this.talk().view));
        this.apply({ t: "ack", id: next.id, ...sent });
      } catch (error) {
        const { code, status, retryAfter } = error as Failure;
        if (!status || status === 429 || status >= 500) throw error;
        this.apply({ t: "error", id: next.id, code, ...(retryAfter ? { retry_after: retryAfter } : {}) });
        // Refused for good, it no longer waits; else it would come up again at once.
        if (this.talk().outbox.some((it) => it.id === next.id && it.status === "waiting")) throw error;
      }
    }
  }

  private async read(): Promise<void> {
    const { view, cursor } = this.talk();
    const id = view?.id ?? (await this.newest())?.id;
    const history = this.shell.session().history;
    if (!id) return this.apply({ t: "ready", history, conversation: null, entries: [], more: false });
    const where = cursor ? `after=${cursor}` : `before=${END}`;
    const page = await this.shell.request<EntryPage>("GET", `conversations/${id}/entries?${where}&limit=100`);
    if (!this.on) return;
    this.apply({ t: "ready", history, conversation: page.conversation, entries: page.entries, more: page.more });
    if (cursor && page.more) await this.read();
  }

  private async newest(): Promise<ConversationView | undefined> {
    const { items } = await this.shell.request<{ items: ConversationView[] }>("GET", "conversations");
    return items[0];
  }
}

function body(message: Outgoing, view: ConversationView | null): Record<string, unknown> {
  return {
    id: message.id,
    text: message.text,
    ...(message.attachments.length ? { attachments: message.attachments.map((it) => it.id) } : {}),
    ...(message.quickReply ? { quick_reply: message.quickReply } : {}),
    ...(view ? { conversation: view.id } : {}),
  };
}
