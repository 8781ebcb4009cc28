// The one reducer of live state: (state, frame or own act) → state. Pure: time comes in with the event.
import type { Entry, Row, TeamMember } from "../../../contract/agent";
import { rowAfter } from "./moves";
import { prune, rows } from "./rows";
import { EMPTY, type LiveEvent, type LiveState, type Pending, type Thread } from "./state";

/** Typing is forgotten after this long without news, ms. */
export const TYPING_MS = 6_000;

const NEW: Thread = { entries: [], cursor: 0, more: false, customerRead: 0, typing: null, viewers: [] };

export function apply(state: LiveState, event: LiveEvent): LiveState {
  switch (event.t) {
    case "link":
      if (event.link === "online") return { ...state, link: "online", lostAt: null };
      return { ...state, link: event.link, lostAt: state.lostAt ?? (state.link === "online" ? event.now : null) };
    case "ready":
      return ready(state, event.history, { me: event.me, counts: event.counts });
    case "watching":
      return watching(state, event.conversation, event.entries, event.more);
    case "opened":
      return opened(state, event);
    case "closed": {
      const { [event.conversation]: _, ...threads } = state.threads;
      return { ...state, threads };
    }
    case "entry":
      return entry(state, event.conversation, event.prev, event.entry);
    case "older":
      return thread(state, event.conversation, (held) => ({
        ...held,
        entries: merge(event.entries, held.entries),
        more: event.more,
      }));
    case "row":
      return behind(rows(state, [event.row]), event.row);
    case "rows":
      return rows(state, event.rows, event);
    case "gone":
      return gone(state, event.conversation);
    case "counts": {
      const { mine, queue, bot, wrap_up } = event;
      return { ...state, counts: { mine, queue, bot, wrap_up } };
    }
    case "team":
      return { ...state, team: Object.fromEntries(event.team.map((member) => [member.user.id, member])) };
    case "presence": {
      const { t: _, now: __, user, ...news } = event;
      const id = typeof user === "string" ? user : user.id;
      const held = state.team[id];
      if (!held && typeof user === "string") return state; // nobody we know; the team's list will tell
      const known = held?.user ?? (user as TeamMember["user"]);
      const member: TeamMember = {
        state: "away",
        connected: false,
        load: 0,
        capacity: 0,
        ...held,
        ...news,
        user: known,
      };
      return { ...state, team: { ...state.team, [id]: member } };
    }
    case "typing":
      return thread(state, event.conversation, (held) => ({
        ...held,
        typing: event.on ? { by: event.by, until: (event.now ?? 0) + TYPING_MS } : null,
      }));
    case "viewers":
      return thread(state, event.conversation, (held) => ({ ...held, viewers: event.names }));
    case "read":
      if (event.by !== "customer") return state;
      return thread(state, event.conversation, (held) =>
        event.seq > held.customerRead ? { ...held, customerRead: event.seq } : held,
      );
    case "translation":
      return thread(state, event.conversation, (held) => ({
        ...held,
        entries: held.entries.map((each) =>
          each.seq === event.seq ? { ...each, content: { ...each.content, translation: event.translation } } : each,
        ),
      }));
    case "written":
      return { ...state, pending: [...state.pending.filter((p) => p.id !== event.pending.id), event.pending] };
    case "delivering":
      return pending(state, event.id, (p) => ({ ...p, status: p.status === "failed" ? p.status : "waiting" }));
    case "ack":
      return acknowledged(state, event.id, event.conversation, event.seq);
    case "error":
      return event.id ? refused(state, event.id, event) : state;
    case "refused":
      return refused(state, event.id, event.problem);
    case "withdrawn":
      return { ...state, pending: state.pending.filter((p) => p.id !== event.id) };
    case "tick":
      return expire(state, event.now);
    case "pong":
      return state;
    default:
      return state; // a frame of a newer server
  }
}

function ready(state: LiveState, history: string, news: Pick<LiveState, "me" | "counts">): LiveState {
  if (state.history !== null && state.history !== history)
    // Another history: nothing held here can be trusted, only what we wrote ourselves.
    return { ...EMPTY, ...news, link: "online", history, pending: state.pending };
  return { ...state, ...news, link: "online", lostAt: null, history, resync: [] };
}

function watching(state: LiveState, row: Row, entries: Entry[], more: boolean): LiveState {
  const next = rows(state, [row]);
  const held = next.threads[row.id] ?? NEW;
  const first = entries[0];
  const fits = held.cursor > 0 && (!first || first.seq <= held.cursor + 1);
  const merged = fits ? merge(held.entries, entries) : entries;
  const cursor = merged.at(-1)?.seq ?? 0;
  const behind = fits && more; // after a long absence the rest comes in further pages
  return settle({
    ...next,
    resync: behind ? with_(next.resync, row.id) : next.resync.filter((id) => id !== row.id),
    threads: {
      ...next.threads,
      [row.id]: {
        ...held,
        entries: merged,
        cursor,
        more: fits ? held.more : more,
        customerRead: Math.max(held.customerRead, row.customer_read_seq ?? 0),
      },
    },
  });
}

