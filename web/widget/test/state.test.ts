import { describe, expect, test } from "vitest";
import type { ConversationView, Entry, Kind, ServerFrame } from "../../contract/widget.ts";
import { type Action, empty, hasGap, hello, type Outgoing, reduce, type Talk, unread } from "../src/live/state.ts";

const C = "c-1";

function entry(seq: number, kind: Kind = "bot", more: Partial<Entry> = {}): Entry {
  return {
    seq,
    type: "message",
    at: "2026-11-20T08:30:00.123Z",
    by: { kind, id: null, name: null, ai: kind === "bot" },
    id: `m-${seq}`,
    client_id: null,
    text: `text ${seq}`,
    content: {},
    ...more,
  };
}

function view(more: Partial<ConversationView> = {}): ConversationView {
  return {
    id: C,
    number: 10423,
    state: "bot",
    epoch: 1,
    seq: 0,
    holder: { kind: "bot", name: "Xi", role: null, avatar: null },
    queue: null,
    episode: 1,
    rating: { invited: false, given: false },
    agent_read_seq: 0,
    customer_read_seq: 0,
    language: "en",
    ...more,
  };
}

function outgoing(id: string): Outgoing {
  return { id, text: `out ${id}`, attachments: [], at: "2026-11-20T08:31:00.000Z", status: "waiting" };
}

function ready(entries: Entry[], more: Partial<Extract<ServerFrame, { t: "ready" }>> = {}): Action {
  return { t: "ready", history: "h", conversation: view(), entries, more: false, ...more };
}

function push(seq: number, prev: number, more: Partial<Entry> = {}, kind: Kind = "bot") {
  return { t: "entry", conversation: C, prev, entry: entry(seq, kind, more) } as const;
}

function play(...actions: Action[]): Talk {
  return actions.reduce(reduce, empty);
}

const seqs = (talk: Talk): number[] => talk.entries.map((it) => it.seq);

describe("resume", () => {
  test("says hello with the highest seq seen, although numbers have holes", () => {
    const talk = play(ready([entry(2), entry(5)]), push(9, 5));
    expect(hello(talk, "tok")).toEqual({ t: "hello", token: "tok", conversation: C, after: 9, history: "h" });
  });

  test("an entry whose predecessor is unknown is a gap and changes nothing", () => {
    const talk = play(ready([entry(2)]));
    const late = push(9, 7);
    expect(hasGap(talk, late)).toBe(true);
    expect(reduce(talk, late)).toBe(talk);
  });

  test("what was missed is merged in order, and nothing is doubled", () => {
    const talk = play(ready([entry(2)]), push(4, 2), ready([entry(4), entry(7), entry(9)]));
    expect(seqs(talk)).toEqual([2, 4, 7, 9]);
    expect(talk.cursor).toBe(9);
  });

  test("a repeated entry is no gap and no second message", () => {
    const talk = play(ready([entry(2), entry(4)]));
    expect(hasGap(talk, push(4, 2))).toBe(false);
    expect(seqs(reduce(talk, push(4, 2)))).toEqual([2, 4]);
  });

  test("after a restored backup nothing of the old history stays, unsent messages do", () => {
    const talk = play(
      ready([entry(2)]),
      { t: "outgoing", message: outgoing("a") },
      ready([entry(1)], { history: "other" }),
    );
    expect(seqs(talk)).toEqual([1]);
    expect(talk.outbox.map((it) => it.id)).toEqual(["a"]);
  });

  test("the first snapshot is the newest page: older ones may be asked for", () => {
    expect(play(ready([entry(40), entry(41)], { more: true })).earlier).toBe(true);
    expect(play(ready([entry(1)])).earlier).toBe(false);
  });

  test("older pages come before, and the cursor stays", () => {
    const talk = play(ready([entry(40)], { more: true }), {
      t: "older",
      conversation: C,
      entries: [entry(3), entry(38)],
      more: false,
    });
    expect(seqs(talk)).toEqual([3, 38, 40]);
    expect(talk.cursor).toBe(40);
    expect(talk.earlier).toBe(false);
  });

  test("entries of another conversation are not shown", () => {
    const talk = play(ready([entry(2)]));
    expect(reduce(talk, { ...push(3, 2), conversation: "other" })).toBe(talk);
  });
});

