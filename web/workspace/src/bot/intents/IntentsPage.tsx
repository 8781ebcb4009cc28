// What customers want: the list, how the learning stands, and a sentence to try.
import { type InfiniteData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, patch } from "../../api/client";
import { queryClient } from "../../api/queries";
import { may, useMe } from "../../auth/session";
import { More, Search, Trouble } from "../../ui/list";
import { SavedTick } from "../../ui/SavedTick";
import { Empty, Skeleton } from "../../ui/states";
import { IntentDialog } from "./IntentDialog";
import { type Intent, type Listing, nameOf, type Status } from "./model";
import { StarterDialog } from "./StarterDialog";
import { TryText } from "./TryText";
import "../../ui/list.css";
import "./intents.css";

export function refreshIntents() {
  void queryClient.invalidateQueries({ queryKey: ["intents"] });
}

/** The loaded pages with one intent as it is now. */
function put(held: InfiniteData<Listing> | undefined, saved: Intent) {
  if (!held) return held;
  const pages = held.pages.map((page) => ({
    ...page,
    items: page.items.map((item) => (item.id === saved.id ? saved : item)),
  }));
  return { ...held, pages };
}

export function IntentsPage() {
  const { t, i18n } = useTranslation();
  const canTeach = may(useMe(), "intents.write");
  const [q, setQ] = useState("");
  const [open, setOpen] = useState<Intent | "new" | "starter" | null>(null);
  const list = useInfiniteQuery({
    queryKey: ["intents", "list", q],
    queryFn: ({ pageParam, signal }) => get<Listing>("/intents", { q, cursor: pageParam, limit: 200 }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
  const enable = async (intent: Intent, enabled: boolean) => {
    try {
      const saved = await patch<Intent>(`/intents/${intent.id}`, { enabled });
      queryClient.setQueriesData<InfiniteData<Listing>>({ queryKey: ["intents", "list"] }, (held) => put(held, saved));
    } finally {
      refreshIntents();
    }
  };
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const domains = [...new Set(items.map((item) => item.domain))];
  return (
    <div className="stack intents">
      <LearningLine />
      {items.length > 0 && <TryText names={new Map(items.map((item) => [item.code, nameOf(item, i18n.language)]))} />}
      <div className="filters">
        <Search label={t("intents.search")} value={q} onSearch={setQ} />
        {canTeach && (
          <>
            <button type="button" className="btn" onClick={() => setOpen("starter")}>
              {t("intents.starter")}
            </button>
            <button type="button" className="btn main" onClick={() => setOpen("new")}>
              {t("intents.new")}
            </button>
          </>
        )}
      </div>
      {list.isPending && <Skeleton lines={8} gap={16} />}
      {list.isError && <Trouble query={list} inline={Boolean(list.data)} />}
      {list.data && !items.length && (
        <Empty text={t(q ? "intents.none" : "intents.empty")}>
          {canTeach && !q && (
            <button type="button" className="btn" onClick={() => setOpen("starter")}>
              {t("intents.starter.open")}
            </button>
          )}
        </Empty>
      )}
      {domains.map((domain) => (
        <section key={domain} className="card" aria-label={domainName(t, domain)}>
          <h2 className="cardhead">{domainName(t, domain)}</h2>
          <ul className="intentlist">
            {items
              .filter((item) => item.domain === domain)
              .map((item) => (
                <li key={item.id} className={item.enabled ? "" : "off"}>
                  <button type="button" className="name" onClick={() => setOpen(item)}>
                    <b>{nameOf(item, i18n.language)}</b>
                    <small className="muted cut">{item.code}</small>
                  </button>
                  <span className="chip line nowrap">{t(`intents.kind.${item.kind}`)}</span>
                  <span className="muted nowrap count">{t("intents.examples.count", { n: item.examples })}</span>
                  <SavedTick
                    checked={item.enabled}
                    disabled={!canTeach}
                    name={t("intents.enabled.of", { name: nameOf(item, i18n.language) })}
                    save={(enabled) => enable(item, enabled)}
                  >
                    {t("intents.enabled")}
                  </SavedTick>
                </li>
              ))}
          </ul>
        </section>
      ))}
      <More of={list} />
      {open === "starter" && <StarterDialog onClose={() => setOpen(null)} />}
      {open && open !== "starter" && (
        <IntentDialog intent={open === "new" ? null : open} canTeach={canTeach} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}

export function domainName(t: TFunction, domain: string): string {
  return domain ? t(`intents.domain.${domain}`, { defaultValue: domain }) : t("intents.domain.none");
}

/** Whether what is on this screen is what the bot goes by already. */
function LearningLine() {
  const { t } = useTranslation();
  const status = useQuery({
    queryKey: ["intents", "model"],
    queryFn: ({ signal }) => get<Status>("/intents/model", undefined, signal),
    refetchInterval: (query) => (query.state.data?.state === "learning" ? 1500 : 15_000),
  });
  if (!status.data) return null;
  const { state, intents, examples, accuracy } = status.data;
  const tone = state === "ready" ? "good" : state === "failed" ? "danger" : state === "learning" ? "warn" : "";
  return (
    <p className="flex wrap" role="status">
      <span className={`chip ${tone}`}>{t(`intents.state.${state}`)}</span>
      <span className="muted small">
        {state === "ready" &&
          t("intents.learnt", { intents, examples, share: accuracy === null ? "–" : Math.round(accuracy * 100) })}
        {state === "learning" && t("intents.learning")}
        {state === "empty" && t("intents.too_few")}
        {state === "failed" && t("intents.failed")}
      </span>
    </p>
  );
}
