// Language models as the server shows them, and how they are asked for.
import { queryOptions } from "@tanstack/react-query";
import { get } from "../api/client";

export const PURPOSES = ["understand", "answer", "brief", "judge", "translate", "embed"] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface PricedModel {
  name: string;
  /** Price per million tokens, as a decimal string; null: not known. */
  input: string | null;
  output: string | null;
  currency: string;
}

export interface Quirks {
  key_header: "authorization" | "api-key" | "x-api-key";
  token_limit: "max_tokens" | "max_completion_tokens";
  json_mode: "schema" | "object" | "words";
  body: Record<string, unknown>;
  query: Record<string, string>;
  usage_ends_stream: boolean;
  stream_usage: boolean;
  stream_only: boolean;
  returns_thoughts: boolean;
  embed_batch: number;
}

export interface Preset {
  code: string;
  name: string;
  kind: "openai_compatible" | "anthropic";
  url: string;
  is_inside: boolean;
  quirks: Quirks;
}

export interface Provider {
  id: string;
  name: string;
  preset: string;
  kind: Preset["kind"];
  url: string;
  host: string;
  is_inside: boolean;
  models: PricedModel[];
  quirks: Quirks;
  timeout_seconds: number;
  retries: number;
  is_active: boolean;
  has_key: boolean;
  key_last4: string;
  key_is_readable: boolean;
  is_environment: boolean;
  leaves_house: boolean;
  purposes: Purpose[];
}

export interface Engine {
  provider: string;
  name: string;
  model: string;
  is_priced: boolean;
  leaves_house: boolean;
  is_masked: boolean;
  state: "ready" | "resting";
  calls: number;
  skipped: number;
  error_rate: number | null;
  p50_ms: number | null;
  p95_ms: number | null;
  spent: string;
  last_outcome: string | null;
  last_at: string | null;
}

export interface Rung {
  provider: string;
  model: string;
}

export interface ModelSettings {
  version: number;
  ladders: Partial<Record<Purpose, Rung[]>>;
  mask: boolean;
  stream: boolean;
  look_up: boolean;
  currency: string;
  rates: Record<string, string>;
  per_conversation: string | null;
  per_day: string | null;
}

/** Figures of one engine of a bake-off; shares are 0…1. */
export interface Measured {
  engine: string;
  n: number;
  correct: number | null;
  wrong: number | null;
  asked: number | null;
  abstained: number | null;
}

export interface ModelsOverview {
  providers: Provider[];
  presets: Preset[];
  settings: ModelSettings;
  purposes: { purpose: Purpose; engines: Engine[] }[];
  none: { run: string; at: string; figures: Measured } | null;
  spent_today: string;
  currency: string;
  window_minutes: number;
  english: { state: "not_installed" | "off" | "preparing" | "on"; model: string; texts: number | null };
}

export interface Tested {
  ok: boolean;
  ms: number;
  text?: string;
  usage?: { input: number; output: number };
  cost?: { amount: string; currency: string } | null;
  code?: string;
  status?: number | null;
  message?: string;
}

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => get<ModelsOverview>("/models", undefined, signal),
  refetchInterval: 30_000,
});

export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? "—" : `${(share * 100).toFixed(share && share < 0.1 ? 1 : 0)}%`;

export const seconds = (ms: number | null): string =>
  ms === null ? "—" : ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;

/** An amount with as many digits as it needs, in the language of the screen: ¥12.30, $0.0042. */
export function money(amount: string | number, currency: string): string {
  const value = Number(amount);
  const digits = value && Math.abs(value) < 0.1 ? 4 : 2;
  const form = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
  return value.toLocaleString(document.documentElement.lang, {
    ...form,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
