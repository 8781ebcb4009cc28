import { describe, expect, it } from "vitest";
import type { Entry, Row } from "../../../contract/agent";
import { apply, merge, TYPING_MS } from "./apply";
import { EMPTY, type LiveEvent, type LiveState, type Pending } from "./state";

const C = "c1";
const customer = { kind: "customer", id: "k", name: "林静怡", ai: false } as const;
const message = (seq: number, more: Partial<Entry> = {}): Entry => ({
  seq,
  type: "message",
  at: "2026-11-20T08:00:00.000Z",
  by: customer,
  text: `m${seq}`,
  client_id: null,
  content: {},
  ...more,
});
const row = (seq: number, epoch = 1) => ({ id: C, seq, epoch, state: "active" }) as Row;
const run = (...events: LiveEvent[]): LiveState => events.reduce(apply, EMPTY);
const open: LiveEvent = { t: "opened", row: row(3), entries: [message(2), message(3)], more: true };
const seqs = (state: LiveState) => state.threads[C]?.entries.map((e) => e.seq);
const draft = (id: string): Pending => ({
  id,
  conversation: C,
  note: false,
  text: "好的",
  epoch: 1,
  at: "2026-11-20T08:00:00.000Z",
  attachments: [],
  status: "waiting",
});

describe("entries", () => {
  it("are appended when they follow the cursor", () => {
    const state = run(open, { t: "entry", conversation: C, prev: 3, entry: message(4) });
    expect(seqs(state)).toEqual([2, 3, 4]);
    expect(state.threads[C]?.cursor).toBe(4);
    expect(state.resync).toEqual([]);
  });

  it("with a gap before them are not shown and ask for a resync", () => {
    const state = run(open, { t: "entry", conversation: C, prev: 4, entry: message(5) });
    expect(seqs(state)).toEqual([2, 3]);
    expect(state.resync).toEqual([C]);
  });

  it("fill the gap in order when watched again", () => {
    const state = run(
      open,
      { t: "entry", conversation: C, prev: 4, entry: message(5) },
      { t: "watching", conversation: row(5), entries: [message(4), message(5)], more: false },
    );
    expect(seqs(state)).toEqual([2, 3, 4, 5]);
    expect(state.resync).toEqual([]);
    expect(state.threads[C]?.more).toBe(true);
  });

  it("seen twice stay once, and the later version wins", () => {
    const state = run(open, { t: "entry", conversation: C, prev: 2, entry: message(3, { erased: true, text: "" }) });
    expect(seqs(state)).toEqual([2, 3]);
    expect(state.threads[C]?.entries[1]?.erased).toBe(true);
  });

  it("older ones go in front", () => {
    const state = run(open, { t: "older", conversation: C, entries: [message(1), message(2)], more: false });
    expect(seqs(state)).toEqual([1, 2, 3]);
    expect(state.threads[C]?.more).toBe(false);
  });

  it("are replaced when the snapshot does not touch what is held", () => {
    const state = run(open, { t: "watching", conversation: row(90), entries: [message(80), message(81)], more: true });
    expect(seqs(state)).toEqual([80, 81]);
  });

  it("of a conversation that is not open change nothing", () => {
    const state = run({ t: "entry", conversation: "other", prev: 0, entry: message(1) });
    expect(state).toBe(EMPTY);
  });

  it("still missing after a page are asked for again", () => {
    const state = run(open, { t: "watching", conversation: row(9), entries: [message(4)], more: true });
    expect(state.resync).toEqual([C]);
    expect(state.threads[C]?.cursor).toBe(4);
  });
});

describe("own writing", () => {
  it("disappears when its entry arrives, whichever of entry and ack is first", () => {
    const entry: LiveEvent = { t: "entry", conversation: C, prev: 3, entry: message(4, { client_id: "x" }) };
    const ack: LiveEvent = { t: "ack", id: "x", seq: 4, message_id: "m", at: "", conversation: C };
    expect(run(open, { t: "written", pending: draft("x") }, entry, ack).pending).toEqual([]);
    const acked = run(open, { t: "written", pending: draft("x") }, ack);
    expect(acked.pending[0]?.status).toBe("sent");
    expect(apply(acked, entry).pending).toEqual([]);
  });

  it("is kept with the reason when refused", () => {
    const state = run(open, { t: "written", pending: draft("x") }, { t: "error", id: "x", code: "not_holder" });
    expect(state.pending[0]).toMatchObject({ status: "failed", problem: { code: "not_holder" } });
  });

  it("stays queued when the server could not store it", () => {
    const state = run(open, { t: "written", pending: draft("x") }, { t: "error", id: "x", code: "unavailable" });
    expect(state.pending[0]?.status).toBe("waiting");
  });

  it("survives another history, everything else goes", () => {
    const ready = (history: string): LiveEvent => ({ t: "ready", history, me: null as never, counts: null as never });
    const state = run(ready("a"), open, { t: "written", pending: draft("x") }, ready("b"));
    expect(state.threads).toEqual({});
    expect(state.pending).toHaveLength(1);
  });
});

