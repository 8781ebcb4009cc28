// The agent side of docs/reference/protocol.md, as types. Unknown fields are ignored, new ones may appear.

export type Kind = "customer" | "bot" | "agent" | "system";
export type State = "bot" | "queued" | "active" | "wrap_up" | "closed";
export type HolderKind = "bot" | "queue" | "agent" | "nobody";
export type Presence = "online" | "break" | "away";
export type Role = "owner" | "admin" | "supervisor" | "editor" | "agent" | "auditor";

export interface By {
  kind: Kind;
  id: string | null;
  name: string | null;
  ai: boolean;
}

export interface Attachment {
  id: string;
  name: string;
  mime: string;
  size: number;
  width?: number | null;
  height?: number | null;
  url: string;
}

/** A picture, video or file of an article: with the passage the bot quotes, or sent along by an agent. */
export interface Media extends Attachment {
  /** What it shows, in words; may be empty. */
  alt: string;
  /** To stand under it; may be empty. */
  caption: string;
}

export interface Source {
  article_id: string;
  slug?: string | null;
  title: string;
  section?: string | null;
  url?: string | null;
  updated_at?: string | null;
  quote?: string | null;
}

export interface Reason {
  code: string;
  value?: number | null;
  threshold?: number | null;
  met?: boolean;
  seq?: number | null;
  span?: [number, number] | null;
  name?: string | null;
}

export interface Flip {
  code: string;
  needs: number;
  choice?: string;
}

export interface Decision {
  choice: string;
  reasons?: Reason[];
  by?: string;
  policy?: string;
  version?: number;
  counterfactual?: Flip[];
  /** What stands behind an answer from knowledge: its group, and the certificate if there is one. */
  promise?: { group: string; state: string; score: number; threshold?: number; certificate_id?: string };
  at?: string;
}

/** A message in the reader's language; the original is the entry's text. */
export interface Translation {
  language: string;
  source: string;
  text?: string;
  engine?: string;
  /** Why there is none. */
  failed?: string;
  /** It turned out to be in that language already. */
  needless?: boolean;
}

export interface Content {
  sources?: Source[];
  live?: { system: string; checked_at: string }[];
  quick_replies?: { id: string; label: string }[];
  offer_person?: boolean;
  attachments?: Attachment[];
  media?: Media[];
  card?: { type: string; order?: Order };
  notice?: string;
  params?: Record<string, unknown>;
  translation?: Translation;
}

/** One fact of a conversation's log; messages carry text and content, all others data. */
export interface Entry {
  seq: number;
  type: string;
  at: string;
  by: By;
  id?: string;
  client_id?: string | null;
  text?: string;
  content?: Content;
  note?: boolean;
  erased?: boolean;
  data?: Record<string, unknown>;
}

export interface Contact {
  id: string;
  name: string;
  verified: boolean;
  tier: string;
  email?: string | null;
  phone?: string | null;
  attributes?: Record<string, unknown>;
  browsing_opt_out?: boolean;
  created_at?: string;
  last_seen_at?: string;
}

export interface Row {
  id: string;
  number: number;
  state: State;
  epoch: number;
  seq: number;
  inbox: { id: string; name: string; channel: string };
  contact: { id: string; name: string; verified: boolean; tier: string };
  holder: { kind: HolderKind; id: string | null; name: string | null };
  queue: { id: string; name: string } | null;
  subject: string;
  last: { by: Kind | ""; text: string; at: string | null } | null;
  unread: number;
  mood: number | null;
  reasons: string[];
  waiting_since: string | null;
  next_action_at: string | null;
  responsible: string | null;
  queued_at: string | null;
  place: number | null;
  seats: [HolderKind, number][];
  episode: number;
  tags: string[];
  /** How far the customer has read. */
  customer_read_seq?: number;
  language: string;
  /** The customer asked for short and simple words. */
  plain?: boolean;
  created_at: string;
  updated_at: string;
  /** Last change of state or holder. */
  changed_at?: string;
}

