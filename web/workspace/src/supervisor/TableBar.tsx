import { useTranslation } from "react-i18next";
import type { HolderKind } from "../../../contract/agent";
import { Seat } from "../ui/Icon";
import { type Column, Table } from "../ui/Table";
import { minutes } from "../ui/time";
import type { Overview } from "./Live";

const PARTS: { state: keyof Overview["states"]; seat: HolderKind; name: string }[] = [
  { state: "bot", seat: "bot", name: "seat.bot" },
  { state: "queued", seat: "queue", name: "seat.queue" },
  { state: "active", seat: "agent", name: "seat.agent" },
  { state: "wrap_up", seat: "nobody", name: "state.of.wrap_up" },
];

/** From here on a wait is marked. */
export const LONG_WAIT_S = 60;

/** Everybody at the table as one bar, the figures of the day, and who waits where. */
export function TableBar({ overview: { states, queues, today } }: { overview: Overview }) {
  const { t } = useTranslation();
  const total = PARTS.reduce((sum, part) => sum + states[part.state], 0);
  const { csat_mean: mean, rated, ...counts } = today;
  const columns: Column<Overview["queues"][number]>[] = [
    {
      key: "name",
      title: t("field.thing"),
      by: (queue) => queue.name,
      cell: (queue) => (
        <>
          <Seat of="queue" /> <b>{queue.name}</b>
        </>
      ),
    },
    {
      key: "waiting",
      title: t("live.figure.waiting"),
      isFigure: true,
      by: (queue) => queue.waiting,
      cell: (queue) => queue.waiting,
    },
    {
      key: "longest",
      title: t("live.longest"),
      isFigure: true,
      by: (queue) => queue.longest_wait_seconds,
      cell: ({ longest_wait_seconds: wait }) => (
        <span className={(wait ?? 0) >= LONG_WAIT_S ? "c-warn" : undefined}>{wait === null ? "—" : minutes(wait)}</span>
      ),
    },
    {
      key: "active",
      title: t("live.figure.active"),
      isFigure: true,
      by: (queue) => queue.active,
      cell: (queue) => queue.active,
    },
  ];
  return (
    <>
      <section className="card table" aria-label={t("live.table", { n: total })}>
        <b className="small muted">{t("live.table", { n: total })}</b>
        <div className="tb">
          {PARTS.map(({ state, seat, name }) => (
            <div
              key={state}
              className={`t-${seat}`}
              style={{ flex: `${Math.max(states[state], total ? total * 0.03 : 1)} 1 96px` }}
            >
              <Seat of={seat} plain />
              <span>{states[state]}</span>
              <small>{t(name)}</small>
            </div>
          ))}
        </div>
        <dl className="figures">
          {Object.entries(counts).map(([key, value]) => (
            <div key={key}>
              <dt>{t(`live.figure.${key}`, { defaultValue: key })}</dt>
              <dd className={key === "promises_overdue" && value ? "c-danger" : ""}>{value ?? "—"}</dd>
            </div>
          ))}
          <div>
            <dt>{t("live.figure.csat")}</dt>
            <dd>
              {typeof mean === "number" ? mean.toFixed(2) : "—"} <small>n = {rated ?? 0}</small>
            </dd>
          </div>
        </dl>
      </section>
      {queues.length > 0 && (
        <section className="card">
          <div className="cardhead">
            <h2>{t("settings.queues.title")}</h2>
          </div>
          <Table
            label={t("settings.queues.title")}
            className="queues"
            columns={columns}
            rows={queues}
            keyOf={(queue) => queue.id}
          />
        </section>
      )}
    </>
  );
}
