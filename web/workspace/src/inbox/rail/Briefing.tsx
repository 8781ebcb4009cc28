import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Briefing as Data, Row } from "../../../../contract/agent";
import { get } from "../../api/client";
import { useLive } from "../../live/store";
import { useSettled } from "../../ui/hooks";
import { Icon } from "../../ui/Icon";
import { Empty, Failure, Skeleton } from "../../ui/states";
import { clock } from "../../ui/time";
import { choiceName, versionName, Why } from "../thread/Why";
import { Facts } from "./Facts";
import { MoodCurve } from "./MoodCurve";
import { Ref } from "./Ref";

/** Facts of the log change the briefing; it is read again when they have settled. */
const SETTLE_MS = 1200;

/** What an agent reads on taking over: wish, facts, mood, what was tried, why, what next. */
export function Briefing({ row }: { row: Row }) {
  const { t } = useTranslation();
  const seq = useSettled(row.seq, SETTLE_MS);
  const briefing = useQuery({
    queryKey: ["briefing", row.id],
    queryFn: ({ signal }) => get<Data>(`/conversations/${row.id}/briefing`, undefined, signal),
  });
  const { refetch } = briefing;
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when the log has grown
  useEffect(() => {
    void refetch();
  }, [seq, row.epoch, refetch]);
  const handOff = useLive((s) => s.threads[row.id]?.entries.findLast((entry) => entry.type === "handed_off")?.seq);
  if (briefing.isPending) return <Skeleton lines={9} gap={16} />;
  if (briefing.isError && !briefing.data) return <Failure error={briefing.error} retry={() => void refetch()} />;
  const { wish, known = [], mood = [], tried = [], why, next } = briefing.data;
  const wishText = typeof wish === "string" ? wish : wish?.text;
  const nextText =
    typeof next === "string"
      ? t(`next.${next}`, { defaultValue: next })
      : next && (next.text ?? next.label ?? (next.code && t(`next.${next.code}`, { defaultValue: next.code })));
  const nothing = !wishText && !known.length && !mood.length && !tried.length && !why;
  if (nothing)
    return (
      <>
        <Empty text={t("brief.empty")} />
        <Facts row={row} known={known} />
      </>
    );
  return (
    <>
      {wishText && (
        <section className="blk">
          <h3 className="sect">{t("brief.wish")}</h3>
          <p className="wish">
            {wishText} {typeof wish === "object" && wish?.seq && <Ref conversation={row.id} seq={wish.seq} />}
          </p>
        </section>
      )}
      <Facts row={row} known={known} />
      {mood.length > 0 && (
        <section className="blk">
          <h3 className="sect">{t("brief.mood")}</h3>
          <MoodCurve points={mood} handOff={handOff} conversation={row.id} />
        </section>
      )}
      {tried.length > 0 && (
        <section className="blk">
          <h3 className="sect">{t("brief.tried")}</h3>
          <ul className="tried">
            {tried.map((each, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: attempts may repeat word for word
              <li key={i}>
                <Outcome ok={each.ok} />
                <span>
                  {t(`tried.${each.what}`, { defaultValue: each.what })}
                  {each.cause && each.what !== "failed" && (
                    <span className="muted"> · {t(`reason.${each.cause}`, { defaultValue: each.cause })}</span>
                  )}
                </span>
                {each.seq ? <Ref conversation={row.id} seq={each.seq} /> : <span />}
              </li>
            ))}
          </ul>
        </section>
      )}
      {why && (
        <section className="blk">
          <h3 className="sect">
            {t(why.choice === "hand_off" || why.choice === "handoff" ? "brief.why" : "thread.why")}
            {why.choice !== "hand_off" && why.choice !== "handoff" && ` · ${choiceName(why.choice, t)}`}
            <span className="grow" />
            <small className="faint plain">{versionName(why, t)}</small>
          </h3>
          <Why decision={why} conversation={row.id} bare />
        </section>
      )}
      {nextText && (
        <section className="blk">
          <div className="next">
            <b>{t("brief.next")}</b>
            <span>{nextText}</span>
          </div>
        </section>
      )}
      <p className="faint made">{t("brief.made", { time: clock(briefing.data.generated_at) })}</p>
    </>
  );
}

/** How an attempt went; neutral while nobody has said. */
function Outcome({ ok }: { ok: boolean | null }) {
  const { t } = useTranslation();
  const [tone, icon, word] = {
    true: ["c-good", "check", "brief.worked"] as const,
    false: ["c-danger", "close", "brief.failed"] as const,
    null: ["faint", "dot", "brief.unknown"] as const,
  }[`${ok}`];
  return (
    <span className={tone}>
      <Icon name={icon} size="s" />
      <span className="hidden-text">{t(word)}</span>
    </span>
  );
}