describe("sending", () => {
  const sent = {
    t: "ack",
    id: "a",
    seq: 12,
    message_id: "m",
    at: "2026-11-20T08:31:00.500Z",
    conversation: C,
  } as const;

  test("an acknowledged message takes its place and leaves the outbox", () => {
    const talk = play(ready([entry(10)]), { t: "outgoing", message: outgoing("a") }, sent);
    expect(talk.outbox).toEqual([]);
    expect(talk.entries.at(-1)).toMatchObject({ seq: 12, client_id: "a", text: "out a", by: { kind: "customer" } });
  });

  test("an acknowledgement does not hide what others wrote before it", () => {
    const talk = play(ready([entry(10)]), { t: "outgoing", message: outgoing("a") }, sent);
    expect(talk.cursor).toBe(10);
    expect(seqs(reduce(talk, push(11, 10)))).toEqual([10, 11, 12]);
  });

  test("the own message coming back as an entry is shown once", () => {
    const own = push(12, 10, { client_id: "a", text: "out a" }, "customer");
    for (const order of [
      [sent, own],
      [own, sent],
    ]) {
      const talk = play(ready([entry(10)]), { t: "outgoing", message: outgoing("a") }, ...order);
      expect(seqs(talk)).toEqual([10, 12]);
      expect(talk.outbox).toEqual([]);
    }
  });

  test("a message stored before the connection broke is not sent again", () => {
    const talk = play(
      ready([entry(10)]),
      { t: "outgoing", message: outgoing("a") },
      ready([entry(12, "customer", { client_id: "a" })]),
    );
    expect(talk.outbox).toEqual([]);
  });

  test("a final refusal marks the message, a passing one leaves it waiting", () => {
    const talk = play({ t: "outgoing", message: outgoing("a") });
    const refuse = (code: string): string | undefined => reduce(talk, { t: "error", code, id: "a" }).outbox[0]?.status;
    expect(refuse("too_large")).toBe("failed");
    expect(refuse("rate_limited")).toBe("waiting");
    expect(refuse("unavailable")).toBe("waiting");
  });

  test("a retry waits again under the same id", () => {
    const talk = play(
      { t: "outgoing", message: outgoing("a") },
      { t: "error", code: "invalid", id: "a" },
      { t: "retry", id: "a" },
    );
    expect(talk.outbox).toEqual([outgoing("a")]);
  });

  test("the same id with another body: the first one stands", () => {
    const talk = play(
      ready([]),
      { t: "outgoing", message: outgoing("a") },
      { t: "error", code: "duplicate_client_id", id: "a", seq: 4, message_id: "m" },
    );
    expect(talk.outbox).toEqual([]);
    expect(seqs(talk)).toEqual([4]);
  });

  test("another customer sees nothing of the one before", () => {
    expect(play(ready([entry(2)]), { t: "outgoing", message: outgoing("a") }, { t: "reset" })).toEqual({
      ...empty,
      link: "online",
    });
  });
});

describe("what is shown", () => {
  test("counts replies not seen, notices and own messages aside", () => {
    const talk = play(ready([entry(1, "customer"), entry(2), entry(3, "system"), entry(4, "agent")]));
    expect(unread(talk)).toBe(2);
    expect(unread(reduce(talk, { t: "seen", seq: 4 }))).toBe(0);
  });

  test("a late state of an earlier holder does not undo a newer one", () => {
    const talk = play(ready([]), { t: "state", conversation: view({ state: "active", epoch: 3 }) });
    expect(reduce(talk, { t: "state", conversation: view({ state: "queued", epoch: 2 }) }).view?.state).toBe("active");
  });

  test("a reply ends the sign of typing, the own message does not", () => {
    const by = { kind: "agent", id: "u", name: "Zhou", ai: false } as const;
    const talk = play(ready([]), { t: "typing", by, on: true });
    expect(reduce(talk, push(2, 0, {}, "customer")).typing).toEqual(by);
    expect(reduce(talk, push(2, 0, {}, "agent")).typing).toBeNull();
  });

  test("read only moves forward", () => {
    const talk = play(ready([]), { t: "read", by: "agent", seq: 9 }, { t: "read", by: "agent", seq: 4 });
    expect(talk.agentRead).toBe(9);
  });

  test("frames of a newer server are ignored", () => {
    const talk = play(ready([entry(1)]));
    expect(reduce(talk, { t: "news" } as unknown as Action)).toBe(talk);
  });

  test("the last screen of this browser gives way to the server's", () => {
    const cached: Action = { t: "cached", history: "h", view: view(), entries: [entry(3)] };
    expect(seqs(play(cached))).toEqual([3]);
    expect(seqs(play(ready([entry(8)]), cached))).toEqual([8]);
  });
});

describe("an answer that is being written", () => {
  const by = { kind: "bot", id: null, name: "Xi", ai: true } as const;
  const draft = (text: string) => ({ t: "draft", by, text }) as const;

  test("grows, and its message takes its place", () => {
    const growing = play(ready([entry(1, "customer")]), draft("One."), draft("One. Two."));
    expect(growing.draft?.text).toBe("One. Two.");
    const done = reduce(growing, push(2, 1));
    expect(done.draft).toBeNull();
    expect(seqs(done)).toEqual([1, 2]);
  });

  test("is taken back, lost with the connection, and never outlives a fresh start", () => {
    const growing = play(ready([entry(1, "customer")]), draft("One."));
    expect(reduce(growing, draft("")).draft).toBeNull();
    expect(reduce(growing, { t: "draft_expired" }).draft).toBeNull();
    expect(reduce(growing, { t: "link", link: "offline" }).draft).toBeNull();
    expect(reduce(growing, ready([entry(1, "customer")])).draft).toBeNull();
  });

  test("stays while the customer's own message comes back", () => {
    const growing = play(ready([entry(1, "customer")]), draft("One."), push(2, 1, {}, "customer"));
    expect(growing.draft?.text).toBe("One.");
  });
});
