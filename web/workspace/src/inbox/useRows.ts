// The lists of the inbox: read once by HTTP, kept by the socket.
import { useQueries } from "@tanstack/react-query";
import type { Me, Page, Row } from "../../../contract/agent";
import { get, serverNow } from "../api/client";
import { may } from "../auth/session";
import type { Group } from "../live/groups";
import { dispatch } from "../live/store";

const GROUPS: Group[] = ["mine", "queue", "bot", "wrap_up"];
/** Rows of one list on the screen; counts tell how many there are. */
const LIMIT = 200;
/** The socket keeps lists true; this only heals what it could have missed. */
const HEAL_MS = 120_000;

async function load(group: Group, signal: AbortSignal): Promise<number> {
  const asOf = serverNow();
  const page = await get<Page<Row>>("/conversations", { group, limit: LIMIT }, signal);
  dispatch(page.next ? { t: "rows", rows: page.items } : { t: "rows", rows: page.items, group, asOf });
  return page.items.length;
}

export function useRows(me: Me) {
  const groups = may(me, "conversations.answer") ? GROUPS : GROUPS.filter((g) => g === "queue" || g === "bot");
  const results = useQueries({
    queries: groups.map((group) => ({
      queryKey: ["rows", group],
      queryFn: ({ signal }: { signal: AbortSignal }) => load(group, signal),
      refetchInterval: HEAL_MS,
    })),
  });
  return {
    loading: results.some((r) => r.isPending),
    error: results.find((r) => r.isError && r.data === undefined)?.error ?? null,
    retry: () => {
      for (const r of results) void r.refetch();
    },
  };
}
