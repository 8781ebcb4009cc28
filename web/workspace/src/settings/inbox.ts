export interface Localized {
  zh: string;
  en: string;
}

export interface Span {
  start: string;
  end: string;
}

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface InboxSettings {
  /** What customers read above the conversation; empty: the inbox's name. */
  title: Localized;
  welcome: Localized;
  guided_questions: { id: string; label: Localized; text: Localized }[];
  persona: { name: Localized; avatar: string };
  brand_color: string;
  locales: ("zh" | "en")[];
  allowed_origins: string[];
  enforce_identity: boolean;
  idle_minutes: number;
  hours: { timezone: string; week: Partial<Record<Weekday, Span[]>>; days_off: string[] };
  rating_enabled: boolean;
  translation: boolean;
  staff_language: "zh" | "en";
}

export interface InboxRow {
  id: string;
  key: string;
  name: string;
  channel: string;
  queue_id: string | null;
  is_active: boolean;
  settings: InboxSettings;
  identity_keys: { id: string; last4: string; created_at: string | null }[];
  embed: { snippet: string; page: string };
}
