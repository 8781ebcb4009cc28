// The table of a bake-off, best first, and each engine against the first one with its interval.
import { useTranslation } from "react-i18next";
import { type Column, Table } from "../ui/Table";
import type { BakeoffRow, BakeoffTable, Bakeoff as Run } from "./bakeoff";
import { money, percent, seconds } from "./models";

export function BakeoffResult({ run, table }: { run: Run; table: BakeoffTable }) {
  const { t } = useTranslation();
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
      <>
        {percent(row.right)}{" "}
        <small className="muted block">
          {t("bakeoff.interval", { low: percent(row.interval[0]), high: percent(row.interval[1]) })}
        </small>
      </>
    )),
    ...(hasIntents ? [figure("intent", t("bakeoff.intent"), (row) => percent(row.intent_accuracy))] : []),
    ...(hasAnswers
      ? (["correct", "wrong", "asked", "abstained"] as const).map((each) =>
          figure(each, t(`bakeoff.${each}`), (row) => percent(row[each])),
        )
      : []),
    figure("pass", t("bakeoff.pass", { k: table.k }), (row) => percent(row.pass_k)),
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
          {t(`bakeoff.labels.${table.labels}`)} · {t("bakeoff.size", { n: first?.n ?? run.source.n, k: table.k })}
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
        {table.differences.map((one) => {
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
        <li className="muted">{t("bakeoff.differ", { n: table.disagreements.length })}</li>
      </ul>
    </section>
  );
}
