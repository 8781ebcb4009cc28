// The blind queue: one answer at a time, without its score; 1 right, 2 incomplete, 3 wrong.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { post } from "../../api/client";
import { useTitle } from "../../ui/hooks";
import { Icon } from "../../ui/Icon";
import { useKeys } from "../../ui/keys";
import { Markdown } from "../../ui/Prose";
import { Empty, errorText, Failure, Skeleton } from "../../ui/states";
import { when } from "../../ui/time";
import { toast } from "../../ui/toast";
import { type Sample, sampleQuery, type Verdict } from "./model";
import "../../ui/list.css";
import "./calibration.css";

const VERDICTS: Verdict[] = ["right", "incomplete", "wrong"];

export function Labels() {
  const { t } = useTranslation();
  const client = useQueryClient();
  useTitle(`${t("nav.labels")} · ${t("app.name")}`);
  const queue = useQuery(sampleQuery);
  const item = queue.data?.item ?? null;
  const give = useMutation({
    mutationFn: (verdict: Verdict) => post(`/calibration/samples/${item?.id}/label`, { verdict }),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => client.invalidateQueries({ queryKey: sampleQuery.queryKey }),
  });
  const judge = (verdict: Verdict) => item && !give.isPending && give.mutate(verdict);
  useKeys({ "1": () => judge("right"), "2": () => judge("incomplete"), "3": () => judge("wrong") }, Boolean(item));
  return (
    <main className="page">
      <header className="head">
        <h1 className="grow">{t("nav.labels")}</h1>
        {queue.data && <span className="muted">{t("label.waiting", { count: queue.data.waiting })}</span>}
      </header>
      <div className="body">
        {queue.isPending ? (
          <section className="card">
            <Skeleton lines={6} gap={16} />
          </section>
        ) : queue.isError ? (
          <section className="card">
            <Failure error={queue.error} retry={() => void queue.refetch()} />
          </section>
        ) : item ? (
          <Judging key={item.id} item={item} busy={give.isPending} judge={judge} />
        ) : (
          <section className="card">
            <Empty text={t("label.empty")} />
          </section>
        )}
      </div>
    </main>
  );
}

function Judging({ item, busy, judge }: { item: Sample; busy: boolean; judge: (verdict: Verdict) => void }) {
  const { t } = useTranslation();
  return (
    <div className="judging">
      <section className="card" aria-label={t("label.case")}>
        <ol className="case">
          {item.before.map((word, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the words of a sample never move
            <li key={i} className={word.by === "customer" ? "" : "ours"}>
              <small className="muted">{t(word.by === "customer" ? "thread.customer" : `label.by.${word.by}`)}</small>
              <p>{word.erased ? t("thread.erased") : word.text}</p>
            </li>
          ))}
          <li className="ours judged">
            <small className="muted">{t("label.answer")}</small>
            <Markdown source={item.answer} />
            {item.source && (
              <small className="muted">
                <Icon name="knowledge" size="s" /> {item.source.title} ·{" "}
                {t("thread.source.updated", { date: when(item.source.updated_at) })}
              </small>
            )}
          </li>
        </ol>
      </section>
      <section className="card verdicts" aria-label={t("label.verdict")}>
        {VERDICTS.map((verdict, i) => (
          <button key={verdict} type="button" className="btn" disabled={busy} onClick={() => judge(verdict)}>
            <kbd>{i + 1}</kbd>
            <span className="grow">
              <b>{t(`verdict.${verdict}`)}</b>
              <small className="muted">{t(`verdict.${verdict}.means`)}</small>
            </span>
          </button>
        ))}
        <small className="muted">{t("label.blind")}</small>
      </section>
    </div>
  );
}