export interface Conversation extends Row {
  contact: Contact;
  capabilities: string[];
  entries: Entry[];
  more: boolean;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Me {
  id: string;
  email: string;
  name: string;
  role: Role;
  locale: string;
  theme: string;
  title?: string;
  capacity?: number;
  permissions: string[];
  presence: Presence;
  skills: { skill: string; level: number }[];
  queues?: string[];
}

export interface TeamMember {
  user: { id: string; name: string; title?: string; role?: Role };
  state: Presence;
  reason?: string;
  connected: boolean;
  load: number;
  capacity: number;
  skills?: string[];
  /** Of transfer targets: on duty with a free seat. */
  available?: boolean;
}

export interface Counts {
  mine: number;
  queue: number;
  bot: number;
  wrap_up: number;
}

export interface Briefing {
  wish: { text: string; seq: number | null } | string | null;
  known: { code: string; label: string; value: string; seq: number | null; kind?: string }[];
  mood: { seq: number; at: string; level: number; word: string }[];
  tried: { what: string; ok: boolean; cause?: string | null; seq: number | null }[];
  why: Decision | null;
  next: { code?: string; text?: string; label?: string } | string | null;
  generated_at: string;
}

/** An order as the shop's system gives it, texts in the reader's language. */
export interface Order {
  number: string;
  status: string;
  status_text: string;
  is_open?: boolean;
  placed_at: string;
  updated_at?: string;
  checked_at?: string;
  total: { amount: string; currency: string } | null;
  items: { name: string; quantity: number }[];
  address?: string | null;
  shipments?: {
    carrier: string;
    tracking_number: string;
    status: string;
    expected_at: string | null;
    trace: { at: string; text: string; place?: string | null }[];
  }[];
}

export interface Orders {
  orders: Order[];
  system: string | null;
  checked_at: string | null;
  stale: boolean;
  error: string | null;
}

export interface WrapUpDraft {
  disposition: string | null;
  outcome: string | null;
  summary: ({ text: string; seq: number | null } | string)[] | string | null;
  tags: string[];
  promises?: { text: string; seq: number | null; due: string | null }[];
  dispositions?: string[];
  outcomes?: string[];
  hard_case?: boolean;
  worth_writing?: boolean;
}

/** problem+json, without the decoration. */
export interface Problem {
  code: string;
  detail?: string;
  status?: number;
  retry_after?: number;
  holder?: { kind: HolderKind; id: string | null; name: string | null };
  state?: State;
  epoch?: number;
  errors?: { loc: unknown; msg: string }[];
}

export type ClientFrame =
  | { t: "hello"; groups: string[]; history: string | null }
  | { t: "watch"; conversation: string; after: number }
  | { t: "unwatch"; conversation: string }
  | { t: "send"; id: string; conversation: string; epoch: number; text: string; attachments?: string[]; media?: string[] }
  | { t: "note"; id: string; conversation: string; text: string }
  | { t: "typing"; conversation: string; on: boolean }
  | { t: "read"; conversation: string; seq: number }
  | { t: "ping" };

export type ServerFrame =
  | { t: "ready"; me: Pick<Me, "id" | "name" | "role" | "presence">; counts: Counts; history: string }
  | { t: "watching"; conversation: Row; entries: Entry[]; more: boolean }
  | { t: "entry"; conversation: string; prev: number; entry: Entry }
  | { t: "row"; row: Row }
  | { t: "gone"; conversation: string }
  | ({ t: "counts" } & Counts)
  | ({ t: "presence" } & Partial<TeamMember> & { user: TeamMember["user"] | string })
  | { t: "assigned"; conversation: string }
  | { t: "typing"; conversation: string; by: By; on: boolean }
  | { t: "viewers"; conversation: string; names: string[] }
  | { t: "read"; conversation: string; by: "customer" | "agent"; seq: number }
  | { t: "translation"; conversation: string; seq: number; by: Kind; translation: Translation }
  | { t: "ack"; id: string; seq: number; message_id: string; at: string; conversation: string }
  | ({ t: "error"; id?: string; conversation?: string; seq?: number } & Problem)
  | { t: "pong" };
