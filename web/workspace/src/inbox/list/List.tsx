import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Page, Row } from "../../../../contract/agent";
import { get } from "../../api/client";
import { may } from "../../auth/session";
import type { Lists } from "../../live/groups";
import { risk } from "../../live/groups";
import { usePresence } from "../../live/presence";
import { useLive } from "../../live/store";
import { useSettled } from "../../ui/hooks";
import { Icon, Seat } from "../../ui/Icon";
import { MOD } from "../../ui/keys";
import { nameOf } from "../../ui/names";
import { Empty, Failure, Skeleton } from "../../ui/states";
import { minutes, useNow } from "../../ui/time";
import { BotFold } from "./BotFold";
import { Item } from "./Item";
import { Seats } from "./Seats";
import { useSteady } from "./useSteady";

interface Props {
  me: Me;
  groups: Lists;
  current: string | undefined;
  query: string;
  loading: boolean;
  error: unknown;
  retry: () => void;
  onNext: () => void;
  nextPending: boolean;
}

export function List({ me, groups, current, query, loading, error, retry, onNext, nextPending }: Props) {
  const { t } = useTranslation();
  const box = useRef<HTMLElement>(null);
  const counts = useLive((s) => s.counts);
  const presence = usePresence(me);
  const answers = may(me, "conversations.answer");
  const [steady, hold, pill] = useSteady(groups);
  const [queueOpen, setQueueOpen] = useState(false);
  const waiting = steady.queue.length;
  const searching = query.trim().length > 1;
  const empty = !steady.reply.length && !steady.customer.length;
  return (
    <section className="list" aria-label={t("inbox.list")} ref={box} data-pane tabIndex={-1} {...hold}>
      <div className="top">
        <div className="flex">
          <h1 className="grow">{t("inbox.title")}</h1>
          {answers && (
            <Seats rows={[...groups.reply, ...groups.customer, ...groups.wrap_up]} capacity={me.capacity} me={me.id} />
          )}
        </div>
        <SearchField query={query} />
      </div>
      <div className="scroll">
        {searching ? (
          <Results query={query.trim()} current={current} me={me.id} />
        ) : error ? (
          <Failure error={error} retry={retry} />
        ) : loading && empty && !waiting ? (
          <Skeleton lines={8} gap={18} />
        ) : (
          <>
            {pill > 0 && (
              <p className="pill" role="status">
                {t("state.newer", { n: pill })}
              </p>
            )}
            {answers && (
              <Group title={t("inbox.group.reply")} count={steady.reply.length} loud hint={t("inbox.group.reply.sort")}>
                {steady.reply.map((row) => (
                  <Item key={row.id} row={row} current={current} me={me.id} />
                ))}
              </Group>
            )}
            {steady.customer.length > 0 && (
              <Group title={t("inbox.group.customer")} count={steady.customer.length}>
                {steady.customer.map((row) => (
                  <Item key={row.id} row={row} current={current} me={me.id} />
                ))}
              </Group>
            )}
            {answers && empty && (
              <Empty text={t(presence.state === "online" ? "inbox.empty" : "inbox.empty.away")}>
                {presence.state !== "online" && (
                  <button
                    type="button"
                    className="btn"
                    disabled={presence.pending}
                    onClick={() => presence.set("online")}
                  >
                    {t("presence.go")}
                  </button>
                )}
              </Empty>
            )}
          </>
        )}
      </div>
      {!searching && (
        <div className="folds">
          <div className="fold">
            <button
              type="button"
              className="fold-open"
              aria-expanded={queueOpen}
              onClick={() => setQueueOpen(!queueOpen)}
            >
              <Seat of="queue" />
              <b>{t("inbox.group.queue", { n: counts?.queue ?? waiting })}</b>
              {steady.queue[0]?.queued_at && <Longest since={steady.queue[0].queued_at} />}
            </button>
            {answers && (
              <button type="button" className="btn s end" disabled={nextPending || !waiting} onClick={onNext}>
                {t("inbox.next")} <kbd>N</kbd>
              </button>
            )}
          </div>
          {queueOpen && waiting > 0 && (
            <ul className="foldlist">
              {steady.queue.map((row) => (
                <Item key={row.id} row={row} current={current} me={me.id} />
              ))}
            </ul>
          )}
          <BotFold
            rows={steady.bot}
            atRisk={steady.bot.filter((row) => risk(row) > 0).length}
            total={counts?.bot}
            current={current}
            me={me}
          />
          {answers && steady.wrap_up.length > 0 && (
            <>
              <div className="fold">
                <Seat of="nobody" />
                <b>{t("inbox.group.wrap", { n: steady.wrap_up.length })}</b>
              </div>
              {steady.wrap_up.map((row) => (
                <Link
                  key={row.id}
                  className="fold sub"
                  to="/inbox/$number"
                  params={{ number: String(row.number) }}
                  search={(s) => s}
                  aria-current={String(row.number) === current ? "true" : undefined}
                >
                  <span className="cut grow">{nameOf(row.contact, t)}</span>
                  <span className="faint">#{row.number}</span>
                  <Icon name="right" size="s" />
                </Link>
              ))}
            </>
          )}
        </div>
      )}
    </section>
  );
}

function Longest({ since }: { since: string }) {
  const { t } = useTranslation();
  const now = useNow();
  return <span> · {t("inbox.group.queue.longest", { time: minutes((now - Date.parse(since)) / 1000) })}</span>;
}

function Group({
  title,
  count,
  hint,
  loud,
  children,
}: {
  title: string;
  count: number;
  hint?: string;
  loud?: boolean;
  children: React.ReactNode;
}) {
  return (
    <section aria-label={title}>
      <h2 className="group">
        {title}
        <span className={loud && count ? "badge" : "badge soft"}>{count}</span>
        <span className="grow" />
        {hint && count > 1 && <small className="faint">{hint}</small>}
      </h2>
      <ul>{children}</ul>
    </section>
  );
}

function SearchField({ query }: { query: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState(query);
  const set = (next: string) => {
    setText(next);
    void navigate({ to: ".", search: (s) => ({ ...s, q: next.trim() ? next : undefined }), replace: true });
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") set("");
  };
  return (
    <div className="search">
      <Icon name="search" size="s" />
      <input
        type="search"
        aria-label={t("inbox.search")}
        placeholder={t("inbox.search")}
        value={text}
        onChange={(event) => set(event.target.value)}
        onKeyDown={press}
      />
      <kbd>{MOD} K</kbd>
    </div>
  );
}

function Results({ query, current, me }: { query: string; current: string | undefined; me: string }) {
  const { t } = useTranslation();
  const asked = useSettled(query, 250);
  const found = useQuery({
    queryKey: ["search", asked],
    queryFn: ({ signal }) => get<Page<Row>>("/conversations", { group: "all", q: asked, limit: 50 }, signal),
    placeholderData: (before) => before,
  });
  if (found.isPending) return <Skeleton lines={6} gap={18} />;
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data.items.length) return <Empty text={t("inbox.search.none", { q: query })} />;
  return (
    <Group title={t("inbox.search.results")} count={found.data.items.length}>
      {found.data.items.map((row) => (
        <Item key={row.id} row={row} current={current} me={me} />
      ))}
    </Group>
  );
}
