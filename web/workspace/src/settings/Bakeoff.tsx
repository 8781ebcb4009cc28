// Bake-off: which engine, or none, does best on one's own questions.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { post } from "../api/client";
import { queryClient } from "../api/queries";
import { may } from "../auth/session";
import { errorText, Failure, Skeleton } from "../ui/states";
import { type Column, Table } from "../ui/Table";
import { when } from "../ui/time";
import { toast } from "../ui/toast";
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
  const columns: Column<Run>[] = [
    { key: "when", title: t("bakeoff.when"), className: "nowrap", cell: (run) => when(run.created_at) },
    {
      key: "engines",
      title: t("bakeoff.engines"),
      className: "names",
      cell: (run) =>
        run.engines.map((engine) => (
          <span key={engine} className="block">
            {engine === "none" ? t("models.without") : <span className="mono">{engine}</span>}
          </span>
        )),
    },
    {
      key: "questions",
      title: t("bakeoff.questions"),
      className: "nowrap",
      cell: (run) => t("bakeoff.size", { n: run.source.n, k: run.k }),
    },
    { key: "state", title: t("models.state"), cell: (run) => <Course run={run} /> },
    {
      key: "",
      title: "",
      className: "r nowrap",
      cell: (run) => (
        <span className="flex tight tail">
          {run.result && run !== shown && (
            <button type="button" className="btn s" onClick={() => setChosen(run.id)}>
              {t("bakeoff.show")}
            </button>
          )}
          {run.state === "running" && writes && <Stop run={run} />}
        </span>
      ),
    },
  ];
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
        <Table
          label={t("settings.bake-off")}
          columns={columns}
          rows={items}
          keyOf={(run) => run.id}
          isCurrent={(run) => run === shown}
          empty={t("bakeoff.none")}
        />
      </section>
      {shown?.result && <BakeoffResult run={shown} table={shown.result} />}
      {starting && <BakeoffNew judged={judged} onClose={() => setStarting(false)} />}
    </div>
  );
}

/** How far a run is, or how it ended. */
function Course({ run }: { run: Run }) {
  const { t } = useTranslation();
  return (
    <>
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
    </>
  );
}

function Stop({ run }: { run: Run }) {
  const { t } = useTranslation();
  const stop = useMutation({
    mutationFn: () => post(`/bakeoffs/${run.id}/cancel`),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ["bakeoffs"] }),
  });
  return (
    <button type="button" className="btn s" disabled={stop.isPending} onClick={() => stop.mutate()}>
      {t("bakeoff.stop")}
    </button>
  );
}
