// What was promised and is not done yet: messages left, calls to make, by the time they are due.
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { get, patch } from "../api/client";
import { queryClient } from "../api/queries";
import { useMe } from "../auth/session";
import { useTitle } from "../ui/hooks";
import { errorText } from "../ui/states";
import { type Column, Table } from "../ui/Table";
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
    mutationFn: ({ of, ...body }: { of: FollowUp; state?: FollowUp["state"]; assignee_id?: string }) =>
      patch(`/follow-ups/${of.id}`, body),
    onSuccess: (_, { of, state: now }) => {
      if (now === "done")
        toast(t("followup.closed", { number: of.number }), {
          tone: "good",
          about: of.id,
          action: { label: t("ui.undo"), run: () => change.mutate({ of, state: "open" }) },
        });
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ["follow-ups"] }),
  });
  const items = list.data?.pages.flatMap((page) => page.items);
  const columns: Column<FollowUp>[] = [
    { key: "number", title: t("followup.number"), className: "nowrap", cell: (each) => `#${each.number}` },
    {
      key: "what",
      title: t("followup.what"),
      cell: (each) => (
        <>
          {t(`followup.kind.${each.kind}`)}
          <small className="muted block">{t(`followup.reason.${each.reason}`, { defaultValue: each.reason })}</small>
        </>
      ),
    },
    {
      key: "customer",
      title: t("thread.customer"),
      cell: (each) => (
        <>
          {each.contact.name}
          <Link
            className="textlink block small"
            to="/inbox/$number"
            params={{ number: String(each.conversation.number) }}
          >
            #{each.conversation.number}
          </Link>
        </>
      ),
    },
    {
      key: "reach",
      title: t("followup.reach"),
      cell: (each) => [each.phone, each.email].filter(Boolean).join(" · ") || t("followup.in_conversation"),
    },
    {
      key: "due",
      title: t("followup.due"),
      className: "nowrap",
      cell: (each) => (
        <>
          {when(each.promised_at)} {each.state === "open" && <Due at={each.promised_at} />}
        </>
      ),
    },
    { key: "who", title: t("followup.who"), cell: (each) => each.assignee?.name ?? "—" },
    {
      key: "",
      title: "",
      className: "r nowrap",
      cell: (each) =>
        each.state === "open" ? (
          <span className="flex tight tail">
            {each.assignee?.id !== me.id && (
              <button
                type="button"
                className="btn s"
                aria-label={`${t("followup.take")} #${each.number}`}
                disabled={change.isPending}
                onClick={() => change.mutate({ of: each, assignee_id: me.id })}
              >
                {t("followup.take")}
              </button>
            )}
            <button
              type="button"
              className="btn s"
              aria-label={`${t("followup.done")} #${each.number}`}
              disabled={change.isPending}
              onClick={() => change.mutate({ of: each, state: "done" })}
            >
              {t("followup.done")}
            </button>
          </span>
        ) : (
          <span className="flex tight tail">
            {when(each.done_at)}
            <button
              type="button"
              className="btn s"
              aria-label={`${t("followup.reopen")} #${each.number}`}
              disabled={change.isPending}
              onClick={() => change.mutate({ of: each, state: "open" })}
            >
              {t("followup.reopen")}
            </button>
          </span>
        ),
    },
  ];
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
          <Table
            label={t(`followup.state.${state}`)}
            columns={columns}
            query={list}
            rows={items}
            keyOf={(each) => each.id}
            empty={t(`followup.empty.${state}`)}
          />
        </section>
        {state === "open" && !!items?.length && (
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
