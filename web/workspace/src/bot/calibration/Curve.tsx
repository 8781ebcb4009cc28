// Risk against coverage: what was wrong among the audited answers, and how high the truth may be.
import { useTranslation } from "react-i18next";
import { type Point, percent } from "./model";

const WIDTH = 520;
const HEIGHT = 250;
const LEFT = 44;
const RIGHT = 16;
const TOP = 18;
const BOTTOM = 40;
/** Points on fewer answers say too little to be drawn. */
const ENOUGH = 10;

export function Curve({ points, alpha, threshold }: { points: Point[]; alpha: number; threshold: number | null }) {
  const { t } = useTranslation();
  const drawn = points.filter((point) => point.answered >= ENOUGH);
  if (drawn.length < 2) return <p className="muted small">{t("promise.curve.none")}</p>;
  // The scale goes in steps of the promise, at most six of them.
  const highest = Math.max(2 * alpha, ...drawn.map((point) => point.wrong / point.answered));
  const step = alpha * Math.max(1, Math.ceil(Math.min(1, highest) / alpha / 6));
  const marks = Array.from({ length: Math.ceil(highest / step - 1e-9) + 1 }, (_, i) => i * step);
  const top = marks[marks.length - 1] ?? 1;
  const x = (coverage: number) => LEFT + coverage * (WIDTH - LEFT - RIGHT);
  const y = (risk: number) => TOP + (1 - Math.min(risk, top) / top) * (HEIGHT - TOP - BOTTOM);
  const line = (of: (point: Point) => number) =>
    drawn.map((point, i) => `${i ? "L" : "M"}${x(point.coverage).toFixed(1)} ${y(of(point)).toFixed(1)}`).join("");
  const found = (point: Point) => point.wrong / point.answered;
  const here = points.find((point) => point.threshold === threshold);
  const words = here
    ? t("promise.curve.here", { alpha: percent(alpha), coverage: percent(here.coverage) })
    : t("promise.curve.nowhere", { alpha: percent(alpha) });
  return (
    <figure className="riskcurve">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
        {marks.map((risk) => (
          <g key={risk}>
            <line className="gridline" x1={LEFT} x2={WIDTH - RIGHT} y1={y(risk)} y2={y(risk)} />
            <text x={LEFT - 6} y={y(risk) + 4} textAnchor="end">
              {percent(risk)}
            </text>
          </g>
        ))}
        {[0, 0.2, 0.4, 0.6, 0.8, 1].map((coverage) => (
          <text key={coverage} x={x(coverage)} y={HEIGHT - BOTTOM + 16} textAnchor="middle">
            {percent(coverage)}
          </text>
        ))}
        <text x={LEFT} y={11}>
          {t("promise.curve.risk")}
        </text>
        <text x={WIDTH - RIGHT} y={HEIGHT - 6} textAnchor="end">
          {t("promise.curve.coverage")}
        </text>
        <path className="bound" d={line((point) => point.bound)} />
        <path className="found" d={line(found)} />
        <line className="goal" x1={LEFT} x2={WIDTH - RIGHT} y1={y(alpha)} y2={y(alpha)} />
        {here && (
          <>
            <line className="goal" x1={x(here.coverage)} x2={x(here.coverage)} y1={y(0)} y2={y(found(here))} />
            <circle className="mark" cx={x(here.coverage)} cy={y(found(here))} r="5" />
          </>
        )}
      </svg>
      <figcaption className="flex wrap small muted">
        <span className="key found">{t("promise.curve.found")}</span>
        <span className="key bound">{t("promise.curve.bound")}</span>
        <b className={here ? "c-good" : ""}>{words}</b>
      </figcaption>
      <details>
        <summary className="small">{t("promise.curve.table")}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must scroll by keyboard */}
        <section className="tablebox" tabIndex={0} aria-label={t("promise.curve.table")}>
          <table>
            <thead>
              <tr>
                <th className="r">{t("promise.threshold")}</th>
                <th className="r">{t("promise.answered")}</th>
                <th className="r">{t("promise.wrong")}</th>
                <th className="r">{t("promise.bound")}</th>
                <th className="r">{t("promise.coverage")}</th>
                <th>{t("promise.passed")}</th>
              </tr>
            </thead>
            <tbody>
              {points.map((point) => (
                <tr key={point.threshold}>
                  <td className="r">{point.threshold}</td>
                  <td className="r">{point.answered}</td>
                  <td className="r">{point.wrong}</td>
                  <td className="r">{point.answered ? percent(point.bound) : "—"}</td>
                  <td className="r">{percent(point.coverage)}</td>
                  <td>{t(point.passed ? "promise.passed.yes" : "promise.passed.no")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}
