import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Row } from "../../../../contract/agent";
import { may } from "../../auth/session";
import { risk } from "../../live/groups";
import { Icon, Seat } from "../../ui/Icon";
import { useWhereabouts } from "../../ui/hooks";
import { nameOf, reasonName } from "../../ui/names";
import { Mood } from "../../ui/parts";
import { useMove } from "../moves";

const AT_RISK_SHOWN = 3;

/** What the bot holds: those at risk always in sight, all on demand. */
export function BotFold({
  rows,
  atRisk,
  total,
  current,
  me,
}: {
  rows: Row[];
  atRisk: number;
  total: number | undefined;
  current: string | undefined;
  me: Me;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const move = useMove();
  const navigate = useNavigate();
  const whereabouts = useWhereabouts();
  const take = (row: Row) => {
    const stillHere = whereabouts();
    move.mutate(
      { row, move: "claim" },
      {
        onSuccess: () =>
          stillHere() &&
          void navigate({ to: "/inbox/$number", params: { number: String(row.number) }, search: (s) => s }),
      },
    );
  };
  const shown = open ? rows : rows.filter((row) => risk(row) > 0).slice(0, AT_RISK_SHOWN);
  return (
    <>
      <button type="button" className="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Seat of="bot" />
        <span>
          <b>{t("inbox.group.bot", { n: total ?? rows.length })}</b>
          {atRisk > 0 && <> · {t("inbox.group.bot.risk", { n: atRisk })}</>}
        </span>
        <span className="end">
          <Icon name={open ? "down" : "right"} size="s" />
        </span>
      </button>
      {shown.length > 0 && (
        <ul className={open ? "foldlist" : ""}>
          {shown.map((row) => (
            <li key={row.id} className="fold sub">
              <Link
                className="cut grow"
                to="/inbox/$number"
                params={{ number: String(row.number) }}
                search={(s) => s}
                aria-current={String(row.number) === current ? "true" : undefined}
                preload={false}
              >
                {nameOf(row.contact, t)} <span className="muted">· {row.last?.text || t("row.last.none")}</span>
              </Link>
              {row.mood ? (
                <Mood level={row.mood} />
              ) : (
                row.reasons[0] && <span className="chip warn">{reasonName(row.reasons[0], t)}</span>
              )}
              {may(me, "conversations.answer") && (
                <button type="button" className="btn s" disabled={move.isPending} onClick={() => take(row)}>
                  {t("thread.take")}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
