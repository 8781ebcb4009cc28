import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Briefing } from "../../../../contract/agent";
import { clock } from "../../ui/time";
import { jumpTo } from "../thread/jump";

const W = 328;
const LEFT = 52;
const LINES = [
  { level: 1, y: 14, key: "mood.1" },
  { level: 0, y: 31, key: "mood.0" },
  { level: -1, y: 48, key: "mood.-1" },
  { level: -3, y: 65, key: "mood.-3" },
];

/** −3 … 2 onto the four lines; between −1 and −3 in proportion. */
export function y(level: number): number {
  if (level >= 1) return 14;
  if (level >= -1) return 31 - level * 17;
  return 48 + (Math.max(-3, level) + 1) * -8.5;
}

/** How the customer's mood went, each point a message; a table for those who do not see it. */
export function MoodCurve({
  points,
  handOff,
  conversation,
}: {
  points: Briefing["mood"];
  handOff: number | undefined;
  conversation: string;
}) {
  const { t } = useTranslation();
  const from = Date.parse(points[0]?.at ?? "");
  const to = Date.parse(points.at(-1)?.at ?? "");
  const x = (at: string) => LEFT + 6 + ((Date.parse(at) - from) / (to - from || 1)) * (W - LEFT - 12);
  const first = points.findIndex((point) => handOff !== undefined && point.seq > handOff);
  const before = points[first - 1];
  const after = points[first];
  const mark = after
    ? before
      ? (x(before.at) + x(after.at)) / 2
      : LEFT
    : handOff !== undefined && points.length
      ? W - 4
      : null;
  const tone = (level: number) => (level <= -2 ? "danger" : level < 0 ? "warn" : level > 0 ? "good" : "nobody");
  return (
    <>
      <svg className="curve" viewBox={`0 0 ${W} 90`} aria-hidden="true">
        {mark !== null && <rect x={mark} y="4" width={W - mark} height="70" fill="var(--agent-soft)" />}
        {LINES.map((line) => (
          <g key={line.level}>
            <path d={`M${LEFT} ${line.y}H${W}`} stroke="var(--line)" />
            <text x="0" y={line.y + 4}>
              {t(line.key)}
            </text>
          </g>
        ))}
        {mark !== null && <path d={`M${mark} 4v70`} stroke="var(--queue-solid)" strokeDasharray="3 3" />}
        <polyline
          points={points.map((point) => `${x(point.at)},${y(point.level)}`).join(" ")}
          fill="none"
          stroke="var(--text-2)"
          strokeWidth="1.6"
        />
        {points.map((point) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the mouse; the times in the thread do the same
          <circle
            key={point.seq}
            className="point"
            cx={x(point.at)}
            cy={y(point.level)}
            r="4.2"
            fill={`var(--${tone(point.level)}-solid)`}
            stroke="var(--surface-2)"
            strokeWidth="1.5"
            onClick={() => jumpTo(conversation, point.seq)}
          >
            <title>{`${clock(point.at)} ${word(point, t)}`}</title>
          </circle>
        ))}
        <text x={LEFT} y="88">
          {clock(points[0]?.at ?? "")}
        </text>
        {points.length > 1 && (
          <text x={W} y="88" textAnchor="end">
            {clock(points.at(-1)?.at ?? "")}
          </text>
        )}
      </svg>
      <p className="hidden-text">{points.map((point) => `${clock(point.at)} ${word(point, t)}`).join("; ")}</p>
    </>
  );
}

function word(point: Briefing["mood"][number], t: TFunction): string {
  return t(`mood.${Math.max(-3, Math.min(2, Math.round(point.level)))}`, { defaultValue: point.word });
}
