import type { TFunction } from "i18next";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Row } from "../../../../contract/agent";
import { useTopicNames } from "../../api/names";
import { Clock, Mood, Strip, Tier } from "../../ui/parts";
import { lastWords, nameOf, reasonName } from "../../ui/names";
import { minutes, useNow } from "../../ui/time";

/** A conversation in a list: who, how urgent, the last words, why it is here, who sat with it. */
export const Item = memo(function Item({ row, current, me }: { row: Row; current: string | undefined; me: string }) {
  const { t } = useTranslation();
  const on = String(row.number) === current;
  return (
    <li>
      <Link
        className={`item${on ? " on" : ""}`}
        to="/inbox/$number"
        params={{ number: String(row.number) }}
        search={(s) => s}
        aria-current={on ? "true" : undefined}
        preload={false}
      >
        <span className="l">
          <b className="cut">{nameOf(row.contact, t)}</b>
          <Tier code={row.contact.tier} />
          <small className="faint nowrap">
            {t(`channel.${row.inbox.channel}`, { defaultValue: row.inbox.channel })}
          </small>
          <Urgency row={row} me={me} />
        </span>
        <span className="l">
          <span className="txt cut grow">{lastWords(row, t)}</span>
          {row.unread > 0 && (
            <span className="badge">
              {row.unread}
              <span className="hidden-text">{t("inbox.unread", { n: row.unread })}</span>
            </span>
          )}
        </span>
        <span className="l">
          <Mood level={row.mood} />
          {row.reasons.slice(0, 2).map((code) => (
            <span key={code} className="chip">
              {reasonName(code, t)}
            </span>
          ))}
          {!row.reasons.length && <Topic subject={row.subject} />}
          <span className="end" />
          <Strip row={row} />
        </span>
      </Link>
    </li>
  );
});

/** A topic that has a name; the slug of an article says nothing here. */
function Topic({ subject }: { subject: string }) {
  const { t, i18n } = useTranslation();
  const names = useTopicNames(i18n.language);
  const name = subject && (names[subject] ?? t(`topic.${subject}`, { defaultValue: "" }));
  return name ? <span className="chip">{name}</span> : null;
}

/** What time means depends on who has to act: a deadline for us, an age for the customer. */
function Urgency({ row, me }: { row: Row; me: string }) {
  const { t } = useTranslation();
  const now = useNow();
  if (row.state === "active" && row.holder.id === me && row.responsible === "agent" && row.next_action_at) {
    const due = Date.parse(row.next_action_at);
    const since = Date.parse(row.waiting_since ?? row.updated_at);
    return <Clock left={(due - now) / 1000} total={(due - since) / 1000} />;
  }
  if (row.state === "queued" && row.queued_at)
    return <span className="clk">{t("row.waited", { time: minutes((now - Date.parse(row.queued_at)) / 1000) })}</span>;
  if (row.holder.kind === "agent" && row.holder.id !== me) return <span className="clk cut">{row.holder.name}</span>;
  return <span className="clk">{ago(t, (now - Date.parse(row.last?.at ?? row.updated_at)) / 60_000)}</span>;
}

export function ago(t: TFunction, elapsed: number): string {
  const m = Math.floor(elapsed);
  if (m < 1) return t("clock.now");
  if (m < 60) return t("clock.minutes", { n: m });
  if (m < 60 * 24) return t("clock.hours", { n: Math.floor(m / 60) });
  return t("clock.days", { n: Math.floor(m / 1440) });
}
