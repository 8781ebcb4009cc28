// The agent's socket: connects, resumes, feeds the reducer. It is also the lease on what we hold.
import type { ClientFrame, ServerFrame } from "../../../contract/agent";
import { outbox } from "./outbox";
import type { LiveState } from "./state";
import { dispatch, live, reset } from "./store";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const PING_MS = 15_000;
/** Silence after which the socket counts as dead although nobody closed it. */
const SILENCE_MS = 40_000;
/** The next page of a long log is asked for at most this often. */
const RESYNC_MS = 250;

type Listener = (frame: ServerFrame) => void;

class Socket {
  private ws: WebSocket | null = null;
  private attempts = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private heard = 0;
  private groups: string[] = ["mine", "queue", "bot"];
  private readonly watched = new Set<string>();
  private readonly resyncing = new Set<string>();
  private readonly listeners = new Set<Listener>();
  private wanted = false;

  /** Called with every frame after it was applied. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  open(): void {
    if (this.wanted) return;
    this.wanted = true;
    window.addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    this.beat = setInterval(this.pulse, PING_MS);
    this.connect();
  }

  close(): void {
    this.wanted = false;
    window.removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    clearInterval(this.beat);
    clearTimeout(this.retry);
    clearTimeout(this.again);
    this.again = undefined;
    this.ws?.close(1000);
    this.ws = null;
    this.watched.clear();
    outbox.forget();
    reset();
  }

  watch(conversation: string): void {
    this.watched.add(conversation);
    this.send({ t: "watch", conversation, after: live().threads[conversation]?.cursor ?? 0 });
  }

  unwatch(conversation: string): void {
    if (this.watched.delete(conversation)) this.send({ t: "unwatch", conversation });
  }

  /** True when it went into an open socket; nothing is promised before the acknowledgement. */
  send(frame: ClientFrame): boolean {
    if (live().link !== "online" || this.ws?.readyState !== WebSocket.OPEN) return false;
    this.ws.send(JSON.stringify(frame));
    return true;
  }

  private connect(): void {
    clearTimeout(this.retry);
    dispatch({ t: "link", link: "connecting", now: Date.now() });
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const ws = new WebSocket(`${scheme}://${location.host}/ws/agent`);
    this.ws = ws;
    ws.onopen = () => {
      this.heard = Date.now();
      const hello: ClientFrame = { t: "hello", groups: this.groups, history: live().history };
      ws.send(JSON.stringify(hello));
    };
    ws.onmessage = (event: MessageEvent<string>) => {
      this.heard = Date.now();
      this.receive(JSON.parse(event.data) as ServerFrame);
    };
    ws.onclose = (event) => {
      if (this.ws === ws) this.lost(event.code);
    };
  }

  private receive(frame: ServerFrame): void {
    const known = live().history;
    const state = dispatch({ ...frame, now: Date.now() });
    if (frame.t === "ready") {
      this.attempts = 0;
      const fresh = known !== null && known !== frame.history;
      for (const id of this.watched)
        this.send({ t: "watch", conversation: id, after: fresh ? 0 : (state.threads[id]?.cursor ?? 0) });
      outbox.flush(this);
    }
    if (frame.t === "error" && (frame.code === "unavailable" || frame.code === "rate_limited"))
      this.later(frame.retry_after);
    if (state.resync.length) this.resync(state);
    if (frame.t === "ack" || frame.t === "error" || frame.t === "entry") outbox.save();
    for (const listener of this.listeners) listener(frame);
  }

  /** The server could not do something now: ask for all of it again when it says so. */
  private later(seconds = 1): void {
    this.again ??= setTimeout(() => {
      this.again = undefined;
      for (const id of this.watched) this.watch(id);
      outbox.flush(this);
    }, seconds * 1000);
  }

  private resync(state: LiveState): void {
    for (const id of state.resync) {
      if (this.resyncing.has(id)) continue;
      this.resyncing.add(id);
      setTimeout(() => {
        this.resyncing.delete(id);
        this.send({ t: "watch", conversation: id, after: live().threads[id]?.cursor ?? 0 });
      }, RESYNC_MS);
    }
  }

  private lost(code: number): void {
    this.ws = null;
    if (!this.wanted) return;
    dispatch({ t: "link", link: "offline", now: Date.now() });
    for (const listener of this.listeners)
      listener({ t: "error", code: code === 4401 ? "unauthenticated" : "offline" });
    if (code === 4401 || code === 4403) return;
    const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 1.5 ** this.attempts++);
    this.retry = setTimeout(() => this.connect(), Math.random() * ceiling);
  }

  private readonly hurry = () => {
    if (document.visibilityState === "hidden" || this.ws) return;
    this.attempts = 0;
    this.connect();
  };

  private readonly pulse = () => {
    dispatch({ t: "tick", now: Date.now() });
    if (!this.ws || this.ws.readyState !== WebSocket.OPEN) return;
    if (Date.now() - this.heard > SILENCE_MS) this.ws.close();
    else this.send({ t: "ping" });
  };
}

export const socket = new Socket();
export type { Socket };
