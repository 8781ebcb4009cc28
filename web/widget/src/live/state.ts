// What the customer sees of the conversation, and the one function that changes it. Pure: no clock, no network.
import type { Attachment, By, ClientFrame, ConversationView, Entry, ServerFrame } from "../../../contract/widget.ts";

/** A message of this browser that the server has not acknowledged yet. */
export interface Outgoing {
  id: string;
  text: string;
  attachments: Attachment[];
  quickReply?: string;
  at: string;
  status: "waiting" | "failed";
  /** Code of the refusal when failed. */
  error?: string;
}

export type Link = "connecting" | "online" | "offline";

export interface Talk {
  history: string | null;
  view: ConversationView | null;
  /** Ascending by seq, without doubles. */
  entries: Entry[];
  /** Highest seq up to which nothing is missing. */
  cursor: number;
  /** The server may have messages older than the first one here. */
  earlier: boolean;
  outbox: Outgoing[];
  typing: By | null;
  /** The checked beginning of an answer that is still being written; its message replaces it, or nothing does. */
  draft: { by: By; text: string } | null;
  /** The agent has read up to this seq. */
  agentRead: number;
  /** The customer has seen up to this seq. */
  seen: number;
  link: Link;
  /** A snapshot of the server has arrived since the start. */
  synced: boolean;
}

export type Action =
  | ServerFrame
  | { t: "cached"; history: string; view: ConversationView; entries: Entry[]; seen?: number }
  | { t: "older"; conversation: string; entries: Entry[]; more: boolean }
  | { t: "fresh"; conversation: string; entries: Entry[] }
  | { t: "outgoing"; message: Outgoing }
  | { t: "retry"; id: string }
  | { t: "discard"; id: string }
  | { t: "link"; link: Link }
  | { t: "typing_expired" }
  | { t: "draft_expired" }
  | { t: "seen"; seq: number }
  /** History on the server was restored from a backup. */
  | { t: "restored" }
  /** Another customer. */
  | { t: "reset" };

export const empty: Talk = {
  history: null,
  view: null,
  entries: [],
  cursor: 0,
  earlier: false,
  outbox: [],
  typing: null,
  draft: null,
  agentRead: 0,
  seen: 0,
  link: "connecting",
  synced: false,
};

/** Refusals that another try cannot mend by itself; everything else is sent again. */
const FINAL = new Set([
  "invalid",
  "malformed",
  "too_large",
  "forbidden",
  "not_found",
  "illegal_move",
  "identity_required",
]);

export function reduce(talk: Talk, action: Action): Talk {
  switch (action.t) {
    case "cached":
      return talk.synced
        ? talk
        : {
            ...adopt({ ...talk, seen: action.seen ?? 0 }, action.view),
            history: action.history,
            ...joined([], action.entries),
            earlier: true,
          };
    case "ready":
      return ready(talk, action);
    case "entry":
      return entry(talk, action);
    case "ack":
      return acknowledged(talk, action.id, action.seq, action.message_id, action.at);
    case "state":
      // A late frame of an earlier moment must not undo a newer one.
      if (talk.view && talk.view.id === action.conversation.id && action.conversation.epoch < talk.view.epoch)
        return talk;
      return adopt(talk, action.conversation);
    case "typing":
      return action.by.kind === "customer" ? talk : { ...talk, typing: action.on ? action.by : null };
    case "typing_expired":
      return { ...talk, typing: null };
    case "draft":
      return { ...talk, draft: action.text ? { by: action.by, text: action.text } : null };
    case "draft_expired":
      return { ...talk, draft: null };
    case "read":
      return { ...talk, agentRead: Math.max(talk.agentRead, action.seq) };
    case "translation":
      return {
        ...talk,
        entries: talk.entries.map((it) =>
          it.seq === action.seq ? { ...it, content: { ...it.content, translation: action.translation } } : it,
        ),
      };
    case "error":
      return refused(talk, action);
    case "older": {
      if (talk.view?.id !== action.conversation) return talk;
      const { entries } = joined(action.entries, talk.entries);
      return { ...talk, entries, earlier: action.more };
    }
    case "fresh":
      if (talk.view?.id !== action.conversation || !action.entries.length) return talk;
      return { ...talk, entries: joined(talk.entries, action.entries).entries };
    case "outgoing":
      return { ...talk, outbox: [...without(talk.outbox, action.message.id), action.message] };
    case "retry":
      return {
        ...talk,
        outbox: talk.outbox.map((it) => (it.id === action.id ? { ...strip(it), status: "waiting" } : it)),
      };
    case "discard":
      return { ...talk, outbox: without(talk.outbox, action.id) };
    case "link":
      return action.link === "online"
        ? { ...talk, link: action.link }
        : { ...talk, link: action.link, typing: null, draft: null };
    case "seen":
      return action.seq > talk.seen ? { ...talk, seen: action.seq } : talk;
    case "restored":
      return { ...empty, link: talk.link, outbox: talk.outbox };
    case "reset":
      return { ...empty, link: talk.link };
    case "pong":
      return talk;
    default:
      // A frame of a newer server.
      return talk;
  }
}

