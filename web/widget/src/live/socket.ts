// One socket to the server: says hello, keeps alive, comes back with full jitter. It knows nothing of conversations.
import { type ClientFrame, Close, type ServerFrame } from "../../../contract/widget.ts";

const PING_MS = 25_000;
const SILENCE_MS = 60_000;
/** From the first try to the answer of hello; some networks swallow a socket without a word. */
const GREETING_MS = 10_000;
const FIRST_MS = 500;
const LONGEST_MS = 30_000;

export interface Events {
  hello(): ClientFrame;
  frame(frame: ServerFrame): void;
  down(): void;
  /** The token is refused; resolves when there is a new one, rejects when there is none to be had. */
  renew(): Promise<unknown>;
  /** The server does not want this page; no further try. */
  refused(): void;
}

export class Socket {
  private socket: WebSocket | null = null;
  private wanted = false;
  private greeted = false;
  private attempt = 0;
  private notBefore = 0;
  private retry = 0;
  private heartbeat = 0;
  private greeting = 0;
  private heard = 0;

  constructor(
    private readonly url: string,
    private readonly events: Events,
  ) {}

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    addEventListener("online", this.now);
    addEventListener("offline", this.lost);
    document.addEventListener("visibilitychange", this.visible);
    this.connect();
  }

  stop(): void {
    this.wanted = false;
    removeEventListener("online", this.now);
    removeEventListener("offline", this.lost);
    document.removeEventListener("visibilitychange", this.visible);
    clearTimeout(this.retry);
    this.drop();
  }

  get works(): boolean {
    return this.greeted;
  }

  /** True when the frame was handed to an open socket that has said hello and been answered. */
  send(frame: ClientFrame): boolean {
    if (!this.greeted || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Ask for what is missing on the open socket. */
  resume(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(this.events.hello()));
  }

  /** Leave this connection for a new one: answers stay away. */
  restart(): void {
    this.drop();
    this.events.down();
    this.later();
  }

  /** Wait at least so long before the next connection. */
  hold(seconds: number): void {
    this.notBefore = Math.max(this.notBefore, Date.now() + seconds * 1000);
  }

  private connect(): void {
    clearTimeout(this.retry);
    if (!this.wanted || this.socket) return;
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.url);
    } catch {
      // Forbidden by the page's security policy; requests may still be allowed.
      this.events.down();
      this.later();
      return;
    }
    this.socket = socket;
    this.greeted = false;
    this.heard = Date.now();
    socket.onopen = () => this.resume();
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.drop();
      this.events.down();
      void this.closed(event.code);
    };
    this.greeting = window.setTimeout(() => this.restart(), GREETING_MS);
    this.heartbeat = window.setInterval(() => {
      if (Date.now() - this.heard > SILENCE_MS) this.restart();
      else if (this.greeted) this.send({ t: "ping" });
    }, PING_MS);
  }

  private receive(data: unknown): void {
    this.heard = Date.now();
    let frame: ServerFrame;
    try {
      frame = JSON.parse(String(data)) as ServerFrame;
    } catch {
      return;
    }
    if (frame.t === "ready") {
      this.greeted = true;
      this.attempt = 0;
      clearTimeout(this.greeting);
    }
    if (frame.t === "error" && frame.retry_after) this.hold(frame.retry_after);
    this.events.frame(frame);
  }

  private async closed(code: number): Promise<void> {
    if (code === Close.origin) {
      this.events.refused();
      return;
    }
    if (code === Close.token) {
      try {
        await this.events.renew();
      } catch {
        // Without a token there is nothing to say; the next try asks for one again.
        this.attempt = Math.max(this.attempt, 4);
      }
    }
    this.later();
  }

  private later(): void {
    if (!this.wanted || this.socket) return;
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 1.5 ** this.attempt++);
    const wait = Math.max(Math.random() * ceiling, this.notBefore - Date.now());
    clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.connect(), wait);
  }

  private drop(): void {
    clearInterval(this.heartbeat);
    clearTimeout(this.greeting);
    const socket = this.socket;
    this.socket = null;
    this.greeted = false;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
  }

  private readonly now = (): void => {
    if (this.socket) return;
    this.attempt = 0;
    if (Date.now() >= this.notBefore) this.connect();
  };

  private readonly lost = (): void => {
    this.drop();
    this.events.down();
    this.later();
  };

  private readonly visible = (): void => {
    if (document.visibilityState !== "visible") return;
    // A phone that slept may hold a dead socket: ask, and give it up when it stays silent.
    if (!this.socket) {
      this.now();
      return;
    }
    const before = this.heard;
    this.send({ t: "ping" });
    setTimeout(() => {
      if (this.wanted && this.socket && this.heard === before) this.restart();
    }, 5000);
  };
}
