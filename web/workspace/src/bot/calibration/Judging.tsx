// The blind queue: one answer, or one change the bot made, at a time, without its score; the keys 1, 2, 3 judge.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { post } from "../../api/client";
import { Icon } from "../../ui/Icon";
import { useKeys } from "../../ui/keys";
import { Markdown } from "../../ui/Prose";
import { errorText } from "../../ui/states";
import { when } from "../../ui/time";
import { toast } from "../../ui/toast";
import { type Sample, sampleQuery, type Verdict } from "./model";
import { Waiting } from "./Waiting";

/** Whether an answer is right may be answered with "in part"; whether something was wanted may not. */
const VERDICTS: Record<Sample["about"], Verdict[]> = {
  answer: ["right", "incomplete", "wrong"],
  write: ["right", "wrong"],
};

export function Judging() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const queue = useQuery(sampleQuery);
  const item = queue.data?.item ?? null;
  const give = useMutation({
    mutationFn: (verdict: Verdict) => post(`/calibration/samples/${item?.id}/label`, { verdict }),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => client.invalidateQueries({ queryKey: sampleQuery.queryKey }),
  });
  const verdicts = item ? VERDICTS[item.about] : [];
  const judge = (verdict: Verdict) => !give.isPending && give.mutate(verdict);
  useKeys(Object.fromEntries(verdicts.map((verdict, i) => [String(i + 1), () => judge(verdict)])), Boolean(item));
  if (!item || queue.isError) return <Waiting queue={queue} empty={t("label.empty")} />;
  const means = item.about === "write" ? "verdict.write" : "verdict";
  return (
    <div key={item.id} className="judging">
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
            <small className="muted">{t(item.about === "write" ? "label.write" : "label.answer")}</small>
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
        {item.about === "write" && <b>{t("label.write.ask")}</b>}
        {verdicts.map((verdict, i) => (
          <button key={verdict} type="button" className="btn" disabled={give.isPending} onClick={() => judge(verdict)}>
            <kbd>{i + 1}</kbd>
            <span className="grow">
              <b>{t(`verdict.${verdict}`)}</b>
              <small className="muted">{t(`${means}.${verdict}.means`)}</small>
            </span>
          </button>
        ))}
        <small className="muted">{t("label.blind")}</small>
      </section>
    </div>
  );
}