function opened(state: LiveState, event: Extract<LiveEvent, { t: "opened" }>): LiveState {
  const next = rows(state, [event.row]);
  const held = next.threads[event.row.id] ?? NEW;
  const first = event.entries[0]?.seq ?? 0;
  const touches = held.cursor > 0 && first <= held.cursor + 1;
  const entries = touches ? merge(held.entries, event.entries) : event.entries;
  const older = touches && (held.entries[0]?.seq ?? first) < first;
  return settle({
    ...next,
    threads: {
      ...next.threads,
      [event.row.id]: {
        ...held,
        entries,
        cursor: entries.at(-1)?.seq ?? 0,
        more: older ? held.more : event.more,
        customerRead: Math.max(held.customerRead, event.row.customer_read_seq ?? 0),
      },
    },
  });
}

function entry(state: LiveState, id: string, prev: number, news: Entry): LiveState {
  const row = state.rows[id];
  const moved = row ? rowAfter(row, news) : row;
  if (row && moved && moved !== row) return entry({ ...state, rows: { ...state.rows, [id]: moved } }, id, prev, news);
  const held = state.threads[id];
  if (!held) return state; // not open here; its row tells what the list needs
  if (news.seq <= held.cursor) {
    // Seen before; taken again because a later version may be erased.
    const entries = held.entries.map((old) => (old.seq === news.seq ? news : old));
    return settle({ ...state, threads: { ...state.threads, [id]: { ...held, entries } } });
  }
  if (prev !== held.cursor) return { ...state, resync: with_(state.resync, id) };
  const speaks = news.type === "message" && held.typing?.by.kind === news.by.kind;
  return settle({
    ...state,
    threads: {
      ...state.threads,
      [id]: {
        ...held,
        entries: [...held.entries, news],
        cursor: news.seq,
        typing: speaks ? null : held.typing,
      },
    },
  });
}

/** Entries come before their row; a row that is ahead means that we stopped hearing of an open conversation. */
function behind(state: LiveState, row: Row): LiveState {
  const held = state.threads[row.id];
  return held && row.seq > held.cursor ? { ...state, resync: with_(state.resync, row.id) } : state;
}

/** Out of our sight: off the lists; an open thread stays with what it shows and who holds it now. */
function gone(state: LiveState, id: string): LiveState {
  if (!state.rows[id] || state.threads[id]) return state;
  const { [id]: _, ...left } = state.rows;
  return { ...state, rows: left };
}

function acknowledged(state: LiveState, id: string, conversation: string, seq: number): LiveState {
  if ((state.threads[conversation]?.cursor ?? 0) >= seq)
    return { ...state, pending: state.pending.filter((p) => p.id !== id) };
  return pending(state, id, (p) => ({ ...p, status: "sent" }));
}

function refused(state: LiveState, id: string, problem: Pending["problem"] & object): LiveState {
  if (problem.code === "duplicate_client_id") return { ...state, pending: state.pending.filter((p) => p.id !== id) };
  // Nothing was stored and it may yet be: it stays in the queue.
  if (problem.code === "unavailable" || problem.code === "rate_limited" || problem.code === "offline") return state;
  return pending(state, id, (p) => ({ ...p, status: "failed", problem }));
}

/** Drops what we wrote once the log shows it. */
function settle(state: LiveState): LiveState {
  if (!state.pending.length) return state;
  const known = new Set<string>();
  for (const p of state.pending) {
    const held = state.threads[p.conversation];
    if (held?.entries.some((e) => e.client_id === p.id)) known.add(p.id);
  }
  return known.size ? { ...state, pending: state.pending.filter((p) => !known.has(p.id)) } : state;
}

function expire(given: LiveState, now: number): LiveState {
  const state = prune(given);
  const stale = Object.entries(state.threads).filter(([, held]) => held.typing && held.typing.until <= now);
  if (!stale.length) return state;
  const threads = { ...state.threads };
  for (const [id, held] of stale) threads[id] = { ...held, typing: null };
  return { ...state, threads };
}

function thread(state: LiveState, id: string, change: (held: Thread) => Thread): LiveState {
  const held = state.threads[id];
  return held ? { ...state, threads: { ...state.threads, [id]: change(held) } } : state;
}

function pending(state: LiveState, id: string, change: (held: Pending) => Pending): LiveState {
  return { ...state, pending: state.pending.map((p) => (p.id === id ? change(p) : p)) };
}

/** Both lists in order of `seq`, each entry once; of two with the same `seq` the second list's wins. */
export function merge(a: readonly Entry[], b: readonly Entry[]): Entry[] {
  const all = new Map<number, Entry>();
  for (const e of a) all.set(e.seq, e);
  for (const e of b) all.set(e.seq, e);
  return [...all.values()].sort((x, y) => x.seq - y.seq);
}

function with_(list: readonly string[], id: string): readonly string[] {
  return list.includes(id) ? list : [...list, id];
}
