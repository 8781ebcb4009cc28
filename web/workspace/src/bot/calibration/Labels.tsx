// What waits for a person's judgement: answers and changes of the bot, and what engines say differently.
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useTitle } from "../../ui/hooks";
import { Compare } from "./Compare";
import { Judging } from "./Judging";
import { comparisonQuery, sampleQuery } from "./model";
import "../../ui/list.css";
import "./calibration.css";

const EXACT = { exact: true, includeSearch: true, explicitUndefined: true };

export function Labels() {
  const { t } = useTranslation();
  useTitle(`${t("nav.labels")} · ${t("app.name")}`);
  const { of } = useSearch({ strict: false }) as { of?: "compare" };
  const answers = useQuery(sampleQuery);
  const comparisons = useQuery(comparisonQuery);
  const waiting = (of ? comparisons : answers).data?.waiting;
  return (
    <main className="page">
      <header className="head">
        <h1>{t("nav.labels")}</h1>
        <nav className="tabs bare grow" aria-label={t("label.tabs")}>
          <Link to="/labels" search={{}} activeOptions={EXACT}>
            {t("label.tab.answers")} <span className="num">{answers.data?.waiting ?? ""}</span>
          </Link>
          <Link to="/labels" search={{ of: "compare" }} activeOptions={EXACT}>
            {t("label.tab.compare")} <span className="num">{comparisons.data?.waiting ?? ""}</span>
          </Link>
        </nav>
        {waiting !== undefined && <span className="muted">{t("label.waiting", { count: waiting })}</span>}
      </header>
      <div className="body">{of ? <Compare /> : <Judging />}</div>
    </main>
  );
}
