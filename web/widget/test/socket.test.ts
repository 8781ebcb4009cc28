// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ServerFrame } from "../../contract/widget.ts";
import { type Events, Socket } from "../src/live/socket.ts";

class Fake {
  static readonly OPEN = 1;
  static made: Fake[] = [];
  readyState = 0;
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    Fake.made.push(this);
  }
  static get last(): Fake {
    const last = Fake.made.at(-1);
    if (!last) throw new Error("no connection was tried");
    return last;
  }
  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.readyState = 3;
  }
  open(): this {
    this.readyState = Fake.OPEN;
    this.onopen?.();
    return this;
  }
  receive(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  lose(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const READY: ServerFrame = { t: "ready", history: "h", conversation: null, entries: [], more: false };
const HELLO = { t: "hello", token: "t", conversation: null, after: 0, history: null } as const;

function setup(more: Partial<Events> = {}) {
  const events = {
    hello: () => HELLO,
    frame: vi.fn(),
    down: vi.fn(),
    renew: vi.fn(async () => undefined),
    refused: vi.fn(),
    ...more,
  };
  const socket = new Socket("wss://host/ws/widget", events);
  socket.start();
  return { socket, events };
}

beforeEach(() => {
  vi.useFakeTimers();
  Fake.made = [];
  vi.stubGlobal("WebSocket", Fake);
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("addEventListener", vi.fn());
  vi.stubGlobal("removeEventListener", vi.fn());
  vi.stubGlobal("document", { addEventListener: vi.fn(), removeEventListener: vi.fn(), visibilityState: "visible" });
  vi.spyOn(Math, "random").mockReturnValue(0.999);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("socket", () => {
  test("says hello first, and sends only once greeted", () => {
    const { socket } = setup();
    Fake.last.open();
    expect(Fake.last.sent).toEqual([HELLO]);
    expect(socket.send({ t: "person" })).toBe(false);
    Fake.last.receive(READY);
    expect(socket.send({ t: "person" })).toBe(true);
  });

  test("waits from half a second, growing by half to thirty, and starts over once greeted", async () => {
    setup();
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) {
      const before = Date.now();
      const tries = Fake.made.length;
      Fake.last.lose(1006);
      await vi.advanceTimersByTimeAsync(0);
      while (Fake.made.length === tries) await vi.advanceTimersByTimeAsync(100);
      waits.push(Math.round((Date.now() - before) / 100) / 10);
    }
    expect(waits.slice(0, 4)).toEqual([0.5, 0.8, 1.2, 1.7]);
    expect(Math.max(...waits)).toBe(30);
    Fake.last.open().receive(READY);
    const tries = Fake.made.length;
    Fake.last.lose(1012);
    await vi.advanceTimersByTimeAsync(500);
    expect(Fake.made.length).toBe(tries + 1);
  });

  test("the server's retry_after wins over the own wait", async () => {
    setup();
    Fake.last.open().receive({ t: "error", code: "rate_limited", retry_after: 20 });
    Fake.last.lose(4429);
    await vi.advanceTimersByTimeAsync(19_000);
    expect(Fake.made.length).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(Fake.made.length).toBe(2);
  });

  test("a refused token is renewed before the next try", async () => {
    const { events } = setup();
    Fake.last.open().lose(4401);
    await vi.advanceTimersByTimeAsync(600);
    expect(events.renew).toHaveBeenCalledOnce();
    expect(Fake.made.length).toBe(2);
  });

  test("a refused site is not tried again", async () => {
    const { events } = setup();
    Fake.last.open().lose(4403);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(events.refused).toHaveBeenCalledOnce();
    expect(Fake.made.length).toBe(1);
  });

  test("pings every 25 seconds and gives up a silent connection", async () => {
    const { events } = setup();
    Fake.last.open().receive(READY);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(Fake.last.sent.at(-1)).toEqual({ t: "ping" });
    await vi.advanceTimersByTimeAsync(51_000);
    expect(events.down).toHaveBeenCalled();
    expect(Fake.made.length).toBe(2);
  });

  test("a connection that never answers hello is given up after ten seconds", async () => {
    const { events } = setup();
    Fake.last.open();
    await vi.advanceTimersByTimeAsync(9_900);
    expect(events.down).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(700);
    expect(events.down).toHaveBeenCalledOnce();
    expect(Fake.made.length).toBe(2);
    Fake.last.open().receive(READY);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(Fake.made.length).toBe(2);
  });

  test("a socket the page forbids is tried again, and is no refusal of the site", async () => {
    vi.stubGlobal(
      "WebSocket",
      class {
        constructor() {
          throw new DOMException("", "SecurityError");
        }
      },
    );
    const { events } = setup();
    await vi.advanceTimersByTimeAsync(600);
    expect(events.down).toHaveBeenCalledTimes(2);
    expect(events.refused).not.toHaveBeenCalled();
  });

  test("what is no JSON is dropped", () => {
    const { events } = setup();
    Fake.last.open();
    Fake.last.onmessage?.({ data: "<html>" });
    expect(events.frame).not.toHaveBeenCalled();
  });

  test("stopped means stopped", async () => {
    const { socket } = setup();
    Fake.last.open().receive(READY);
    socket.stop();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(Fake.made.length).toBe(1);
    expect(socket.send({ t: "ping" })).toBe(false);
  });
});
