// Small directories that several screens read: queues, skills, inboxes.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { TeamMember } from "../../../contract/agent";
import { get } from "./client";

/** Some lists are paged, some are plain; screens want the items. */
export function items<T>(answer: { items: T[] } | T[]): T[] {
  return Array.isArray(answer) ? answer : answer.items;
}

export interface Queue {
  id: string;
  name: string;
  skill: string | null;
  promise_minutes: number;
  assignment: "auto" | "pull";
  is_default: boolean;
  position: number;
  members: string[];
}

export const queuesQuery = {
  queryKey: ["queues"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    get<{ items: Queue[] } | Queue[]>("/queues", { limit: 200 }, signal).then(items),
  staleTime: 5 * 60_000,
};

export interface Skill {
  code: string;
  name: string;
  people?: number;
}

export const skillsQuery = {
  queryKey: ["skills"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    get<{ items: Skill[] } | Skill[]>("/skills", undefined, signal).then(items),
  staleTime: 5 * 60_000,
};

/** The team with presence and load; the socket keeps it true. */
export const presenceQuery = {
  queryKey: ["presence"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    get<{ items: TeamMember[] } | TeamMember[]>("/presence", undefined, signal).then(items),
};

/** Colleagues a conversation can be passed to, those with a free seat first. */
export const targetsQuery = {
  queryKey: ["agents"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    get<{ items: TeamMember[] } | TeamMember[]>("/agents", undefined, signal).then(items),
  staleTime: 0,
};

const NONE: Record<string, string> = {};

/** Queue id → name; empty until it is read. */
export function useQueueNames(): Record<string, string> {
  const { data } = useQuery(queuesQuery);
  return useMemo(() => (data ? Object.fromEntries(data.map((queue) => [queue.id, queue.name])) : NONE), [data]);
}

export interface Topic {
  code: string;
  name_zh: string;
  name_en: string;
  enabled: boolean;
}

/** The intents a conversation may be about. */
export const topicsQuery = {
  queryKey: ["intents", "names"],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const all: Topic[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await get<{ items: Topic[]; next: string | null }>("/intents", { limit: 200, cursor }, signal);
      all.push(...page.items);
      if (!page.next) return all;
      cursor = page.next;
    }
  },
  staleTime: 5 * 60_000,
};

/** Code → name in a language; empty until it is read. */
export function useTopicNames(language: string): Record<string, string> {
  const { data } = useQuery(topicsQuery);
  return useMemo(
    () =>
      data
        ? Object.fromEntries(
            data.map((topic) => [topic.code, (language === "zh" ? topic.name_zh : topic.name_en) || topic.code]),
          )
        : NONE,
    [data, language],
  );
}
