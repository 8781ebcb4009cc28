// The bot's settings as the server has them, and what the playground gives back.
import { queryOptions } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import type { Media } from "../../../contract/agent";
import { get } from "../api/client";
import { queryClient } from "../api/queries";
import type { Localized } from "../ui/Both";

export interface Limits {
  answer_at: number;
  quote_at: number;
  ask_at: number;
  close_by: number;
  mood_at: number;
  mood_drop: number;
  upset_at: number;
  manipulation_at: number;
  out_of_scope_at: number;
  intent_at: number;
  max_unanswered: number;
  max_wrong: number;
}

export interface Lines {
  zh: string[];
  en: string[];
}

export interface BotSettings {
  persona: {
    name: Localized;
    formality: "formal" | "familiar";
    do: Lines;
    dont: Lines;
    lines: Record<string, Localized>;
  };
  limits: Limits;
  red_lines: Record<string, { enabled: boolean; facts: Localized }>;
  rules: string[];
  priority: {
    tiers: string[];
    hand_offs: number;
    open_order: boolean;
    urgent: boolean;
    pages: string[];
    page_views: number;
  };
  plain_mode: "auto" | "always" | "off";
  promise: { alpha: number; delta: number };
  promises: Record<string, { alpha: number; delta: number }>;
}

export interface Change {
  path: string;
  before: unknown;
  after: unknown;
}

export interface Draft {
  value: BotSettings;
  based_on: number;
  revision: number;
  author: string | null;
  updated_at: string;
}

export interface Current {
  version: number;
  value: BotSettings;
  draft: Draft | null;
  changes: Change[];
  has_model: boolean;
  catalogue: {
    red_lines: { code: string; always_on: boolean }[];
    rules: { locked: string[]; movable: string[]; last: string[] };
    lines: Record<string, Localized>;
    facts: Record<string, Localized>;
  };
}

export interface Version {
  version: number;
  author: string | null;
  at: string;
  note: string;
  restored_from: number | null;
  changes: Change[];
}

export interface RuleFigures {
  rule: string;
  choice: string;
  locked: boolean;
  hits: number;
  replayed: number;
  without: Record<string, number> | null;
  samples: { conversation_id: string; number: number; seq: number; at: string }[];
}

export interface Figures {
  days: number;
  decisions: number;
  replayed: number;
  rules: RuleFigures[];
  change: { changed: number; of: number; moves: { from: string; to: string; n: number }[] } | null;
}

export interface Reason {
  code: string;
  value?: number;
  threshold?: number;
  met: boolean;
  name?: string;
}

export interface Trace {
  settings: "live" | "draft";
  text: string;
  language: string;
  topic: string;
  features: Record<string, unknown>;
  passages: {
    article_id: string;
    title: string;
    section: string;
    language: string;
    score: number;
    excerpt: string;
  }[];
  meters: { code: string; value: number; threshold: number | null }[];
  rules: { rule: string; choice: string; held: boolean; spoke: boolean; reason: Reason | null }[];
  promise: { group: string; state: string; answer_at: number | null; certificate: string | null };
  decision: { choice: string; rule?: string; reasons: Reason[]; version: number };
  reply: {
    text: string;
    content: {
      /** Of the passage quoted; their addresses are those for staff. */
      media?: Omit<Media, "url">[];
      quick_replies?: { id: string; label: string }[];
      sources?: { title: string; section: string }[];
      offer_person?: boolean;
    };
  };
  approval: { choice: string; reasons: Reason[] } | null;
  counterfactuals: { code: string; needs: number; choice: string; holds: boolean; rule: string; reason: string }[];
  version: number;
  knowledge_version: number;
  used_model: boolean;
  tools: { tool: string; effect: "read" | "write"; pretended: boolean; ms: number }[];
  ms: Record<string, number>;
  memory: Record<string, unknown>;
}

export const currentQuery = queryOptions({
  queryKey: ["bot", "settings"],
  queryFn: ({ signal }) => get<Current>("/bot/settings", undefined, signal),
});

export const figuresQuery = (settings: "live" | "draft") =>
  queryOptions({
    queryKey: ["bot", "rules", settings],
    queryFn: ({ signal }) => get<Figures>("/bot/rules", { settings }, signal),
    staleTime: 60_000,
  });

export const versionsQuery = queryOptions({
  queryKey: ["bot", "versions"],
  queryFn: ({ signal }) =>
    get<{ items: Version[] }>("/bot/versions", { limit: 100 }, signal).then((page) => page.items),
});

/** Something was saved or published: what the screens show of it is asked again. */
export function renewed(): void {
  void queryClient.invalidateQueries({ queryKey: ["bot"] });
}

export const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What differs, field by field; lists count as one field. The same walk as the server's. */
export function changesOf(before: unknown, after: unknown, path = ""): Change[] {
  if (same(before, after)) return [];
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(before) || !isObject(after)) return [{ path, before, after }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => changesOf(before[name], after[name], path ? `${path}.${name}` : name));
}

/** What is live, in words; nothing was published before version 1. */
export function liveName(t: TFunction, version: number): string {
  return version ? t("bot.live", { version }) : t("bot.live.none");
}
