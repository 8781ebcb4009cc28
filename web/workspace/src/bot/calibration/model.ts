// What the server says of the promised error rate; shares are 0…1.
import { queryOptions } from "@tanstack/react-query";
import { get } from "../../api/client";

export type StandingState = "certified" | "conservative" | "expired" | "alarm" | "person_only";
export type Verdict = "right" | "incomplete" | "wrong";

export interface Point {
  threshold: number;
  answered: number;
  wrong: number;
  bound: number;
  coverage: number;
  passed: boolean;
}

export interface Plan {
  id: string;
  alpha: number;
  delta: number;
  n: number;
  eligible: number;
  drawn: number;
  settled: number;
  labels_missing: number;
  wrong_allowed: number | null;
  author: string | null;
  fixed_at: string;
}

export interface Certificate {
  id: string;
  alpha: number;
  delta: number;
  n: number;
  wrong: number;
  threshold: number | null;
  bound: number | null;
  coverage: number;
  kappa: number | null;
  planted: number;
  overlooked: number;
  miss_rate: number | null;
  true_bound: number | null;
  audit_rate: number;
  issued_by: string | null;
  issued_at: string;
  expires_at: string;
}

export interface Alarm {
  id: string;
  at: string;
  audits: number;
  wrong: number;
  from_threshold: number;
  to_threshold: number | null;
  seen_at: string | null;
}

export interface Group {
  group: string;
  topic: string;
  /** The flow whose changes the promise is about; null: answers of a topic. */
  flow: { name: string; title: Partial<Record<string, string>> } | null;
  language: string;
  state: StandingState;
  threshold: number | null;
  changed: string[];
  goal: { alpha: number; delta: number; needed: number };
  labels_missing: number;
  answers_a_day: number;
  audits_until_alarm: number | null;
  days_until_alarm: number | null;
  plan: Plan | null;
  certificate: Certificate | null;
  audits: { n: number; wrong: number; open: number; low: number; high: number } | null;
  alarm: Alarm | null;
}

export interface GroupDetail extends Group {
  eligible: number;
  curve: Point[];
  /** Of the last seven days: they may warn, and prove nothing. */
  signs: { answers: number; agents_say_wrong: number; customers_say_useless: number };
  choices: { alpha: number; coverage: number; threshold: number | null; needed: number }[];
}

export interface Sample {
  id: string;
  /** `write`: a change a flow made, or would have made. */
  about: "answer" | "write";
  group: string;
  language: string;
  conversation: { id: string; number: number };
  before: { by: "customer" | "bot" | "agent" | "system"; text: string; erased: boolean }[];
  answer: string;
  source: { title: string; updated_at: string } | null;
}

/** What several engines say to one question; A is the first. */
export interface Comparison {
  id: string;
  run: string;
  language: string;
  question: string;
  conversation: { id: string; number: number } | null;
  answers: { kind: "answered" | "asked" | "abstained"; text: string; source: string }[];
}

/** Promises to choose from: wrong answers in a hundred. */
export const ALPHAS = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1];
/** Start points of the test; each gets this part of the error budget. */
const STARTS = 5;

/** Fewest audited answers, none of them wrong, that certify `alpha` at `delta`; a change has one test only. */
export function needed(alpha: number, delta: number, isWrite: boolean): number {
  return Math.ceil(Math.log(delta / (isWrite ? 1 : STARTS)) / Math.log1p(-alpha) - 1e-9);
}

/** What a group is called. */
export function groupName(of: Group, general: string, language: string): string {
  if (of.flow) return of.flow.title[language] ?? of.flow.title.zh ?? of.flow.name;
  return of.topic === "general" ? general : of.topic;
}

/** A share as a percentage: whole from 10 % on, else one place. */
export function percent(share: number): string {
  const value = 100 * share;
  const places = value >= 10 || Math.abs(value - Math.round(value)) < 0.05 ? 0 : 1;
  return `${value.toFixed(places)}%`;
}

/** Days from `now` until `at`, rounded; 0 when over. */
export function daysUntil(at: string, now: number): number {
  return Math.max(0, Math.round((Date.parse(at) - now) / 86_400_000));
}

export const groupsQuery = queryOptions({
  queryKey: ["calibration"],
  queryFn: ({ signal }) => get<{ items: Group[] }>("/calibration", undefined, signal).then((page) => page.items),
  refetchInterval: 30_000,
});

export const groupQuery = (group: string) =>
  queryOptions({
    queryKey: ["calibration", group],
    queryFn: ({ signal }) => get<GroupDetail>(`/calibration/groups/${encodeURIComponent(group)}`, undefined, signal),
    refetchInterval: 30_000,
  });

export const sampleQuery = queryOptions({
  queryKey: ["calibration-queue"],
  queryFn: ({ signal }) => get<{ item: Sample | null; waiting: number }>("/calibration/queue", undefined, signal),
  staleTime: 0,
});

export const comparisonQuery = queryOptions({
  queryKey: ["comparisons"],
  queryFn: ({ signal }) => get<{ item: Comparison | null; waiting: number }>("/comparisons", undefined, signal),
  staleTime: 0,
});
