import { useTranslation } from "react-i18next";
import type { HolderKind, State } from "../../../contract/agent";
import { Seat } from "../ui/Icon";
import { minutes } from "../ui/time";
import type { Overview } from "./Live";

const PARTS: { state: State; seat: HolderKind; name: string }[] = [
  { state: "bot", seat: "bot", name: "seat.bot" },
  { state: "queued", seat: "queue", name: "seat.queue" },
  { state: "active", seat: "agent", name: "seat.agent" },
  { state: "wrap_up", seat: "nobody", name: "state.of.wrap_up" },
];

/** Everybody at the table as one bar, and the figures the server gives. */
export function TableBar({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const counts = overview.counts ?? overview.states ?? {};
  const number = (state: State) => counts[state] ?? 0;
  const total = PARTS.reduce((sum, part) => sum + number(part.state), 0);
  const wait = overview.longest_wait_seconds ?? overview.longest_wait;
  const known = new Set(["counts", "states", "longest_wait_seconds", "longest_wait", "agents"]);
  const figures = Object.entries(overview).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number" && !known.has(entry[0]),
  );
  return (
    <section className="card table" aria-label={t("live.table", { n: total })}>
      <b className="small muted">{t("live.table", { n: total })}</b>
      <div className="tb">
        {PARTS.map(({ state, seat, name }) => (
          <div key={state} className={`t-${seat}`} style={{ flex: `${Math.max(number(state), total ? total * 0.03 : 1)} 1 96px` }}>
            <Seat of={seat} plain />
            <span>{number(state)}</span>
            <small>{t(name)}</small>
          </div>
        ))}
      </div>
      <dl className="figures">
        <div>
          <dt>{t("live.longest")}</dt>
          <dd>{typeof wait === "number" ? minutes(wait) : "—"}</dd>
        </div>
        {figures.map(([key, value]) => (
          <div key={key}>
            <dt>{t(`live.figure.${key}`, { defaultValue: key })}</dt>
            <dd>{key.endsWith("_seconds") ? minutes(value) : key.endsWith("_rate") ? `${Math.round(value * 100)}%` : value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
