// One conversation: header, who holds it, its log, the composer.
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Entry, Row, Source } from "../../../../contract/agent";
import { useMe } from "../../auth/session";
import { useLive } from "../../live/store";
import { focusIfFree } from "../../ui/focus";
import { Icon } from "../../ui/Icon";
import { useMedia } from "../../ui/hooks";
import { useKeys } from "../../ui/keys";
import { nameOf } from "../../ui/names";
import { Tier } from "../../ui/parts";
import { Composer } from "../composer/Composer";
import { useMove } from "../moves";
import { ActionsDialog } from "./ActionsDialog";
import { actions } from "./actions";
import { Banner } from "./Banner";
import { Log } from "./Log";
import { TopicTag } from "./TopicTag";
import { TransferDialog } from "./TransferDialog";

/** The article a topic is named after, where a bot answer rests on it. */
function sourceOf(entry: Entry | undefined, subject: string): Source | undefined {
  return entry?.content?.sources?.find((source) => source.slug?.startsWith(subject));
}

interface Props {
  row: Row;
  capabilities: string[] | undefined;
  listShown: boolean;
  railShown: boolean;
  onList: () => void;
  onRail: () => void;
  onKnowledge: () => void;
}

export function Thread({ row, listShown, railShown, onList, onRail, onKnowledge }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const can = actions(row, me);
  const phone = useMedia("(max-width: 767px)");
  const Name = phone ? "h1" : "h2"; // the only pane there
  const move = useMove();
  const viewers = useLive((s) => s.threads[row.id]?.viewers);
  const [dialog, setDialog] = useState<"transfer" | "actions" | null>(null);
  const cites = useLive((s) => s.threads[row.id]?.entries.findLast((entry) => sourceOf(entry, row.subject)));
  const topic = row.subject && t(`topic.${row.subject}`, { defaultValue: sourceOf(cites, row.subject)?.title ?? "" });
  const others = viewers?.filter((name) => name !== me.name) ?? [];
  const run = useCallback((what: "claim" | "give-back" | "end") => move.mutate({ row, move: what }), [move, row]);
  useKeys({
    t: () => can.transfer && setDialog("transfer"),
    e: () => can.end && !move.isPending && run("end"),
    b: () => can.giveBack && !move.isPending && run("give-back"),
    c: () => can.claim && !move.isPending && run("claim"),
    ".": () => setDialog("actions"),
    "mod+j": onKnowledge,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of holder closes it
  useEffect(() => {
    // A dialog about a conversation that has moved on has nothing to offer.
    setDialog(null);
  }, [row.state, row.holder.id]);
  const pane = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: opened, or in other hands
  useEffect(() => focusIfFree(pane.current), [row.id, row.epoch]);
  return (
    <main ref={pane} className="conv" data-pane tabIndex={-1} aria-label={t("thread.pane")}>
      <header className="chead">
        {!listShown || phone ? (
          <button
            type="button"
            className="btn quiet icon"
            aria-label={t("inbox.expand")}
            title={`${t("inbox.expand")} [`}
            onClick={onList}
          >
            <Icon name={phone ? "left" : "panel"} />
          </button>
        ) : null}
        <Name className="cut">{nameOf(row.contact, t)}</Name>
        <Tier code={row.contact.tier} />
        {row.plain && (
          <span className="chip" title={t("thread.plain.long")}>
            {t("thread.plain")}
          </span>
        )}
        {row.contact.verified && (
          <span className="c-good" title={t("row.verified")}>
            <Icon name="check" size="s" />
            <span className="hidden-text">{t("row.verified")}</span>
          </span>
        )}
        <TopicTag row={row} fallback={topic} />
        <small className="faint nowrap">
          {t(`channel.${row.inbox.channel}`, { defaultValue: row.inbox.channel })} #{row.number}
        </small>
        <span className="grow" />
        {others.length > 0 && (
          <span className="viewers" title={t("thread.viewers", { names: others.join(t("list.comma")) })}>
            <Icon name="eye" size="s" />
            <span className="hidden-text">{t("thread.viewers", { names: others.join(t("list.comma")) })}</span>
            {others.slice(0, 3).map((name) => (
              <span key={name} className="avatar s n" aria-hidden="true">
                {[...name][0]}
              </span>
            ))}
          </span>
        )}
        {can.transfer && (
          <button type="button" className="btn s" onClick={() => setDialog("transfer")}>
            {t("thread.transfer")} <kbd>T</kbd>
          </button>
        )}
        {can.end && (
          <button type="button" className="btn s" disabled={move.isPending} onClick={() => run("end")}>
            {t("thread.end")} <kbd>E</kbd>
          </button>
        )}
        {!railShown && (
          <button
            type="button"
            className="btn quiet icon railbtn"
            aria-label={t("thread.rail")}
            title={`${t("thread.rail")} ]`}
            onClick={onRail}
          >
            <Icon name="rail" />
          </button>
        )}
      </header>
      <Banner
        row={row}
        me={me.id}
        can={can}
        pending={move.isPending}
        onMove={run}
        onWrapUp={onRail}
        railShown={railShown}
      />
      <Log row={row} me={me} />
      <Composer row={row} me={me} can={can} onKnowledge={onKnowledge} />
      {dialog === "transfer" && <TransferDialog row={row} me={me} onClose={() => setDialog(null)} />}
      {dialog === "actions" && (
        <ActionsDialog
          can={can}
          onClose={() => setDialog(null)}
          onTransfer={() => setDialog("transfer")}
          onMove={run}
        />
      )}
    </main>
  );
}
