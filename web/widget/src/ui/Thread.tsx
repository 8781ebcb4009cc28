// The conversation. What is being read never moves: at the end it follows new messages, elsewhere a pill tells of them.
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry, Guided, Inbox } from "../../../contract/widget.ts";
import type { Talk } from "../live/state.ts";
import { day, soon } from "../text/time.ts";
import { isolated, t, tag } from "../text/words.ts";
import { holderOf } from "./holder.ts";
import { Glyph, Icon } from "./icons.tsx";
import { type Actions, isAnswer, Message, Pending, Unfinished } from "./Message.tsx";
import { Rich } from "./Rich.tsx";

const NEAR_END = 48;
const NEAR_START = 200;

interface Props {
  talk: Talk;
  inbox: Inbox;
  /** The same object as long as the window lives. */
  actions: Actions;
  open: boolean;
  /** Nobody may write before signing in. */
  locked: boolean;
  onGuided(question: Guided): void;
  onOlder(): void;
  /** What stands at the end: the queue card, the way back to the rating. */
  children: ComponentChildren;
}

export function Thread({ talk, inbox, actions, open, locked, onGuided, onOlder, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const drawn = useRef({ first: 0, last: 0, outbox: 0, height: 0, earlier: false });
  const [fresh, setFresh] = useState(0);

  const { entries, outbox, view } = talk;
  const first = entries[0]?.seq ?? 0;
  const last = entries.at(-1)?.seq ?? 0;

  const toEnd = (): void => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
    atEnd.current = true;
    setFresh(0);
  };

  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    const was = drawn.current;
    drawn.current = { first, last, outbox: outbox.length, height: node.scrollHeight, earlier: talk.earlier };
    const grewAbove = was.first > 0 && (first < was.first || (was.earlier && !talk.earlier));
    if (grewAbove && !atEnd.current) {
      node.scrollTop += node.scrollHeight - was.height;
    } else if (outbox.length > was.outbox || atEnd.current) {
      toEnd();
    } else if (last > was.last && was.last) {
      const added = entries.filter((it) => it.seq > was.last && it.by.kind !== "customer").length;
      setFresh((count) => count + added);
    }
    // Too little to scroll: what came before can only be had by asking.
    if (open && talk.synced && talk.earlier && node.scrollTop < NEAR_START) onOlder();
  });

  // The keyboard, a card, a picture: whoever stood at the end still does.
  useEffect(() => {
    const watch = new ResizeObserver(() => {
      const node = box.current;
      if (!node) return;
      drawn.current.height = node.scrollHeight;
      if (atEnd.current) node.scrollTop = node.scrollHeight;
    });
    if (box.current) watch.observe(box.current);
    if (body.current) watch.observe(body.current);
    return () => watch.disconnect();
  }, []);

  useLayoutEffect(() => {
    if (open) toEnd();
  }, [open]);

  const onScroll = (): void => {
    const node = box.current;
    if (!node) return;
    atEnd.current = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_END;
    if (atEnd.current && fresh) setFresh(0);
    if (node.scrollTop < NEAR_START) onOlder();
  };

  const drawnLines = useRef(new WeakMap<Entry, { as: string; line: VNode }>());
  const line = (entry: Entry, before: Entry | undefined): VNode => {
    const last = entry === lastTheirs && !outbox.length;
    const state = entry.seq === readAt ? "read" : entry.seq === lastMine ? "sent" : null;
    const askUseful = entry.seq === lastAnswer;
    const date = day(entry.at);
    const newDay = before && day(before.at) !== date;
    // A long history is not drawn anew with every key: a line whose circumstances are the same stays the same.
    const as = [last, state, askUseful, kind, newDay, actions.given(entry.seq), tag()].join();
    const known = drawnLines.current.get(entry);
    if (known?.as === as) return known.line;
    const made = (
      <div class="line" key={entry.client_id ?? entry.seq}>
        {newDay && <p class="ev">{date}</p>}
        <Message
          entry={entry}
          last={last}
          state={state}
          askUseful={askUseful}
          withBot={kind === "bot"}
          actions={actions}
        />
      </div>
    );
    drawnLines.current.set(entry, { as, line: made });
    return made;
  };

  const kind = holderOf(view);
  const lastMine = entries.findLast((it) => it.by.kind === "customer")?.seq;
  const readAt = entries.findLast((it) => it.by.kind === "customer" && it.seq <= talk.agentRead)?.seq;
  const lastAnswer = entries.findLast((it) => it.by.ai && isAnswer(it))?.seq;
  const lastTheirs = entries.at(-1);
  const wrote = entries.some((it) => it.by.kind === "customer") || outbox.length > 0;

  return (
    <div class="thread">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard */}
      <div class="msgs" ref={box} onScroll={onScroll} role="log" aria-live="polite" aria-label={t("log")} tabIndex={0}>
        <div class="lines" ref={body}>
          {!talk.earlier && <Welcome inbox={inbox} open={!wrote && !locked && kind === "bot"} onGuided={onGuided} />}
          {entries.map((entry, at) => line(entry, entries[at - 1]))}
          {outbox.map((message) => (
            <div class="line" key={message.id}>
              <Pending message={message} actions={actions} />
            </div>
          ))}
          {talk.draft && (
            <div class="line">
              <Unfinished text={talk.draft.text} />
            </div>
          )}
          {children}
          <p class="typing" role="status">
            {talk.typing && !talk.draft && (
              <>
                <Glyph kind={talk.typing.ai ? "bot" : "agent"} />
                {talk.typing.ai ? t("typing.ai") : t("typing.agent", { name: isolated(talk.typing.name) })}
              </>
            )}
          </p>
        </div>
      </div>
      {fresh > 0 && (
        <button type="button" class="pill" onClick={toEnd}>
          <Icon name="down" small />
          {fresh === 1 ? t("new.one") : t("new.many", { n: fresh })}
        </button>
      )}
    </div>
  );
}

/** The greeting names itself an AI; the guided questions go once something was asked. */
function Welcome({ inbox, open, onGuided }: { inbox: Inbox; open: boolean; onGuided(question: Guided): void }) {
  const { hours } = inbox;
  const time = soon(hours.opens_at);
  return (
    <>
      <div class="theirs">
        <p class="lab">
          <Glyph kind="bot" />
          {t("ai.label")}
        </p>
        <div class="b ai">
          <Rich text={inbox.welcome} />
        </div>
      </div>
      {!hours.open && time && (
        <p class="away">
          {hours.promise ? t("away", { time, promise: soon(hours.promise) }) : t("away.short", { time })}
        </p>
      )}
      {open && inbox.guided_questions.length > 0 && (
        <div class="qs" role="group" aria-label={t("questions")}>
          {inbox.guided_questions.map((question) => (
            <button key={question.id} type="button" class="q" onClick={() => onGuided(question)}>
              {question.label}
            </button>
          ))}
        </div>
      )}
    </>
  );
}
