import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Decision, Entry, HolderKind, Reason } from "../../../../contract/agent";
import { useQueueNames } from "../../api/names";
import { MOVES } from "../../live/moves";
import { useLive } from "../../live/store";
import { Seat } from "../../ui/Icon";
import { reasonName } from "../../ui/names";
import { clock, stamp } from "../../ui/time";
import { eventWords } from "./eventWords";
import { entryId } from "./jump";
import { compared, Why } from "./Why";

const TONE: Partial<Record<HolderKind, string>> = {
  bot: "c-ai",
  queue: "c-queue",
  agent: "c-agent",
  nobody: "c-nobody",
};
const WARNS = new Set(["turn_failed", "reply_overdue"]);

/** A fact that is not a message: one line beside the seat line; a change of holder sits on it. */
export const Event = memo(function Event({
  entry,
  holder,
  changed,
  conversation,
}: {
  entry: Entry;
  holder: HolderKind;
  changed: boolean;
  conversation: string;
}) {
  const { t } = useTranslation();
  const [why, setWhy] = useState(false);
  const team = useLive((s) => s.team);
  const queues = useQueueNames();
  const decision = entry.data?.decision as Decision | undefined;
  const notice = entry.type === "message";
  const moves = changed || MOVES.has(entry.type);
  const person = (id: unknown) => (typeof id === "string" ? team[id]?.user.name : undefined);
  const words = notice
    ? { head: t("thread.told"), rest: [entry.text ?? ""] }
    : eventWords(entry, t, { person, queue: (id) => (typeof id === "string" ? queues[id] : undefined) });
  const reasons = (decision?.reasons ?? []).filter((reason) => reason.met !== false).slice(0, 2);
  return (
    <div className={`row h-${holder}${notice ? " notice" : ""}`} id={entryId(conversation, entry.seq)}>
      <time dateTime={entry.at} title={stamp(entry.at)}>
        {clock(entry.at)}
      </time>
      <span className="ln">{moves && !notice && <Seat of={holder} />}</span>
      <div className="evbox">
        <div className="ev">
          <b className={moves && !notice ? TONE[holder] : WARNS.has(entry.type) ? "c-warn" : notice ? "quiet" : ""}>
            {words.head}
          </b>
          {words.rest.filter(Boolean).map((part) => (
            <span key={part} className="part">
              {part}
            </span>
          ))}
          {reasons.map((reason) => (
            <span key={reason.code} className="part">
              {reasonName(reason.code, t)} <ReasonFigure reason={reason} />
            </span>
          ))}
          {decision && (
            <button type="button" className="textlink" aria-expanded={why} onClick={() => setWhy(!why)}>
              {t("thread.why")}
            </button>
          )}
        </div>
        {why && decision && <Why decision={decision} conversation={conversation} />}
      </div>
    </div>
  );
});

function ReasonFigure({ reason }: { reason: Reason }) {
  const { value, threshold } = reason;
  if (typeof value !== "number" || typeof threshold !== "number") return null;
  return <span className="nowrap faint">{compared(value, threshold)}</span>;
}