describe("rows", () => {
  it("never go back in time", () => {
    const state = run({ t: "row", row: row(8, 2) }, { t: "rows", rows: [row(7, 1)] });
    expect(state.rows[C]).toMatchObject({ seq: 8, epoch: 2 });
  });

  it("that left a group while we were away go with its complete list", () => {
    const queued = (id: string) =>
      ({ id, seq: 1, epoch: 1, state: "queued", updated_at: "2026-11-20T08:00:00.000Z" }) as Row;
    const asOf = Date.parse("2026-11-20T08:01:00.000Z");
    const state = run(
      { t: "rows", rows: [queued("a"), queued("b")] },
      { t: "rows", rows: [queued("b")], group: "queue", asOf },
    );
    expect(Object.keys(state.rows)).toEqual(["b"]);
    const early = run({ t: "rows", rows: [queued("a")] }, { t: "rows", rows: [], group: "queue", asOf: asOf - 60_000 });
    expect(Object.keys(early.rows)).toEqual(["a"]);
  });
});

describe("a conversation somebody else took", () => {
  const mine = { ...row(3), holder: { kind: "agent", id: "me", name: "周雨桐" }, updated_at: "" } as Row;
  const taken: Entry = {
    seq: 4,
    type: "claimed",
    at: "2026-11-20T08:00:00.000Z",
    by: { kind: "agent", id: "li", name: "李可", ai: false },
    data: { agent_id: "li", from_holder: "agent" },
  };

  it("shows its new holder although no row came", () => {
    const state = run({ ...open, row: mine }, { t: "entry", conversation: C, prev: 3, entry: taken });
    expect(state.rows[C]?.holder).toEqual({ kind: "agent", id: "li", name: "李可" });
    expect(state.rows[C]?.state).toBe("active");
  });

  it("changes hands in the list too when it is not open", () => {
    const state = run({ t: "rows", rows: [mine] }, { t: "entry", conversation: C, prev: 3, entry: taken });
    expect(state.rows[C]?.holder.id).toBe("li");
  });

  it("is dropped from the lists when it is gone, but stays when it is open", () => {
    expect(run({ t: "rows", rows: [mine] }, { t: "gone", conversation: C }).rows).toEqual({});
    expect(run({ ...open, row: mine }, { t: "gone", conversation: C }).rows[C]).toBeDefined();
  });

  it("takes the server's row over its own guess", () => {
    const state = run(
      { ...open, row: mine },
      { t: "entry", conversation: C, prev: 3, entry: taken },
      { t: "row", row: { ...mine, seq: 4, epoch: 2 } },
    );
    expect(state.rows[C]?.epoch).toBe(2);
    expect(state.rows[C]?.holder.id).toBe("me");
  });
});

it("a row that is ahead of an open thread asks for what was missed", () => {
  expect(run(open, { t: "row", row: row(3) }).resync).toEqual([]);
  expect(run(open, { t: "row", row: row(5) }).resync).toEqual([C]);
});

describe("typing", () => {
  const typing: LiveEvent = { t: "typing", conversation: C, by: customer, on: true, now: 1000 };
  it("ends with the message", () => {
    expect(
      run(open, typing, { t: "entry", conversation: C, prev: 3, entry: message(4) }).threads[C]?.typing,
    ).toBeNull();
  });
  it("expires", () => {
    expect(run(open, typing, { t: "tick", now: 1000 + TYPING_MS - 1 }).threads[C]?.typing).not.toBeNull();
    expect(run(open, typing, { t: "tick", now: 1000 + TYPING_MS }).threads[C]?.typing).toBeNull();
  });
});

it("merge is idempotent and ordered", () => {
  const a = [message(3), message(1)];
  expect(merge(a, merge(a, [message(2)])).map((e) => e.seq)).toEqual([1, 2, 3]);
});

it("the link remembers when it was lost, and forgets when it is back", () => {
  const lost = run(
    { t: "link", link: "online", now: 1 },
    { t: "link", link: "offline", now: 5 },
    { t: "link", link: "connecting", now: 9 },
  );
  expect(lost.lostAt).toBe(5);
  expect(apply(lost, { t: "link", link: "online", now: 12 }).lostAt).toBeNull();
});
