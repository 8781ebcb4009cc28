// One base for bot and people: the list, and the open article beside it.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/client";
import { may, useMe } from "../auth/session";
import { ImportDialog } from "../documents/ImportDialog";
import { SourcesDialog } from "../documents/SourcesDialog";
import { useTitle } from "../ui/hooks";
import { Icon } from "../ui/Icon";
import { useKeys } from "../ui/keys";
import { More, Search, Trouble } from "../ui/list";
import { Empty, Skeleton } from "../ui/states";
import { when } from "../ui/time";
import { Editor } from "./Editor";
import { type Listing, STATUSES } from "./model";
import "../ui/list.css";
import "./knowledge.css";

interface Filters {
  q?: string | undefined;
  status?: string | undefined;
  language?: string | undefined;
}

export function Knowledge() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false }) as { id?: string };
  const search = useSearch({ strict: false }) as Filters;
  const [importing, setImporting] = useState(false);
  const [sources, setSources] = useState(false);
  const q = search.q ?? "";
  useTitle(`${t("nav.knowledge")} · ${t("app.name")}`);
  const list = useInfiniteQuery({
    queryKey: ["articles", q, search.status ?? "", search.language ?? ""],
    queryFn: ({ pageParam, signal }) =>
      get<Listing>(
        "/articles",
        { q, status: search.status, language: search.language, cursor: pageParam, limit: 50 },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
  const set = (change: Filters) =>
    void navigate({ to: ".", search: (s: Filters) => ({ ...s, ...change }), replace: true });
  const open = (to: string) => void navigate({ to: "/knowledge/$id", params: { id: to }, search: (s) => s });
  const writes = may(me, "knowledge.propose");
  const publishes = may(me, "knowledge.publish");
  useKeys({ n: () => writes && open("new") });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const counts = list.data?.pages[0]?.counts;
  return (
    <main className={`page knowledge${id ? " opened" : ""}`}>
      <header className="head">
        <h1 className="grow">{t("nav.knowledge")}</h1>
        {publishes && (
          <button type="button" className="btn" onClick={() => setSources(true)}>
            {t("knowledge.sources")}
          </button>
        )}
        {publishes && (
          <button type="button" className="btn" onClick={() => setImporting(true)}>
            <Icon name="upload" size="s" />
            {t("knowledge.import")}
          </button>
        )}
        {writes && (
          <button type="button" className="btn main" onClick={() => open("new")}>
            {t("knowledge.new")} <kbd>N</kbd>
          </button>
        )}
      </header>
      <div className="split">
        <section className="articles" aria-label={t("knowledge.list")}>
          <div className="filters">
            <Search label={t("knowledge.search")} value={q} onSearch={(words) => set({ q: words || undefined })} />
            <select
              className="input"
              aria-label={t("knowledge.status")}
              value={search.status ?? ""}
              onChange={(e) => set({ status: e.target.value || undefined })}
            >
              <option value="">{t("knowledge.status.all")}</option>
              {STATUSES.map((status) => (
                <option key={status} value={status}>
                  {t(`knowledge.status.${status}`)} {counts ? counts[status] : ""}
                </option>
              ))}
            </select>
            <select
              className="input"
              aria-label={t("ui.language")}
              value={search.language ?? ""}
              onChange={(e) => set({ language: e.target.value || undefined })}
            >
              <option value="">{t("knowledge.language.all")}</option>
              <option value="zh">中文</option>
              <option value="en">English</option>
            </select>
          </div>
          <div className="scroll">
            {list.isPending && <Skeleton lines={10} gap={16} />}
            {list.isError && <Trouble query={list} inline={Boolean(list.data)} />}
            {list.data && !items.length && (
              <Empty text={t(q || search.status || search.language ? "knowledge.none" : "knowledge.empty")}>
                {publishes && !q && (
                  <button type="button" className="btn" onClick={() => setImporting(true)}>
                    {t("knowledge.import")}
                  </button>
                )}
              </Empty>
            )}
            <ul>
              {items.map((article) => (
                <li key={article.id}>
                  <Link
                    to="/knowledge/$id"
                    params={{ id: article.id }}
                    search={(s) => s}
                    className={`article${article.id === id ? " on" : ""}`}
                    aria-current={article.id === id ? "true" : undefined}
                    preload={false}
                  >
                    <span className="flex">
                      <b className="cut grow">{article.title}</b>
                      <small className="faint nowrap">{when(article.updated_at)}</small>
                    </span>
                    <span className="muted small cut">{article.excerpt.replace(HEADING, "")}</span>
                    <span className="flex tight wrap">
                      <span className={`chip ${article.status === "published" ? "good" : ""}`}>
                        {t(`knowledge.status.${article.status}`)}
                      </span>
                      <span className="chip line">
                        {t(`language.${article.language}`, { defaultValue: article.language })}
                      </span>
                      {article.audience === "agents" && (
                        <span className="chip note">{t("knowledge.audience.agents")}</span>
                      )}
                      {article.valid_from && article.valid_from > today() && (
                        <span className="chip warn">{t("knowledge.from", { date: article.valid_from })}</span>
                      )}
                      {article.valid_until && <Expiry until={article.valid_until} />}
                      {article.collection && (
                        <span className="chip line" title={article.collection}>
                          <span className="cut">{article.collection}</span>
                        </span>
                      )}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
            <More of={list} />
          </div>
        </section>
        {id ? (
          <Editor
            key={id}
            id={id}
            me={me}
            onOpen={open}
            onClose={() => void navigate({ to: "/knowledge", search: (s) => s })}
          />
        ) : (
          <p className="state wide-only">{t("knowledge.pick")}</p>
        )}
      </div>
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
      {sources && <SourcesDialog onClose={() => setSources(false)} />}
    </main>
  );
}

/** The marks of headings; an excerpt has no lines. */
const HEADING = /(?<=^|\s)#{1,6}\s/g;

const today = () => new Date().toISOString().slice(0, 10);

function Expiry({ until }: { until: string }) {
  const { t } = useTranslation();
  const over = until < today();
  return (
    <span className={`chip ${over ? "danger" : "line"}`}>
      {t(over ? "knowledge.expired" : "knowledge.until", { date: until })}
    </span>
  );
}
