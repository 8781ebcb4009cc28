// Who is signed in, and what the server lets them do.
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import type { Me } from "../../../contract/agent";
import { get } from "../api/client";

/** Names of the server's permission table (`accounts/roles.py`). */
export type Permission =
  | "conversations.list"
  | "conversations.read"
  | "conversations.read_all"
  | "conversations.answer"
  | "conversations.take_over"
  | "overview.read"
  | "team.read"
  | "knowledge.read"
  | "knowledge.propose"
  | "knowledge.publish"
  | "intents.write"
  | "configuration.read"
  | "queues.write"
  | "inboxes.write"
  | "connectors.write"
  | "bot.write"
  | "models.write"
  | "users.read"
  | "users.write"
  | "owners.write"
  | "audit.read";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => get<Me>("/auth/me", undefined, signal),
  staleTime: 5 * 60_000,
  retry: false,
});

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: ({ signal }) => get<{ first_run: boolean; version: string }>("/auth/status", undefined, signal),
  staleTime: 60_000,
  retry: false,
});

/** The signed-in user; only below the guarded layout. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

export function may(me: Pick<Me, "permissions">, permission: Permission): boolean {
  return me.permissions.includes(permission);
}
