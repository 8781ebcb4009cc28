// Flows as the server has them: one source in YAML, its steps as a list, what is wrong with it, what was published.
import { queryOptions } from "@tanstack/react-query";
import { get } from "../../api/client";
import { queryClient } from "../../api/queries";

export interface FlowRow {
  name: string;
  title: string;
  about: string;
  for: "verified" | "anyone" | null;
  writes: boolean;
  is_shipped: boolean;
  enabled: boolean;
  version: number | null;
  has_draft: boolean;
}

export interface Problem {
  line: number;
  code: string;
  where: string;
  text: string;
}

export interface Step {
  kind: string;
  depth: number;
  place: string;
  text: string;
  line: number;
  last: number;
}

export interface Outline {
  title: string;
  about: string;
  for: string;
  slots: { name: string; kind: string; title: string; optional: boolean }[];
  steps: Step[];
}

export interface Checked {
  problems: Problem[];
  outline: Outline | null;
}

export interface FlowDetail extends Checked {
  name: string;
  is_shipped: boolean;
  enabled: boolean;
  live: { version: number; source: string } | null;
  draft: { source: string; revision: string; saved_at: string; author: string | null } | null;
}

export interface FlowVersion {
  version: number;
  status: string;
  note: string;
  author: string | null;
  published_at: string | null;
}

export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
}

export interface TryTurn {
  said: string;
  text: string;
  outcome: string;
  content: { quick_replies?: { id: string; label: string }[] };
  slots: { name: string; value: string; kind: string }[];
  waits_for: string | null;
  reasons: { code: string; text: string }[];
  trace: {
    tool: string;
    effect: "read" | "write";
    arguments: Record<string, unknown>;
    result: unknown;
    pretended: boolean;
    ms: number;
  }[];
}

export const flowsQuery = queryOptions({
  queryKey: ["flows"],
  queryFn: ({ signal }) => get<{ items: FlowRow[] }>("/flows", undefined, signal),
  select: (page) => page.items,
});

export const flowQuery = (name: string) =>
  queryOptions({
    queryKey: ["flows", name],
    queryFn: ({ signal }) => get<FlowDetail>(`/flows/${name}`, undefined, signal),
  });

export const versionsQuery = (name: string) =>
  queryOptions({
    queryKey: ["flows", name, "versions"],
    queryFn: ({ signal }) => get<{ items: FlowVersion[] }>(`/flows/${name}/versions`, undefined, signal),
    select: (page) => page.items,
  });

export function renewed(): void {
  void queryClient.invalidateQueries({ queryKey: ["flows"] });
}

/** A flow to begin from; its name is put in. */
export function template(name: string): string {
  return `name: ${name}
title: {zh: "新流程", en: "New flow"}
about: {zh: "这个流程办什么", en: "What this flow does"}
for: anyone
triggers:
  examples: {zh: ["客户会怎么说"], en: ["what customers say"]}
steps:
  - say: {zh: "您好，", en: "Hello, "}
  - end: done
`;
}

/** What a new step of a kind looks like; without indentation. */
export const SNIPPETS: Record<string, string> = {
  say: '- say: {zh: "…", en: "…"}',
  ask: "- ask: slot_name",
  read: '- read: found\n  tool: orders.get\n  arguments: {number: "{order}"}',
  write:
    '- confirm: check\n  title: {zh: "请核对", en: "Please check"}\n  rows:\n    - {label: {zh: "订单", en: "Order"}, new: "{order.number}"}\n- write: made\n  tool: orders.cancel\n  arguments: {number: "{order}"}\n  done: {zh: "办好了。", en: "Done."}\n  refused:\n    other: {zh: "没有办成，什么都没有改动。", en: "It was not done; nothing was changed."}',
  branch: '- branch:\n    - when: {order.status: shipped}\n      steps:\n        - say: {zh: "…", en: "…"}',
  hand_off: '- hand_off: {zh: "我请人工接着办。", en: "A person carries on."}',
  end: "- end: done",
};

/** The source with a snippet put behind the lines of a step, as deep as that step. */
export function insertAfter(source: string, step: Step, snippet: string): string {
  const lines = source.split("\n");
  const indent = /^\s*/.exec(lines[step.line - 1] ?? "")?.[0] ?? "";
  const added = snippet.split("\n").map((line) => indent + line);
  return [...lines.slice(0, step.last), ...added, ...lines.slice(step.last)].join("\n");
}

/** The source without a step. */
export function without(source: string, step: Step): string {
  const lines = source.split("\n");
  return [...lines.slice(0, step.line - 1), ...lines.slice(step.last)].join("\n");
}

/** The source with two neighbouring steps of one list changed round; `first` stands before `second`. */
export function swapped(source: string, first: Step, second: Step): string {
  const lines = source.split("\n");
  const part = (step: Step) => lines.slice(step.line - 1, step.last);
  const between = lines.slice(first.last, second.line - 1);
  return [
    ...lines.slice(0, first.line - 1),
    ...part(second),
    ...between,
    ...part(first),
    ...lines.slice(second.last),
  ].join("\n");
}

/** The step next to `step` in the same list, before (-1) or after (+1) it. */
export function neighbour(steps: Step[], step: Step, way: -1 | 1): Step | undefined {
  const at = step.place.lastIndexOf(".");
  const place = `${step.place.slice(0, at)}.${Number(step.place.slice(at + 1)) + way}`;
  return steps.find((each) => each.place === place);
}
