// The table of a bake-off, best first, and each engine against the first one with its interval.
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { may, useMe } from "../auth/session";
import { type Column, Table } from "../ui/Table";
import type { BakeoffRow, BakeoffTable, Bakeoff as Run } from "./bakeoff";
import { money, percent, seconds } from "./models";

export function BakeoffResult({ run, table }: { run: Run; table: BakeoffTable }) {
  const { t } = useTranslation();
  const me = useMe();
  const name = (engine: string) => (engine === "none" ? t("models.without") : engine);
  const points = (share: number) => `${share > 0 ? "+" : ""}${(share * 100).toFixed(1)}`;
  const hasIntents = table.rows.some((row) => row.n_intent);
  const hasAnswers = table.rows.some((row) => row.n_answer);
  const first = table.rows[0];
  const figure = (key: string, title: string, cell: Column<BakeoffRow>["cell"]): Column<BakeoffRow> => ({
    key,
    title,
    isFigure: true,
    className: "nowrap",
    cell,
  });
  const columns: Column<BakeoffRow>[] = [
    {
      key: "engine",
      title: t("models.engine"),
      cell: (row) => <b className={row.engine === "none" ? "" : "mono"}>{name(row.engine)}</b>,
    },
    figure("right", t("bakeoff.right"), (row) => (
      <Share share={row.n ? row.right : null} interval={row.n ? row.interval : null} />
    )),
    ...(hasIntents ? [figure("intent", t("bakeoff.intent"), (row) => percent(row.intent_accuracy))] : []),
    ...(hasAnswers
      ? (["correct", "wrong", "asked", "abstained"] as const).map((each) =>
          figure(each, t(`bakeoff.${each}`), (row) => (
            <Share
              share={row[each]}
              interval={each === "correct" || each === "wrong" ? row[`${each}_interval`] : undefined}
            />
          )),
        )
      : []),
    figure("pass", t("bakeoff.pass", { k: table.k }), (row) => percent(row.n ? row.pass_k : null)),
    figure("p50", "p50", (row) => seconds(row.p50_ms)),
    figure("p95", "p95", (row) => seconds(row.p95_ms)),
    figure("cost", t("bakeoff.per_thousand"), (row) =>
      row.per_thousand === null ? t("models.unpriced") : money(row.per_thousand, table.currency),
    ),
    figure("failed", t("bakeoff.failed"), (row) => percent(row.failed)),
  ];
  return (
    <section className="card">
      <div className="cardhead">
        <h2 className="grow">{t("bakeoff.result")}</h2>
        <small className="muted">
          {t(`bakeoff.labels.${table.labels}`)} · {t("bakeoff.size", { n: first?.n || run.source.n, k: table.k })}
        </small>
      </div>
      <Table
        label={t("bakeoff.result")}
        className="engines"
        columns={columns}
        rows={table.rows}
        keyOf={(row) => row.engine}
      />
      <ul className="cardbody plainlist">
        {(first?.n ? table.differences : []).map((one) => {
          const sure = one.interval[0] > 0 ? "better" : one.interval[1] < 0 ? "worse" : "open";
          return (
            <li key={one.engine}>
              <span className={`chip ${sure === "better" ? "good" : sure === "worse" ? "warn" : ""}`}>
                {t(`bakeoff.sure.${sure}`)}
              </span>{" "}
              {t("bakeoff.difference", {
                engine: name(one.engine),
                against: name(one.against),
                points: points(one.difference),
                low: points(one.interval[0]),
                high: points(one.interval[1]),
                better: one.better,
                worse: one.worse,
                p: one.p < 0.001 ? "< 0.001" : `= ${one.p.toFixed(3)}`,
              })}
            </li>
          );
        })}
        {table.differences.map(
          (one) =>
            one.correct &&
            one.wrong && (
              <li key={`${one.engine} answers`}>
                {t("bakeoff.gap", {
                  engine: name(one.engine),
                  against: name(one.against),
                  correct: points(one.correct.difference),
                  c_low: points(one.correct.interval[0]),
                  c_high: points(one.correct.interval[1]),
                  wrong: points(one.wrong.difference),
                  w_low: points(one.wrong.interval[0]),
                  w_high: points(one.wrong.interval[1]),
                })}
              </li>
            ),
        )}
        <li className="muted">{t("bakeoff.differ", { n: table.disagreements.length })}</li>
        {table.blind && (
          <li>
            {t("bakeoff.blind", table.blind)} <span className="muted">{t("bakeoff.blind.caveat")}</span>{" "}
            {may(me, "conversations.answer") && (
              <Link className="textlink" to="/labels" search={{ of: "compare" }}>
                {t("bakeoff.blind.judge")}
              </Link>
            )}
          </li>
        )}
      </ul>
    </section>
  );
}

function Share({ share, interval }: { share: number | null; interval?: [number, number] | null | undefined }) {
  const { t } = useTranslation();
  return (
    <>
      {percent(share)}{" "}
      {interval && (
        <small className="muted block">
          {t("bakeoff.interval", { low: percent(interval[0]), high: percent(interval[1]) })}
        </small>
      )}
    </>
  );
}
