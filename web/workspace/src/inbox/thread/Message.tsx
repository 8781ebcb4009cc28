import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Decision, Entry, HolderKind } from "../../../../contract/agent";
import { Files } from "../../ui/Files";
import { Icon } from "../../ui/Icon";
import { clock, stamp, when } from "../../ui/time";
import { Judge } from "./Judge";
import { entryId } from "./jump";
import { Translation } from "./Translation";
import { Why } from "./Why";

interface Props {
  entry: Entry;
  holder: HolderKind;
  conversation: string;
  contactName: string;
  read: boolean;
  own: boolean;
}

/** Something said: the customer on the left; bot, agents and notes on the right. */
export const Message = memo(function Message({ entry, holder, conversation, contactName, read }: Props) {
  const { t } = useTranslation();
  const [why, setWhy] = useState(false);
  const [sawScore, setSawScore] = useState(false);
  const { by, content = {} } = entry;
  const ours = by.kind !== "customer";
  const kind = entry.note ? "note" : by.kind === "bot" ? "ai" : by.kind === "agent" ? "me" : "";
  const decision = entry.data?.decision as Decision | undefined;
  return (
    <div className={`row h-${holder}`} id={entryId(conversation, entry.seq)}>
      <time dateTime={entry.at} title={stamp(entry.at)}>
        {clock(entry.at)}
      </time>
      <span className="ln" />
      <div className={`cell${ours ? " ours" : ""}`}>
        <span className={`by${entry.note ? " c-note" : ""}`}>
          {entry.note && <Icon name="lock" size="s" />}
          {entry.note && `${t("thread.note")} · `}
          {by.kind === "customer" ? contactName : by.name}
          {by.kind === "bot" && ` · ${t("seat.bot")}`}
          {read && <span className="faint">· {t("thread.read")}</span>}
        </span>
        {entry.erased ? (
          <div className="bub erased">{t("thread.erased")}</div>
        ) : (
          <>
            {entry.text && (
              <div className={`bub ${kind}`}>
                <p className="said">{entry.text}</p>
                <Grounds entry={entry} />
                {content.translation && (
                  <Translation value={content.translation} conversation={conversation} seq={entry.seq} />
                )}
              </div>
            )}
            {content.media && <Files files={content.media} />}
            {content.attachments && <Files files={content.attachments} />}
            {content.card?.order && <OrderCard order={content.card.order} />}
            {!!content.quick_replies?.length && (
              <div className="flex tight wrap quick">
                {content.quick_replies.map((reply) => (
                  <span key={reply.id} className="chip line">
                    {reply.label}
                  </span>
                ))}
              </div>
            )}
          </>
        )}
        {by.kind === "bot" && (decision || content.offer_person) && (
          <span className="by under">
            {content.offer_person && t("thread.offered_person")}
            {decision && (
              <button
                type="button"
                className="textlink"
                aria-expanded={why}
                onClick={() => {
                  setWhy(!why);
                  setSawScore(true);
                }}
              >
                {t("thread.why")}
              </button>
            )}
            {decision?.choice === "answer" && !entry.erased && (
              <Judge conversation={conversation} seq={entry.seq} sawScore={sawScore} />
            )}
          </span>
        )}
        {why && decision && <Why decision={decision} conversation={conversation} />}
      </div>
    </div>
  );
});

/** What a bot answer rests on: articles and data read just now. */
function Grounds({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const { sources = [], live = [] } = entry.content ?? {};
  if (!sources.length && !live.length) return null;
  return (
    <div className="src">
      {sources.map((source) => (
        <span key={`${source.article_id}-${source.section}`} title={source.quote ?? undefined}>
          <Icon name="knowledge" size="s" /> {source.title}
          {source.section && ` · ${source.section}`}
          {source.updated_at && ` · ${t("thread.source.updated", { date: when(source.updated_at) })}`}
        </span>
      ))}
      {live.map((each) => (
        <span key={each.system}>
          <Icon name="refresh" size="s" /> {t("thread.live", { system: each.system, time: clock(each.checked_at) })}
        </span>
      ))}
    </div>
  );
}

function OrderCard({ order }: { order: NonNullable<NonNullable<Entry["content"]>["card"]>["order"] & object }) {
  const { t } = useTranslation();
  return (
    <div className="bub ai ordercard">
      <b>{t("thread.order", { number: order.number ?? "" })}</b>
      <span>{order.status_text ?? order.status}</span>
      {order.shipments?.map((shipment) => (
        <span key={shipment.tracking_number} className="muted">
          {shipment.carrier} {shipment.tracking_number}
        </span>
      ))}
    </div>
  );
}
