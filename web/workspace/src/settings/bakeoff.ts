// Bake-offs as the server shows them.
import { queryOptions } from "@tanstack/react-query";
import { get } from "../api/client";

/** Where the labels come from. */
export type Labels = "file" | "judged" | "unjudged";

/** One engine; shares are 0…1, null where nothing was labelled. */
export interface BakeoffRow {
  engine: string;
  n: number;
  right: number;
  interval: [number, number];
  intent_accuracy: number | null;
  n_intent: number;
  correct: number | null;
  correct_interval?: [number, number] | null;
  wrong: number | null;
  wrong_interval?: [number, number] | null;
  /** Asked back what is meant. */
  asked: number | null;
  abstained: number | null;
  n_answer: number;
  pass_k: number;
  p50_ms: number;
  p95_ms: number;
  /** Cost of 1,000 questions; null without a price. */
  per_thousand: string | null;
  failed: number;
}

/** A difference of two shares on the same questions, with its paired 95 % interval. */
export interface Gap {
  difference: number;
  interval: [number, number];
}

export interface Difference {
  engine: string;
  against: string;
  difference: number;
  interval: [number, number];
  correct?: Gap | null;
  wrong?: Gap | null;
  better: number;
  worse: number;
  p: number;
}

export interface BakeoffTable {
  k: number;
  currency: string;
  labels: Labels;
  rows: BakeoffRow[];
  differences: Difference[];
  disagreements: string[];
  /** What people judged without knowing whose answer it is. */
  blind?: { disputed: number; judged: number; undecided: number; people: number } | null;
}

export interface Bakeoff {
  id: string;
  state: "running" | "done" | "failed" | "cancelled";
  engines: string[];
  source: { labels: Labels; n: number };
  k: number;
  done: number;
  total: number;
  result: BakeoffTable | null;
  error: string;
  created_at: string;
  ended_at: string | null;
}

export interface Bakeoffs {
  items: Bakeoff[];
  next: string | null;
  /** Questions of one's own whose answer was judged. */
  judged: number;
}

export const bakeoffsQuery = queryOptions({
  queryKey: ["bakeoffs"],
  queryFn: ({ signal }) => get<Bakeoffs>("/bakeoffs", undefined, signal),
  refetchInterval: ({ state }) => (state.data?.items.some((each) => each.state === "running") ? 2000 : false),
});
