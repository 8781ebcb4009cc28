// What the live reducer keeps. Everything is immutable; a changed part is a new object.
import type { Group } from "./groups";
import type {
  Attachment,
  By,
  Counts,
  Entry,
  Me,
  Media,
  Problem,
  Row,
  ServerFrame,
  TeamMember,
} from "../../../contract/agent";

/** The log of one conversation as far as it is loaded: gap-free, ordered by `seq`. */
export interface Thread {
  entries: Entry[];
  /** Highest `seq` held; the next entry must say `prev` = cursor. */
  cursor: number;
  /** There are older entries than the first one held. */
  more: boolean;
  customerRead: number;
  typing: { by: By; until: number } | null;
  viewers: string[];
}

/** Something we wrote that the log does not show yet. */
export interface Pending {
  id: string;
  conversation: string;
  note: boolean;
  text: string;
  epoch: number;
  at: string;
  attachments: Attachment[];
  /** Of articles. */
  media?: Media[];
  status: "waiting" | "sent" | "failed";
  problem?: Problem;
}

export interface LiveState {
  link: "connecting" | "online" | "offline";
  /** When the socket was lost, ms; null while it is open. */
  lostAt: number | null;
  history: string | null;
  me: Pick<Me, "id" | "name" | "role" | "presence"> | null;
  counts: Counts | null;
  rows: Readonly<Record<string, Row>>;
  threads: Readonly<Record<string, Thread>>;
  team: Readonly<Record<string, TeamMember>>;
  pending: readonly Pending[];
  /** Conversations whose log has a gap or a new history: to be watched again from their cursor. */
  resync: readonly string[];
}

export const EMPTY: LiveState = {
  link: "connecting",
  lostAt: null,
  history: null,
  me: null,
  counts: null,
  rows: {},
  threads: {},
  team: {},
  pending: [],
  resync: [],
};

/** What this client does or learns by HTTP. */
export type LocalEvent =
  | { t: "link"; link: LiveState["link"]; now: number }
  | { t: "rows"; rows: Row[]; group?: Group; asOf?: number }
  | { t: "team"; team: TeamMember[] }
  | { t: "opened"; row: Row; entries: Entry[]; more: boolean }
  | { t: "older"; conversation: string; entries: Entry[]; more: boolean }
  | { t: "closed"; conversation: string }
  | { t: "written"; pending: Pending }
  | { t: "delivering"; id: string }
  | { t: "refused"; id: string; problem: Problem }
  | { t: "withdrawn"; id: string }
  | { t: "tick"; now: number };

export type LiveEvent = (ServerFrame & { now?: number }) | LocalEvent;
