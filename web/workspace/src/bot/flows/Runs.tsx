// What a flow did lately, a line for each run: when, for whom, how it ended, and the way to the conversation.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact, Page } from "../../../../contract/agent";
import { get } from "../../api/client";
import { nameOf } from "../../ui/names";
import { type Column, Table } from "../../ui/Table";
import { stamp, when } from "../../ui/time";

const OUTCOMES = ["asked", "done", "refused", "cancelled", "hand_off", "failed", "unknown"] as const;

interface Run {
  id: string;
  began_at: string;
  at: string;
  outcome: (typeof OUTCOMES)[number];
  is_open: boolean;
  version: number;
  turns: number;
  written: boolean;
  undone: boolean;
  contact?: Pick<Contact, "id" | "name" | "verified">;
  conversation?: { id: string; number: number; seq: number };
}

const TONE: Partial<Record<Run["outcome"], string>> = { done: "good", failed: "warn", unknown: "danger" };

export function Runs({ name }: { name: string }) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState("");
  const runs = useInfiniteQuery({
    queryKey: ["flows", name, "runs", outcome],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Run>>(`/flows/${name}/runs`, { cursor: pageParam, outcome: outcome || undefined, limit: 100 }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const columns: Column<Run>[] = [
    {
      key: "when",
      title: t("flows.runs.when"),
      className: "nowrap",
      cell: (run) => <time title={stamp(run.at)}>{when(run.at)}</time>,
    },
    {
      key: "outcome",
      title: t("flows.runs.outcome"),
      cell: (run) => (
        <span className="flex wrap">
          <span className={`chip ${TONE[run.outcome] ?? ""}`}>
            {t(run.outcome === "asked" && !run.is_open ? "flows.runs.left" : `flows.outcome.${run.outcome}`)}
          </span>
          {run.written && (
            <span className="chip line">{t(run.undone ? "flows.runs.undone" : "flows.runs.written")}</span>
          )}
          {!run.written && run.undone && <span className="chip line">{t("flows.runs.undone")}</span>}
        </span>
      ),
    },
    { key: "who", title: t("flows.runs.who"), cell: (run) => (run.contact ? nameOf(run.contact, t) : "—") },
    {
      key: "conversation",
      title: t("flows.runs.conversation"),
      cell: (run) =>
        run.conversation ? (
          <Link
            className="textlink nowrap"
            to="/inbox/$number"
            params={{ number: String(run.conversation.number) }}
            preload={false}
          >
            #{run.conversation.number}
          </Link>
        ) : (
          "—"
        ),
    },
    { key: "turns", title: t("flows.runs.turns"), isFigure: true, cell: (run) => run.turns },
    {
      key: "version",
      title: t("flows.runs.version"),
      className: "nowrap",
      cell: (run) => (run.version ? t("bot.versions.n", { n: run.version }) : t("flows.shipped")),
    },
  ];
  return (
    <div className="flowruns">
      <label className="field">
        <span>{t("flows.runs.outcome")}</span>
        <select className="input" value={outcome} onChange={(event) => setOutcome(event.target.value)}>
          <option value="">{t("flows.runs.all")}</option>
          {OUTCOMES.map((each) => (
            <option key={each} value={each}>
              {t(each === "asked" ? "flows.runs.unfinished" : `flows.outcome.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <Table
        label={t("flows.tab.runs")}
        columns={columns}
        query={runs}
        rows={runs.data?.pages.flatMap((page) => page.items)}
        keyOf={(run) => run.id}
        empty={t(outcome ? "flows.runs.none.such" : "flows.runs.none")}
      />
    </div>
  );
}
