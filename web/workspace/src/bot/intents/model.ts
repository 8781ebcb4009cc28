import type { Page } from "../../../../contract/agent";

export const KINDS = ["question", "task", "complaint", "chitchat"] as const;
export type Kind = (typeof KINDS)[number];

export interface Intent {
  id: string;
  code: string;
  name_zh: string;
  name_en: string;
  about_zh: string;
  about_en: string;
  kind: Kind;
  domain: string;
  enabled: boolean;
  article: string;
  flow: string;
  source: "starter" | "operator";
  examples: number;
  updated_at: string;
}

export interface Example {
  id: string;
  text: string;
  language: "zh" | "en";
  source: "starter" | "operator" | "confirmed";
  added_at: string;
}

export type Listing = Page<Intent>;
export type Whole = Intent & { texts: Example[] };

export interface Status {
  state: "empty" | "learning" | "ready" | "failed";
  intents: number;
  examples: number;
  accuracy: number | null;
  seconds: number | null;
  trained_at: string | null;
  error: string;
}

export interface Reading {
  guesses: { intent: string; probability: number }[];
  out_of_scope: number;
  is_out_of_scope: boolean;
  several: string[];
}

export interface StarterIntent {
  code: string;
  name_zh: string;
  name_en: string;
  about_zh: string;
  about_en: string;
  kind: Kind;
  examples: number;
  is_on: boolean;
}

export interface Starter {
  domains: { domain: string; intents: StarterIntent[] }[];
}

/** The name in the reader's language, else in the other one, else the code. */
export function nameOf(intent: { code: string; name_zh: string; name_en: string }, language: string): string {
  const [first, second] = language.startsWith("zh")
    ? [intent.name_zh, intent.name_en]
    : [intent.name_en, intent.name_zh];
  return first || second || intent.code;
}
