// Brings the outbox to the server over the socket: in order, each until it is acknowledged.
import type { Socket } from "./socket.ts";
import type { Outgoing } from "./state.ts";

const ACK_MS = 10_000;

export class Sender {
  private inFlight: string | null = null;
  private timer = 0;

  constructor(
    private readonly socket: Socket,
    private readonly outbox: () => Outgoing[],
  ) {}

  /** Send the next one. They go one by one, so that a refused one cannot be overtaken. */
  flush(): void {
    if (this.inFlight) return;
    const next = this.outbox().find((it) => it.status === "waiting");
    if (!next) return;
    const sent = this.socket.send({
      t: "send",
      id: next.id,
      text: next.text,
      ...(next.attachments.length ? { attachments: next.attachments.map((it) => it.id) } : {}),
      ...(next.quickReply ? { quick_reply: next.quickReply } : {}),
    });
    if (!sent) return;
    this.inFlight = next.id;
    this.timer = window.setTimeout(() => this.socket.restart(), ACK_MS);
  }

  /** The server has stored it, or another tab's was. */
  landed(id: string): void {
    if (this.inFlight !== id) return;
    this.forget();
    this.flush();
  }

  isSending(id: string): boolean {
    return this.inFlight === id;
  }

  /** The connection is gone, or the message was refused: what was under way counts as not sent. */
  forget(): void {
    this.inFlight = null;
    clearTimeout(this.timer);
  }
}
