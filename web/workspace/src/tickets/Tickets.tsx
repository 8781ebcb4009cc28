// What was promised and is not done yet: messages left, calls to make, by the time they are due.
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { get, patch } from "../api/client";
import { useMe } from "../auth/session";
import { useTitle } from "../ui/hooks";
import { Empty, errorText, Failure, Skeleton } from "../ui/states";
import { minutes, useNow, when } from "../ui/time";
import { toast } from "../ui/toast";
import "../ui/list.css";

interface FollowUp {
  id: string;
  number: number;
  kind: "message" | "callback";
  reason: string;
  phone?: string;
  email?: string;
  promised_at: string;
  state: "open" | "done";
  assignee?: { id: string; name: string } | null;
  contact: { name: string };
  conversation: { id: string; number: number; state: string };
  created_at?: string;
  done_at?: string | null;
}

const STATES = ["open", "done"] as const;

export function Tickets() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { state?: string };
  const state = search.state === "done" ? "done" : "open";
  useTitle(`${t("nav.tickets")} · ${t("app.name")}`);
  const list = useInfiniteQuery({
    queryKey: ["follow-ups", state],
    queryFn: ({ pageParam, signal }) =>
      get<{ items: FollowUp[]; next: number | null }>("/follow-ups", { state, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 60_000,
  });
  const change = useMutation({
    mutationFn: ({ id, ...body }: { id: string; state?: string; assignee_id?: string }) =>
      patch(`/follow-ups/${id}`, body),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => void list.refetch(),
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <main className="page">
      <header className="head">
        <h1>{t("nav.tickets")}</h1>
        <nav className="tabs bare" aria-label={t("nav.tickets")}>
          {STATES.map((each) => (
            <Link
              key={each}
              to="/tickets"
              search={{ state: each === "open" ? undefined : each }}
              aria-current={each === state ? "page" : undefined}
            >
              {t(`followup.state.${each}`)}
            </Link>
          ))}
        </nav>
      </header>
      <div className="body">
        <section className="card">
          {list.isPending && <Skeleton lines={6} gap={18} />}
          {list.isError && !list.data && <Failure error={list.error} retry={() => void list.refetch()} />}
          {list.data && !items.length && <Empty text={t(`followup.empty.${state}`)} />}
          {items.length > 0 && (
            <div className="tablebox">
              <table>
                <thead>
                  <tr>
                    <th>{t("followup.number")}</th>
                    <th>{t("followup.what")}</th>
                    <th>{t("thread.customer")}</th>
                    <th>{t("followup.reach")}</th>
                    <th>{t("followup.due")}</th>
                    <th>{t("followup.who")}</th>
                    <th>
                      <span className="hidden-text">{t("ui.actions")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((each) => (
                    <tr key={each.id}>
                      <td className="nowrap">#{each.number}</td>
                      <td>
                        {t(`followup.kind.${each.kind}`)}
                        <small className="muted block">
                          {t(`followup.reason.${each.reason}`, { defaultValue: each.reason })}
                        </small>
                      </td>
                      <td>
                        {each.contact.name}
                        <Link
                          className="textlink block small"
                          to="/inbox/$number"
                          params={{ number: String(each.conversation.number) }}
                        >
                          #{each.conversation.number}
                        </Link>
                      </td>
                      <td>{[each.phone, each.email].filter(Boolean).join(" · ") || t("followup.in_conversation")}</td>
                      <td className="nowrap">
                        {when(each.promised_at)} {each.state === "open" && <Due at={each.promised_at} />}
                      </td>
                      <td>{each.assignee?.name ?? "—"}</td>
                      <td className="r nowrap">
                        {each.state === "open" ? (
                          <span className="flex tight tail">
                            {each.assignee?.id !== me.id && (
                              <button
                                type="button"
                                className="btn s"
                                disabled={change.isPending}
                                onClick={() => change.mutate({ id: each.id, assignee_id: me.id })}
                              >
                                {t("followup.take")}
                              </button>
                            )}
                            <button
                              type="button"
                              className="btn s"
                              disabled={change.isPending}
                              onClick={() => change.mutate({ id: each.id, state: "done" })}
                            >
                              {t("followup.done")}
                            </button>
                          </span>
                        ) : (
                          when(each.done_at)
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {list.hasNextPage && (
            <button
              type="button"
              className="btn quiet more"
              disabled={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {t("ui.load_more")}
            </button>
          )}
        </section>
        {state === "open" && items.length > 0 && (
          <p className="faint small hintline">
            {t("followup.hint")}{" "}
            <button type="button" className="textlink" onClick={() => void navigate({ to: "/inbox" })}>
              {t("nav.inbox")}
            </button>
          </p>
        )}
      </div>
    </main>
  );
}

function Due({ at }: { at: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const left = (Date.parse(at) - now) / 1000;
  if (left > 3600) return null;
  return (
    <span className={`chip ${left <= 0 ? "danger" : "warn"}`}>
      {left <= 0 ? t("clock.over", { time: minutes(-left) }) : t("clock.left", { time: minutes(left) })}
    </span>
  );
}
