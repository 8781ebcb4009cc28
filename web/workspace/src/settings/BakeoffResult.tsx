// The table of a bake-off, best first, and each engine against the first one with its interval.
import { useTranslation } from "react-i18next";
import type { BakeoffTable, Bakeoff as Run } from "./bakeoff";
import { money, percent, seconds } from "./models";

export function BakeoffResult({ run, table }: { run: Run; table: BakeoffTable }) {
  const { t } = useTranslation();
  const name = (engine: string) => (engine === "none" ? t("models.without") : engine);
  const points = (share: number) => `${share > 0 ? "+" : ""}${(share * 100).toFixed(1)}`;
  const hasIntents = table.rows.some((row) => row.n_intent);
  const hasAnswers = table.rows.some((row) => row.n_answer);
  const first = table.rows[0];
  return (
    <section className="card">
      <div className="cardhead">
        <h2 className="grow">{t("bakeoff.result")}</h2>
        <small className="muted">
          {t(`bakeoff.labels.${table.labels}`)} · {t("bakeoff.size", { n: first?.n ?? run.source.n, k: table.k })}
        </small>
      </div>
      <div className="tablebox">
        <table className="engines">
          <thead>
            <tr>
              <th>{t("models.engine")}</th>
              <th className="r">{t("bakeoff.right")}</th>
              {hasIntents && <th className="r">{t("bakeoff.intent")}</th>}
              {hasAnswers && <th className="r">{t("bakeoff.correct")}</th>}
              {hasAnswers && <th className="r">{t("bakeoff.wrong")}</th>}
              {hasAnswers && <th className="r">{t("bakeoff.asked")}</th>}
              {hasAnswers && <th className="r">{t("bakeoff.abstained")}</th>}
              <th className="r">{t("bakeoff.pass", { k: table.k })}</th>
              <th className="r">p50</th>
              <th className="r">p95</th>
              <th className="r">{t("bakeoff.per_thousand")}</th>
              <th className="r">{t("bakeoff.failed")}</th>
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr key={row.engine}>
                <td>
                  <b className={row.engine === "none" ? "" : "mono"}>{name(row.engine)}</b>
                </td>
                <td className="r nowrap">
                  {percent(row.right)}{" "}
                  <small className="muted block">
                    {t("bakeoff.interval", { low: percent(row.interval[0]), high: percent(row.interval[1]) })}
                  </small>
                </td>
                {hasIntents && <td className="r">{percent(row.intent_accuracy)}</td>}
                {hasAnswers && <td className="r">{percent(row.correct)}</td>}
                {hasAnswers && <td className="r">{percent(row.wrong)}</td>}
                {hasAnswers && <td className="r">{percent(row.asked)}</td>}
                {hasAnswers && <td className="r">{percent(row.abstained)}</td>}
                <td className="r">{percent(row.pass_k)}</td>
                <td className="r nowrap">{seconds(row.p50_ms)}</td>
                <td className="r nowrap">{seconds(row.p95_ms)}</td>
                <td className="r nowrap">
                  {row.per_thousand === null ? t("models.unpriced") : money(row.per_thousand, table.currency)}
                </td>
                <td className="r">{percent(row.failed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
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
