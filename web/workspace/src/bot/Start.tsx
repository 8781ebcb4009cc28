import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/client";
import { may, useMe } from "../auth/session";
import { Icon } from "../ui/Icon";
import { Failure, Skeleton } from "../ui/states";

const ImportDialog = lazy(() =>
  import("../documents/ImportDialog").then((module) => ({ default: module.ImportDialog })),
);

const SourcesDialog = lazy(() =>
  import("../documents/SourcesDialog").then((module) => ({ default: module.SourcesDialog })),
);

interface Listing {
  counts: { published: number; draft: number; archived: number };
}

/** From nothing to an answering bot: documents, intents, a first question, a line for the page. */
export function Start({ canWrite, hasIntents }: { canWrite: boolean; hasIntents: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const [importing, setImporting] = useState(false);
  const [sources, setSources] = useState(false);
  const articles = useQuery({
    queryKey: ["articles", "counts"],
    queryFn: ({ signal }) => get<Listing>("/articles", { limit: 1 }, signal),
  });
  const count = articles.data?.counts.published ?? 0;
  const understood = useQuery({
    queryKey: ["intents", "model"],
    queryFn: ({ signal }) => get<{ intents: number }>("/intents/model", undefined, signal),
  });
  const intents = understood.data?.intents ?? 0;
  const inboxes = useQuery({
    queryKey: ["inboxes", "full"],
    queryFn: ({ signal }) =>
      get<{ items: { id: string; embed: { page: string } }[] }>("/inboxes", { limit: 200 }, signal).then(
        (page) => page.items,
      ),
  });
  const page = inboxes.data?.[0]?.embed.page;
  return (
    <div className="narrow stack">
      <section className="card">
        <h2 className="cardhead">{t("bot.start.title")}</h2>
        <div className="cardbody">
          <p className="muted">{t("bot.start.say")}</p>
        </div>
      </section>
      <ol className="steps">
        <Step n={1} done={count > 0} title={t("bot.start.documents")} text={t("bot.start.documents.say")}>
          {articles.isPending && <Skeleton lines={1} />}
          {articles.isError && <Failure inline error={articles.error} retry={() => void articles.refetch()} />}
          {articles.data && <p>{t("bot.start.documents.count", { count })}</p>}
          <div className="flex wrap">
            {may(me, "knowledge.publish") && (
              <button type="button" className={count ? "btn" : "btn main"} onClick={() => setImporting(true)}>
                <Icon name="upload" size="s" />
                {t("knowledge.import")}
              </button>
            )}
            {may(me, "knowledge.publish") && (
              <button type="button" className="btn" onClick={() => setSources(true)}>
                {t("knowledge.sources.title")}
              </button>
            )}
            <Link className="btn" to="/knowledge">
              {t("bot.start.documents.open")}
            </Link>
          </div>
        </Step>
        {hasIntents && (
          <Step n={2} done={intents > 0} title={t("bot.start.intents")} text={t("bot.start.intents.say")}>
            {intents > 0 && <p>{t("bot.start.intents.count", { count: intents })}</p>}
            <div>
              <Link className="btn" to="/bot/{-$page}/{-$id}" params={{ page: "intents", id: undefined }}>
                {t("bot.page.intents")}
              </Link>
            </div>
          </Step>
        )}
        <Step n={hasIntents ? 3 : 2} title={t("bot.start.ask")} text={t("bot.start.ask.say")} />
        <Step n={hasIntents ? 4 : 3} title={t("bot.start.words")} text={t("bot.start.words.say")}>
          <div className="flex wrap">
            {(["persona", "welcome"] as const).map((page) => (
              <Link key={page} className="btn" to="/bot/{-$page}/{-$id}" params={{ page, id: undefined }}>
                {t(`bot.page.${page}`)}
              </Link>
            ))}
          </div>
        </Step>
        <Step n={hasIntents ? 5 : 4} done={Boolean(page)} title={t("bot.start.site")} text={t("bot.start.site.say")}>
          {canWrite && (
            <div className="flex wrap">
              {page && (
                <a className="btn" href={page} target="_blank" rel="noreferrer">
                  {t("bot.start.site.page")}
                </a>
              )}
              <Link className="btn" to="/settings/{-$page}/{-$id}" params={{ page: "inboxes", id: undefined }}>
                {t("settings.inboxes")}
              </Link>
            </div>
          )}
        </Step>
      </ol>
      {sources && (
        <Suspense fallback={null}>
          <SourcesDialog
            onClose={() => {
              setSources(false);
              void articles.refetch();
            }}
          />
        </Suspense>
      )}
      {importing && (
        <Suspense fallback={null}>
          <ImportDialog
            onClose={() => {
              setImporting(false);
              void articles.refetch();
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

function Step({
  n,
  title,
  text,
  done = false,
  children,
}: {
  n: number;
  title: string;
  text: string;
  done?: boolean;
  children?: React.ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <li className="card">
      <div className="cardhead">
        <span className={done ? "rank good" : "rank"}>{done ? <Icon name="check" size="s" /> : n}</span>
        <h2 className="grow">{title}</h2>
        {done && <span className="chip good">{t("bot.start.done")}</span>}
      </div>
      <div className="cardbody">
        <p className="muted">{text}</p>
        {children}
      </div>
    </li>
  );
}
