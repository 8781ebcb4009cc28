// Live: who needs me now. The table, the waiting, the seats, every open conversation.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Page, Row, State, TeamMember } from "../../../contract/agent";
import { get, serverNow } from "../api/client";
import { items, presenceQuery } from "../api/names";
import { may, useMe } from "../auth/session";
import { dispatch, useLive } from "../live/store";
import { useTitle } from "../ui/hooks";
import { Failure, Skeleton } from "../ui/states";
import { minutes, stamp, useNow } from "../ui/time";
import { ConversationTable } from "./ConversationTable";
import { SeatsGrid } from "./SeatsGrid";
import { TableBar } from "./TableBar";
import "../ui/list.css";
import "./live.css";

export interface Overview {
  states: Record<Exclude<State, "closed">, number>;
  queues: { id: string; name: string; waiting: number; longest_wait_seconds: number | null; active: number }[];
  /** Counts since this browser's midnight, each with its own n. */
  today: Record<string, number | null>;
  agents: TeamMember[];
  at: string;
}

const OPEN: State[] = ["queued", "bot", "active", "wrap_up"];
const FIGURES_MS = 2_000;

export function Live() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { state?: State; inbox?: string };
  useTitle(`${t("nav.live")} · ${t("app.name")}`);
  const overview = useQuery({
    queryKey: ["overview"],
    queryFn: ({ signal }) => get<Overview>("/overview", { since: new Date(new Date().setHours(0, 0, 0, 0)).toISOString() }, signal),
    refetchInterval: FIGURES_MS,
  });
  const team = useQuery({ ...presenceQuery, refetchInterval: 15_000 });
  useEffect(() => {
    if (team.data) dispatch({ t: "team", team: team.data });
  }, [team.data]);
  const inboxes = useQuery({
    queryKey: ["inboxes", "names"],
    queryFn: ({ signal }) =>
      get<{ items: { id: string; name: string }[] }>("/inboxes", { limit: 200 }, signal).then(items),
    staleTime: 5 * 60_000,
  });
  const reads = may(me, "conversations.list");
  const group =
    search.state === "closed" ? "closed" : search.state === "bot" ? "bot" : search.state === "queued" ? "queue" : "open";
  const list = useInfiniteQuery({
    queryKey: ["live-rows", group, search.inbox ?? ""],
    queryFn: async ({ pageParam, signal }) => {
      const page = await get<Page<Row>>(
        "/conversations",
        { group, inbox: search.inbox, cursor: pageParam, limit: 100 },
        signal,
      );
      dispatch({ t: "rows", rows: page.items });
      return { ids: page.items.map((row) => row.id), next: page.next };
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 10_000,
    enabled: reads,
  });
  const rows = useLive((s) => s.rows);
  const shown = useMemo(() => {
    const listed = new Set(list.data?.pages.flatMap((page) => page.ids));
    const fits = (row: Row) =>
      (search.state ? row.state === search.state : row.state !== "closed") &&
      (!search.inbox || row.inbox.id === search.inbox);
    return Object.values(rows)
      .filter((row) => (listed.has(row.id) || row.state !== "closed") && fits(row))
      .sort((a, b) => urgency(b) - urgency(a) || (a.waiting_since ?? "~").localeCompare(b.waiting_since ?? "~"));
  }, [list.data, rows, search.state, search.inbox]);
  const states = overview.data?.states;
  const count =
    !states || search.inbox || search.state === "closed"
      ? undefined
      : search.state
        ? states[search.state]
        : Object.values(states).reduce((sum, n) => sum + n, 0);
  const set = (change: { state?: State | undefined; inbox?: string | undefined }) =>
    void navigate({ to: "/live", search: { ...search, ...change }, replace: true });
  return (
    <main className="page">
      <header className="head">
        <h1 className="grow">{t("nav.live")}</h1>
        <Clock stale={overview.isError} at={overview.dataUpdatedAt} />
      </header>
      <div className="body live">
        {overview.isPending ? (
          <section className="card">
            <Skeleton lines={4} gap={14} />
          </section>
        ) : overview.data ? (
          <TableBar overview={overview.data} />
        ) : (
          <section className="card">
            <Failure error={overview.error} retry={() => void overview.refetch()} />
          </section>
        )}
        <SeatsGrid
          failed={team.isError ? team.error : null}
          loading={team.isPending}
          retry={() => void team.refetch()}
        />
        {reads && (
          <section className="card">
            <div className="cardhead filters">
              <h2 className="grow">
                {t("live.conversations", { n: count ?? `${shown.length}${list.hasNextPage ? "+" : ""}` })}
              </h2>
              <label>
                <span className="hidden-text">{t("live.state")}</span>
                <select
                  className="input"
                  value={search.state ?? ""}
                  onChange={(e) => set({ state: (e.target.value || undefined) as State | undefined })}
                >
                  <option value="">{t("live.open")}</option>
                  {[...OPEN, "closed" as const].map((each) => (
                    <option key={each} value={each}>
                      {t(`state.of.${each}`)}
                    </option>
                  ))}
                </select>
              </label>
              <label>
                <span className="hidden-text">{t("live.inbox")}</span>
                <select
                  className="input"
                  value={search.inbox ?? ""}
                  onChange={(e) => set({ inbox: e.target.value || undefined })}
                >
                  <option value="">{t("live.inbox.all")}</option>
                  {inboxes.data?.map((each) => (
                    <option key={each.id} value={each.id}>
                      {each.name}
                    </option>
                  ))}
                </select>
              </label>
            </div>
            <ConversationTable rows={list.isPending ? undefined : shown} query={list} me={me} />
          </section>
        )}
      </div>
    </main>
  );
}

/** Waiting people first, then what an agent owes an answer, then angry ones. */
function urgency(row: Row): number {
  const late =
    row.next_action_at && row.responsible === "agent" && Date.parse(row.next_action_at) < serverNow() ? 8 : 0;
  return (
    late +
    (row.state === "queued" ? 4 : 0) +
    (row.responsible === "agent" && row.state === "active" ? 2 : 0) -
    Math.min(0, row.mood ?? 0)
  );
}

/** Figures older than a few seconds are grey, and say so. */
function Clock({ at, stale }: { at: number; stale: boolean }) {
  const { t } = useTranslation();
  useNow();
  const age = (Date.now() - at) / 1000;
  if (!at) return null;
  const old = stale || age > 5;
  return (
    <small className={old ? "c-warn" : "muted"} role="status">
      {stamp(new Date(at).toISOString()).slice(11)} · {old ? t("live.stale", { age: minutes(age) }) : t("live.now")}
    </small>
  );
}
