import { useTranslation } from "react-i18next";
import type { HolderKind, Row } from "../../../../contract/agent";
import { Seat } from "../../ui/Icon";
import { minutes, useNow } from "../../ui/time";
import type { Actions } from "./actions";

interface Props {
  row: Row;
  me: string;
  can: Actions;
  pending: boolean;
  railShown: boolean;
  onMove: (move: "claim" | "give-back") => void;
  onWrapUp: () => void;
}

type Form = "mine" | "bot" | "queue" | "other" | "wrap" | "closed";

function form(row: Row, me: string): Form {
  if (row.state === "bot") return "bot";
  if (row.state === "queued") return "queue";
  if (row.state === "wrap_up") return "wrap";
  if (row.state === "closed") return "closed";
  return row.holder.id === me ? "mine" : "other";
}

const SEAT: Record<Form, HolderKind> = {
  mine: "agent",
  bot: "bot",
  queue: "queue",
  other: "agent",
  wrap: "nobody",
  closed: "nobody",
};

/** Who may speak, in words, shape and colour, with the one action that changes it. */
export function Banner({ row, me, can, pending, railShown, onMove, onWrapUp }: Props) {
  const { t } = useTranslation();
  const which = form(row, me);
  return (
    <div className={`holder ${which}`} role="status">
      <Seat of={SEAT[which]} plain />
      <b className="nowrap">
        {which === "queue" ? (
          <Waiting since={row.queued_at} />
        ) : (
          t(`banner.${which}`, { name: row.holder.name ?? t("holder.someone") })
        )}
      </b>
      <span className="say cut grow">
        {t(which === "other" && !can.note ? "banner.other.away" : `banner.${which}.say`)}
      </span>
      {which === "mine" && can.giveBack && (
        <button type="button" className="btn s" disabled={pending} onClick={() => onMove("give-back")}>
          <Seat of="bot" plain />
          {t("thread.give_back")} <kbd>B</kbd>
        </button>
      )}
      {can.claim && (
        <button
          type="button"
          className={`btn s${which === "queue" ? " main" : ""}`}
          disabled={pending}
          onClick={() => onMove("claim")}
        >
          {t(which === "queue" ? "thread.claim" : "thread.take")} <kbd>C</kbd>
        </button>
      )}
      {can.wrapUp && !railShown && (
        <button type="button" className="btn s" onClick={onWrapUp}>
          {t("thread.wrap")}
        </button>
      )}
    </div>
  );
}

function Waiting({ since }: { since: string | null }) {
  const { t } = useTranslation();
  const now = useNow();
  return <>{t("banner.queue", { time: since ? minutes((now - Date.parse(since)) / 1000) : "" })}</>;
}
