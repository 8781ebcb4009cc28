import { useMutation } from "@tanstack/react-query";
import { Fragment, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Entry, Me, Row } from "../../../../contract/agent";
import { get } from "../../api/client";
import { tag } from "../../i18n";
import { socket } from "../../live/socket";
import { dispatch, useLive } from "../../live/store";
import { Icon } from "../../ui/Icon";
import { useKeys } from "../../ui/keys";
import { nameOf } from "../../ui/names";
import { errorText } from "../../ui/states";
import { day, sameDay } from "../../ui/time";
import { Event } from "./Event";
import { holders } from "./holders";
import { Message } from "./Message";
import { PendingMessage } from "./PendingMessage";
import { jumpTo } from "./jump";
import { useScroll } from "./useScroll";

const PAGE = 100;
const NONE: Entry[] = [];

/** The conversation's log, every fact of it, in order. */
export function Log({ row, me }: { row: Row; me: Me }) {
  const { t, i18n } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const thread = useLive((s) => s.threads[row.id]);
  const allPending = useLive((s) => s.pending);
  const pending = useMemo(() => allPending.filter((p) => p.conversation === row.id), [allPending, row.id]);
  const entries = thread?.entries ?? NONE;
  const held = useMemo(() => holders(entries, row.holder.kind), [entries, row.holder.kind]);
  const first = entries[0]?.seq ?? 0;
  const last = entries.at(-1)?.seq ?? 0;
  const { atEnd, toEnd } = useScroll(box, first, last, pending.length);
  const [unread] = useState(() => firstUnread(entries, row.unread));
  const handOff = entries.findLast((entry) => entry.type === "handed_off")?.seq;

  const older = useMutation({
    mutationFn: () =>
      get<{ entries: Entry[]; more: boolean }>(`/conversations/${row.id}/entries`, { before: first, limit: PAGE }),
    onSuccess: (page) => dispatch({ t: "older", conversation: row.id, ...page }),
  });
  const top = useRef<HTMLButtonElement>(null);
  const { mutate: loadOlder, isPending, isError } = older;
  useEffect(() => {
    const el = top.current;
    if (!el || isPending || isError) return;
    const observer = new IntersectionObserver(([seen]) => seen?.isIntersecting && loadOlder(), {
      root: box.current,
      rootMargin: "400px",
    });
    observer.observe(el);
    return () => observer.disconnect();
  }, [isPending, isError, loadOlder]);

  // Read is what its holder has on the screen at the end of the log.
  const mine = row.holder.id === me.id && row.state === "active";
  useEffect(() => {
    if (!mine || !atEnd || !last) return;
    const tell = () =>
      !document.hidden && document.hasFocus() && socket.send({ t: "read", conversation: row.id, seq: last });
    tell();
    window.addEventListener("focus", tell);
    return () => window.removeEventListener("focus", tell);
  }, [mine, atEnd, last, row.id]);

  useKeys({
    h: () => handOff && jumpTo(row.id, handOff),
    u: () => unread && jumpTo(row.id, unread),
  });
  const typing = thread?.typing;
  return (
    <div className="threadbox">
      <div className="thread" ref={box}>
        <div className="rows" role="log" aria-live="polite" aria-relevant="additions" aria-label={t("thread.label")}>
          {thread?.more ? (
            <button
              type="button"
              ref={top}
              className="btn s quiet older"
              disabled={isPending}
              onClick={() => loadOlder()}
            >
              {isError ? errorText(t, older.error) : isPending ? t("state.loading") : t("thread.older")}
            </button>
          ) : null}
          {entries.map((entry, i) => {
            const before = entries[i - 1];
            const holder = held[i] ?? "nobody";
            return (
              <Fragment key={entry.seq}>
                {(!before || !sameDay(before.at, entry.at)) && (
                  <div className={`row h-${held[i - 1] ?? holder}`}>
                    <span />
                    <span className="ln" />
                    <div className="daymark">{day(entry.at, tag(i18n.language))}</div>
                  </div>
                )}
                {entry.seq === unread && (
                  <div className={`row h-${held[i - 1] ?? holder}`}>
                    <span />
                    <span className="ln" />
                    <div className="unreadmark">{t("thread.unread")}</div>
                  </div>
                )}
                {entry.type === "message" && entry.by.kind !== "system" ? (
                  <Message
                    entry={entry}
                    holder={holder}
                    conversation={row.id}
                    contactName={nameOf(row.contact, t)}
                    read={entry.by.kind === "agent" && !entry.note && entry.seq <= (thread?.customerRead ?? 0)}
                    own={entry.by.id === me.id}
                  />
                ) : (
                  <Event
                    entry={entry}
                    holder={holder}
                    changed={holder !== (held[i - 1] ?? "nobody")}
                    conversation={row.id}
                  />
                )}
              </Fragment>
            );
          })}
          {pending.map((each) => (
            <PendingMessage key={each.id} pending={each} name={me.name} holder={row.holder.kind} />
          ))}
          <div className={`row h-${row.holder.kind} typing`} aria-live="off">
            <span />
            <span className="ln" />
            <div className="ev">
              {typing &&
                t("thread.typing", {
                  name: typing.by.kind === "customer" ? nameOf(row.contact, t) : (typing.by.name ?? ""),
                })}
            </div>
          </div>
        </div>
      </div>
      <div className="jumps">
        {unread && !atEnd && (
          <button type="button" className="btn s" onClick={() => jumpTo(row.id, unread)}>
            {t("thread.jump.unread")} <kbd>U</kbd>
          </button>
        )}
        {handOff && !atEnd && (
          <button type="button" className="btn s" onClick={() => jumpTo(row.id, handOff)}>
            {t("thread.jump.handoff")} <kbd>H</kbd>
          </button>
        )}
        {!atEnd && (
          <button type="button" className="btn s" onClick={toEnd}>
            <Icon name="jump" size="s" />
            {t("thread.jump.latest")}
          </button>
        )}
      </div>
    </div>
  );
}

function firstUnread(entries: readonly Entry[], unread: number): number | undefined {
  if (!unread) return undefined;
  return entries.filter((entry) => entry.type === "message" && entry.by.kind === "customer").at(-unread)?.seq;
}