/** True when something between this entry and what is known here is missing: say hello again. */
export function hasGap(talk: Talk, frame: Extract<ServerFrame, { t: "entry" }>): boolean {
  if (talk.view && frame.conversation !== talk.view.id) return false;
  if (frame.entry.seq <= talk.cursor || !frame.prev) return false;
  return frame.prev > talk.cursor && !talk.entries.some((it) => it.seq === frame.prev);
}

/** The frame that resumes where this browser stands. */
export function hello(talk: Talk, token: string): ClientFrame {
  return {
    t: "hello",
    token,
    conversation: talk.view?.id ?? null,
    after: talk.cursor,
    history: talk.history,
  };
}

/** Messages of others the customer has not seen. */
export function unread(talk: Talk): number {
  return talk.entries.reduce(
    (count, it) => count + Number(it.seq > talk.seen && (it.by.kind === "bot" || it.by.kind === "agent")),
    0,
  );
}

export function lastSeq(talk: Talk): number {
  return talk.entries.at(-1)?.seq ?? 0;
}

function ready(talk: Talk, frame: Extract<ServerFrame, { t: "ready" }>): Talk {
  const same =
    (talk.history === null || talk.history === frame.history) &&
    (talk.view === null || talk.view.id === frame.conversation?.id);
  const base = same ? talk : { ...empty, outbox: talk.outbox };
  // Asked from the start, the server gives the newest ones, and `more` means older; else `more` means later.
  const fresh = base.cursor === 0;
  const next: Talk = {
    ...(frame.conversation ? adopt(base, frame.conversation) : { ...base, view: null }),
    ...joined(base.entries, frame.entries, base.cursor),
    history: frame.history,
    link: "online",
    synced: true,
    draft: null,
  };
  if (fresh) next.earlier = frame.more;
  return { ...next, outbox: pending(next.outbox, next.entries) };
}

function entry(talk: Talk, frame: Extract<ServerFrame, { t: "entry" }>): Talk {
  if (talk.view && frame.conversation !== talk.view.id) return talk;
  if (hasGap(talk, frame)) return talk;
  const merged = joined(talk.entries, [frame.entry], talk.cursor);
  return {
    ...talk,
    ...merged,
    outbox: pending(talk.outbox, [frame.entry]),
    ...(frame.entry.by.kind === "customer" ? {} : { typing: null, draft: null }),
  };
}

function acknowledged(talk: Talk, id: string, seq: number, messageId: string, at?: string): Talk {
  const sent = talk.outbox.find((it) => it.id === id);
  if (!sent) return talk;
  const outbox = without(talk.outbox, id);
  if (talk.entries.some((it) => it.seq === seq)) return { ...talk, outbox };
  const own: Entry = {
    seq,
    type: "message",
    at: at ?? sent.at,
    by: { kind: "customer", id: null, name: null, ai: false },
    id: messageId,
    client_id: id,
    text: sent.text,
    content: sent.attachments.length ? { attachments: sent.attachments } : {},
  };
  // The cursor stays: others may have written in between, and the next entry tells.
  return { ...talk, outbox, entries: joined(talk.entries, [own]).entries };
}

function refused(talk: Talk, frame: Extract<ServerFrame, { t: "error" }>): Talk {
  if (!frame.id) return talk;
  if (frame.code === "duplicate_client_id" && frame.seq) {
    return acknowledged(talk, frame.id, frame.seq, frame.message_id ?? frame.id);
  }
  if (!FINAL.has(frame.code)) return talk;
  return {
    ...talk,
    outbox: talk.outbox.map((it) => (it.id === frame.id ? { ...it, status: "failed", error: frame.code } : it)),
  };
}

function adopt(talk: Talk, view: ConversationView): Talk {
  const other = talk.view !== null && talk.view.id !== view.id;
  const base = other
    ? { ...empty, outbox: talk.outbox, link: talk.link, history: talk.history, synced: talk.synced }
    : talk;
  return {
    ...base,
    view,
    agentRead: Math.max(base.agentRead, view.agent_read_seq),
    seen: Math.max(base.seen, view.customer_read_seq),
  };
}

/** Merge by seq, the later version wins; the cursor rises to the last of the added. */
function joined(known: Entry[], added: Entry[], cursor = 0): { entries: Entry[]; cursor: number } {
  const last = added.at(-1)?.seq ?? 0;
  const top = Math.max(cursor, last);
  if (!added.length) return { entries: known, cursor: top };
  const first = added[0]?.seq ?? 0;
  if (first > (known.at(-1)?.seq ?? 0)) return { entries: [...known, ...added], cursor: top };
  const bySeq = new Map(known.map((it) => [it.seq, it]));
  for (const it of added) bySeq.set(it.seq, it);
  return { entries: [...bySeq.values()].sort((a, b) => a.seq - b.seq), cursor: top };
}

function pending(outbox: Outgoing[], stored: Entry[]): Outgoing[] {
  const ids = new Set(stored.map((it) => it.client_id));
  return outbox.some((it) => ids.has(it.id)) ? outbox.filter((it) => !ids.has(it.id)) : outbox;
}

function without(outbox: Outgoing[], id: string): Outgoing[] {
  return outbox.filter((it) => it.id !== id);
}

function strip({ error: _, ...rest }: Outgoing): Outgoing {
  return rest;
}
