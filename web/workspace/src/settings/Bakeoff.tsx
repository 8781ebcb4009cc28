// Bake-off: which engine, or none, does best on one's own questions.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { post } from "../api/client";
import { queryClient } from "../api/queries";
import { may } from "../auth/session";
import { Empty, Failure, Skeleton } from "../ui/states";
import { stamp } from "../ui/time";
import { BakeoffNew } from "./BakeoffNew";
import { BakeoffResult } from "./BakeoffResult";
import { bakeoffsQuery, type Bakeoff as Run } from "./bakeoff";
import "./models.css";

export function Bakeoff({ me }: { me: Me }) {
  const { t } = useTranslation();
  const writes = may(me, "models.write");
  const runs = useQuery(bakeoffsQuery);
  const [starting, setStarting] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  if (runs.isPending) return <Skeleton lines={6} gap={16} />;
  if (runs.isError) return <Failure error={runs.error} retry={() => void runs.refetch()} />;
  const { items, judged } = runs.data;
  const shown = items.find((each) => each.id === chosen) ?? items.find((each) => each.result) ?? null;
  const isRunning = items.some((each) => each.state === "running");
  return (
    <div className="stack">
      <section className="card">
        <div className="cardhead">
          <h2 className="grow">{t("settings.bake-off")}</h2>
          {writes && (
            <button type="button" className="btn main" disabled={isRunning} onClick={() => setStarting(true)}>
              {t("bakeoff.new")}
            </button>
          )}
        </div>
        <p className="cardbody muted">{t("bakeoff.about", { n: judged })}</p>
        {!items.length && <Empty text={t("bakeoff.none")} />}
        {!!items.length && (
          <div className="tablebox">
            <table>
              <thead>
                <tr>
                  <th>{t("bakeoff.when")}</th>
                  <th>{t("bakeoff.engines")}</th>
                  <th>{t("bakeoff.questions")}</th>
                  <th>{t("models.state")}</th>
                  <th>
                    <span className="hidden-text">{t("ui.actions")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((run) => (
                  <Line
                    key={run.id}
                    run={run}
                    writes={writes}
                    isShown={run === shown}
                    onShow={() => setChosen(run.id)}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {shown?.result && <BakeoffResult run={shown} table={shown.result} />}
      {starting && <BakeoffNew judged={judged} onClose={() => setStarting(false)} />}
    </div>
  );
}

interface LineProps {
  run: Run;
  writes: boolean;
  isShown: boolean;
  onShow: () => void;
}

function Line({ run, writes, isShown, onShow }: LineProps) {
  const { t } = useTranslation();
  const stop = useMutation({
    mutationFn: () => post(`/bakeoffs/${run.id}/cancel`),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ["bakeoffs"] }),
  });
  return (
    <tr aria-current={isShown ? "true" : undefined}>
      <td className="nowrap">{stamp(run.created_at)}</td>
      <td className="names">
        {run.engines.map((engine) => (
          <span key={engine} className="block">
            {engine === "none" ? t("models.without") : <span className="mono">{engine}</span>}
          </span>
        ))}
      </td>
      <td className="nowrap">{t("bakeoff.size", { n: run.source.n, k: run.k })}</td>
      <td>
        {run.state === "running" ? (
          <>
            <progress max={run.total} value={run.done} aria-label={t("bakeoff.progress")} />{" "}
            <span className="nowrap">
              {run.done}/{run.total}
            </span>
          </>
        ) : (
          t(`bakeoff.state.${run.state}`)
        )}
        {run.error && (
          <small className="block c-warn">{t(`bakeoff.error.${run.error}`, { defaultValue: run.error })}</small>
        )}
      </td>
      <td className="r nowrap">
        {run.result && !isShown && (
          <button type="button" className="btn s" onClick={onShow}>
            {t("bakeoff.show")}
          </button>
        )}
        {run.state === "running" && writes && (
          <button type="button" className="btn s" disabled={stop.isPending} onClick={() => stop.mutate()}>
            {t("bakeoff.stop")}
          </button>
        )}
      </td>
    </tr>
  );
}
