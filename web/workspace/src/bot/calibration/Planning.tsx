// The next promise: chosen, fixed, labelled, tested once.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post, remove } from "../../api/client";
import { may, useMe } from "../../auth/session";
import { errorText } from "../../ui/states";
import { toast } from "../../ui/toast";
import { ALPHAS, type GroupDetail, needed, type Plan, percent } from "./model";

const PREFERRED = 200;

export function Planning({ of, canWrite }: { of: GroupDetail; canWrite: boolean }) {
  return of.plan ? <Labelling of={of} plan={of.plan} canWrite={canWrite} /> : <Choosing of={of} canWrite={canWrite} />;
}

/** The slider is the promise; what it costs is known from the answers audited last. */
function Choosing({ of, canWrite }: { of: GroupDetail; canWrite: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const nearest = ALPHAS.reduce((best, each, i) => (each <= of.goal.alpha ? i : best), 0);
  const [place, setPlace] = useState(nearest);
  const [n, setN] = useState(PREFERRED);
  const alpha = ALPHAS[place] ?? of.goal.alpha;
  const least = needed(alpha, of.goal.delta, of.flow !== null);
  const drawn = Math.min(n, of.eligible);
  const choice = of.choices.find((each) => each.alpha === alpha);
  const fix = useMutation({
    mutationFn: () => post("/calibration/plans", { group: of.group, alpha, delta: of.goal.delta, n }),
    onSuccess: () => toast(t("promise.plan.made"), { tone: "good" }),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => void client.invalidateQueries({ queryKey: ["calibration"] }),
  });
  const count = Math.round(100 * alpha);
  const words = of.flow ? "promise.write.words" : "promise.words";
  return (
    <section className="card promising" aria-label={t("promise.next")}>
      <h3 className="sect">{t("promise.next")}</h3>
      <p className="big">{t(words, { count })}</p>
      <small className="muted">{t("promise.confidence", { confidence: Math.round(100 * (1 - of.goal.delta)) })}</small>
      <label className="stack tight">
        <span className="hidden-text">{t("promise.slider")}</span>
        <input
          type="range"
          min={0}
          max={ALPHAS.length - 1}
          value={place}
          disabled={!canWrite}
          aria-valuetext={t(words, { count })}
          onChange={(event) => setPlace(Number(event.target.value))}
        />
        <span className="flex small muted">
          <span className="grow">{t("promise.fewer")}</span>
          <span>{t("promise.more")}</span>
        </span>
      </label>
      {choice && (
        <p className="small">
          {choice.threshold === null
            ? t("promise.last.none")
            : t("promise.last.coverage", { coverage: percent(choice.coverage) })}{" "}
          <span className="muted">{t("promise.last.hint")}</span>
        </p>
      )}
      <p className="small">
        {t(of.flow ? "promise.write.needs" : "promise.needs", { count: least })}{" "}
        <b className={of.eligible < least ? "c-warn" : ""}>{t("promise.there", { count: of.eligible })}</b>
      </p>
      {canWrite && (
        <div className="flex wrap">
          <label className="flex tight">
            <span className="small">{t("promise.n")}</span>
            <input
              className="input count"
              type="number"
              min={least}
              max={5000}
              value={n}
              onChange={(event) => setN(Math.max(1, Math.min(5000, Math.trunc(Number(event.target.value)) || 1)))}
            />
          </label>
          <button
            type="button"
            className="btn main"
            disabled={drawn < least || fix.isPending}
            onClick={() => fix.mutate()}
          >
            {t("promise.fix", { count: drawn })}
          </button>
        </div>
      )}
      <small className="faint">{t("promise.fix.hint")}</small>
    </section>
  );
}

function Labelling({ of, plan, canWrite }: { of: GroupDetail; plan: Plan; canWrite: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const [sure, setSure] = useState(false);
  const done = { onSettled: () => void client.invalidateQueries({ queryKey: ["calibration"] }) };
  const certify = useMutation({
    mutationFn: () => post<{ threshold: number | null }>(`/calibration/plans/${plan.id}/certify`),
    onSuccess: (result) =>
      toast(t(result.threshold === null ? "promise.failed" : "promise.made"), {
        tone: result.threshold === null ? "warn" : "good",
      }),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    ...done,
  });
  const drop = useMutation({
    mutationFn: () => remove(`/calibration/plans/${plan.id}`),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    ...done,
  });
  const left = plan.labels_missing;
  return (
    <section className="card promising" aria-label={t("promise.labelling")}>
      <h3 className="sect">{t("promise.labelling")}</h3>
      <p className="big">
        {t(of.flow ? "promise.write.words" : "promise.words", { count: Math.round(100 * plan.alpha) })}
      </p>
      <small className="muted">{t("promise.confidence", { confidence: Math.round(100 * (1 - plan.delta)) })}</small>
      <progress
        max={plan.drawn}
        value={plan.settled}
        aria-label={t("promise.settled", { n: plan.settled, of: plan.drawn })}
      />
      <p className="small">
        {t("promise.settled", { n: plan.settled, of: plan.drawn })} · {t("promise.left", { count: left })}
      </p>
      <small className="muted">{t("promise.blind")}</small>
      <div className="flex wrap">
        {may(me, "conversations.answer") && left > 0 && (
          <Link className="btn main" to="/labels">
            {t("promise.label")}
          </Link>
        )}
        {canWrite && left === 0 && (
          <button type="button" className="btn main" disabled={certify.isPending} onClick={() => certify.mutate()}>
            {t("promise.certify")}
          </button>
        )}
        {canWrite && (
          <button
            type="button"
            className="btn risk"
            disabled={drop.isPending}
            onClick={() => (sure ? drop.mutate() : setSure(true))}
          >
            {t(sure ? "promise.drop.sure" : "promise.drop")}
          </button>
        )}
      </div>
      {of.eligible > 0 && <small className="faint">{t("promise.drawn", { n: plan.n, of: plan.eligible })}</small>}
    </section>
  );
}
