// The customer side of docs/reference/protocol.md, as types. Unknown fields are ignored, new ones may appear.

export type Kind = "customer" | "bot" | "agent" | "system";
export type ConversationState = "bot" | "queued" | "active" | "wrap_up" | "closed";
export type HolderKind = "bot" | "queue" | "agent" | "nobody";

/** Who said it; `ai` is true for every message of the bot. */
export interface By {
  kind: Kind;
  id: string | null;
  name: string | null;
  ai: boolean;
}

export interface Source {
  article_id: string;
  title: string;
  section?: string | null;
  url?: string | null;
  updated_at?: string | null;
  quote?: string | null;
}

/** Data read just now from a system of the shop. */
export interface Live {
  system: string;
  checked_at: string;
}

export interface QuickReply {
  id: string;
  label: string;
}

export interface Attachment {
  id: string;
  name: string;
  mime: string;
  size: number;
  width?: number | null;
  height?: number | null;
  /** Relative to the server; authorised for the reader. */
  url: string;
}

/** A picture, video or file of an article: with the passage the bot quotes, or sent along by an agent. */
export interface Media extends Attachment {
  /** What it shows, in words; may be empty. */
  alt: string;
  /** To stand under it; may be empty. */
  caption: string;
}

export interface Money {
  /** Major units, as a decimal string. */
  amount: string;
  currency: string;
}

export interface Shipment {
  carrier: string;
  tracking_number: string;
  status: string;
  expected_at: string | null;
  /** Newest first. */
  trace: { at: string; text: string; place: string }[];
}

/** An order as screens show it; texts are in the conversation's language. */
export interface Order {
  number: string;
  status: string;
  status_text: string;
  is_open: boolean;
  placed_at: string;
  updated_at: string;
  checked_at: string;
  total: Money;
  items: { name: string; quantity: number; price: Money }[];
  address: string;
  shipments: Shipment[];
}

/** One line of a change: what is, what will be; or one value. */
export interface ChangeRow {
  label: string;
  old: string;
  new: string;
}

/** `order`; of a flow `confirm` (a change that waits for a yes) and `result` (what became of it). */
export interface Card {
  type: string;
  order?: Order;
  title?: string;
  rows?: ChangeRow[];
  price?: string;
  yes?: QuickReply;
  edit?: QuickReply;
  reference?: string;
  undo?: QuickReply & { until: string };
}

/** The open question of a flow, for a native input; answering in words does the same. */
export interface FlowInput {
  kind: string;
  slot: string;
  label: string;
  options?: {
    id: string;
    label: string;
    /** Local start of a time, `2026-11-23T14:00`. */
    at?: string | null;
    goods?: string;
    status?: string;
    total?: Money;
  }[];
  /** Of a date. */
  min?: string;
  max?: string;
}

export type Notice =
  | "handed_off"
  | "agent_joined"
  | "agent_left"
  | "transferred"
  | "given_back"
  | "ended"
  | "idle_ended"
  | "off_hours"
  | "noted"
  | "noted_late"
  | "follow_up_created";

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
  live?: Live[];
  quick_replies?: QuickReply[];
  offer_person?: boolean;
  attachments?: Attachment[];
  media?: Media[];
  card?: Card;
  input?: FlowInput;
  notice?: Notice;
  params?: Record<string, unknown>;
  translation?: Translation;
}

/** One message as the customer sees it; `seq` orders them and has holes. */
export interface Entry {
  seq: number;
  type: "message";
  at: string;
  by: By;
  id: string;
  client_id: string | null;
  text: string;
  content: Content;
  erased?: boolean;
}

export interface Queue {
  place: number;
  ahead: number;
  serving: number;
  /** P50 and P90 of the wait; null when it cannot be estimated. */
  band_seconds: [number, number] | null;
  known: { code: string; label: string }[];
}

export interface ConversationView {
  id: string;
  number: number | string;
  state: ConversationState;
  epoch: number;
  seq: number;
  holder: { kind: HolderKind; name: string | null; role: string | null; avatar: string | null };
  queue: Queue | null;
  episode: number;
  rating: { invited: boolean; given: boolean };
  agent_read_seq: number;
  customer_read_seq: number;
  language: string | null;
}

export interface Page {
  url: string;
  title: string;
  referrer: string;
}

export interface Guided {
  id: string;
  label: string;
  text: string;
}

export interface Inbox {
  key: string;
  name: string;
  persona: { name: string; avatar: string | null };
  brand_color: string | null;
  locales: string[];
  welcome: string;
  guided_questions: Guided[];
  hours: { open: boolean; opens_at: string | null; promise: string | null };
  enforce_identity: boolean;
}

/** Body of `POST /api/v1/widget/session`. */
export interface SessionRequest {
  inbox: string;
  token?: string;
  identity?: string;
  locale?: string;
  page?: Page;
  browsing_consent?: boolean;
}

export interface Session {
  token: string;
  expires_at: string;
  history: string;
  contact: { id: string; name: string | null; verified: boolean };
  inbox: Inbox;
  conversation: ConversationView | null;
  browsing_opt_out: boolean;
}

export interface Rating {
  conversation: string;
  episode: number;
  resolved: boolean | null;
  csat: number | null;
  reasons: string[];
  comment?: string;
  skipped?: boolean;
}

export interface FollowUpRequest {
  conversation: string;
  kind: "message" | "callback";
  text?: string;
  phone?: string;
  email?: string;
}

export interface FollowUp {
  number: string | number;
  promised_at: string | null;
}

export interface EntryPage {
  entries: Entry[];
  more: boolean;
  conversation: ConversationView;
}

/** problem+json of HTTP, without the decoration. */
export interface Problem {
  code: string;
  detail?: string;
  status?: number;
  retry_after?: number;
  /** Of a refused file. */
  reason?: string;
}

export type ClientFrame =
  | { t: "hello"; token: string; conversation: string | null; after: number; history: string | null }
  | { t: "send"; id: string; text: string; attachments?: string[]; quick_reply?: string }
  | { t: "typing"; on: boolean }
  | { t: "read"; seq: number }
  | { t: "person" }
  | { t: "bot" }
  | { t: "end" }
  | { t: "page"; url: string; title: string }
  | { t: "ping" };

export type ServerFrame =
  | { t: "ready"; history: string; conversation: ConversationView | null; entries: Entry[]; more: boolean }
  | { t: "ack"; id: string; seq: number; message_id: string; at: string; conversation: string }
  | { t: "entry"; conversation: string; prev: number | null; entry: Entry }
  | { t: "state"; conversation: ConversationView }
  | { t: "typing"; by: By; on: boolean }
  /** What may be shown of an answer that is still being written: all of it so far; "" takes it back. Not logged. */
  | { t: "draft"; by: By; text: string }
  | { t: "read"; by: "agent"; seq: number }
  /** What an agent said, in the customer's language; the entry itself came before. */
  | { t: "translation"; seq: number; by: "agent"; translation: Translation }
  | ({ t: "error"; id?: string; seq?: number; message_id?: string } & Problem)
  | { t: "pong" };

/** Codes with which the server closes a socket. */
export const Close = {
  malformed: 4400,
  token: 4401,
  origin: 4403,
  slow: 4408,
  noHello: 4409,
  tooLarge: 4413,
  tooMany: 4429,
  restart: 1012,
} as const;
