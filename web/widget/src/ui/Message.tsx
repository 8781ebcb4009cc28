// One line of the thread: a bubble with who said it, what belongs under it, and how far it got.
import { useState } from "preact/hooks";
import type { Entry } from "../../../contract/widget.ts";
import type { Outgoing } from "../live/state.ts";
import { clock } from "../text/time.ts";
import { t } from "../text/words.ts";
import { Answer } from "./Answer.tsx";
import { Files, type Shown } from "./Files.tsx";
import { useFlow } from "./flow/later.ts";
import { Glyph, Icon } from "./icons.tsx";
import { Plain, Rich } from "./Rich.tsx";

const NOTICE_GLYPH = {
  handed_off: "queue",
  agent_left: "queue",
  off_hours: "queue",
  noted: "queue",
  noted_late: "queue",
  follow_up_created: "queue",
  agent_joined: "agent",
  transferred: "queue",
  given_back: "bot",
  ended: "nobody",
  idle_ended: "nobody",
} as const;

export interface Actions {
  url(path: string): string;
  quickReply(id: string, label: string): void;
  say(text: string): void;
  person(): void;
  /** Open a form to be called back, or to leave a message. */
  leave(kind: "callback" | "message"): void;
  feedback(seq: number, helpful: boolean): void;
  given(seq: number): boolean | undefined;
  zoom(image: Shown): void;
  retry(id: string): void;
  discard(id: string): void;
  edit(message: Outgoing): void;
}

interface Props {
  entry: Entry;
  /** The newest message: only there the choices still count. */
  last: boolean;
  /** How far it got; told only of the newest such message. */
  state: "sent" | "read" | null;
  withBot: boolean;
  /** The newest answer: only that one asks whether it helped. */
  askUseful: boolean;
  actions: Actions;
}

/** Something the bot found out: not small talk, and not a question back. */
export function isAnswer({ content }: Entry): boolean {
  const { card, input, live, quick_replies: choices, sources } = content;
  if (input || card?.type === "confirm") return false;
  return Boolean(sources?.length || card || (live?.length && !choices?.length));
}

export function Message({ entry, last, state, withBot, askUseful, actions }: Props) {
  const { by, content, text } = entry;
  const flow = useFlow(content);
  if (by.kind === "system") {
    return (
      <>
        <p class="ev">
          <Glyph kind={content.notice ? (NOTICE_GLYPH[content.notice] ?? "nobody") : "nobody"} />
          <span>
            {clock(entry.at)} {text}
          </span>
        </p>
        <After entry={entry} last={last} withBot={withBot} askUseful={false} actions={actions} />
      </>
    );
  }
  if (by.kind === "customer") {
    return (
      <div class="mine" aria-live="off">
        <span class="sr">{t("you")}</span>
        <Files files={content.attachments} actions={actions} />
        <div class="said">
          {(text || entry.erased) && (
            <div class={entry.erased ? "b gone" : "b cu"} title={clock(entry.at)}>
              {entry.erased ? t("erased") : <Plain text={text} />}
            </div>
          )}
          {state === "read" && <span class="state">{t("read")}</span>}
          {state === "sent" && (
            <span class="state">
              <Icon name="check" small />
              <span class="sr">{t("sent")}</span>
            </span>
          )}
        </div>
      </div>
    );
  }
  const name = by.name ?? "";
  return (
    <div class="theirs">
      <p class="lab">
        {by.ai ? (
          <Glyph kind="bot" />
        ) : (
          <span class="avatar" aria-hidden="true">
            {[...name][0] ?? ""}
          </span>
        )}
        <bdi>{by.ai ? t("ai.label") : name}</bdi>
        <time dateTime={entry.at}>{clock(entry.at)}</time>
      </p>
      {entry.erased ? (
        <div class="b gone">{t("erased")}</div>
      ) : (
        text && (
          <div class={by.ai ? "b ai" : "b ag"}>
            {flow && content.card?.type === "confirm" ? (
              <flow.FlowCard card={content.card} active={last && withBot} sends={actions} />
            ) : (
              <Translated entry={entry} />
            )}
            {flow && content.card?.type === "result" && (
              <flow.FlowCard card={content.card} active={last && withBot} sends={actions} />
            )}
            <Answer content={content} />
          </div>
        )
      )}
      <Files files={content.media} actions={actions} />
      <Files files={content.attachments} actions={actions} />
      <After entry={entry} last={last} withBot={withBot} askUseful={askUseful} actions={actions} />
    </div>
  );
}

/** What an agent said in the customer's language, with his own words on demand; else the words as they are. */
function Translated({ entry }: { entry: Entry }) {
  const [own, setOwn] = useState(false);
  const translation = entry.by.kind === "agent" ? entry.content.translation : undefined;
  if (!translation?.text) return <Rich text={entry.text} />;
  return (
    <>
      <div lang={own ? translation.source : translation.language}>
        <Rich text={own ? entry.text : translation.text} />
      </div>
      <button type="button" class="original" aria-pressed={own} onClick={() => setOwn(!own)}>
        {t(own ? "translation.show" : "translation.original")}
      </button>
    </>
  );
}

/** What the customer may do with an answer. */
function After({ entry, last, withBot, askUseful, actions }: Omit<Props, "state">) {
  const { quick_replies: choices, offer_person: offer, notice, input, card } = entry.content;
  const flow = useFlow(entry.content);
  const asks = last && withBot && flow && input && flow.hasInput(input) ? input : null;
  // What the card or the input offers already need not stand there twice.
  const replies =
    flow && card?.type === "confirm"
      ? []
      : choices?.filter(({ id }) => !asks?.options?.some((option) => option.id === id));
  const given = actions.given(entry.seq);
  return (
    <>
      {(askUseful || given !== undefined) && (
        <div class="useful" role="group" aria-label={t("helpful.ask")}>
          {given === undefined ? (
            ([true, false] as const).map((value) => (
              <button key={String(value)} type="button" onClick={() => actions.feedback(entry.seq, value)}>
                {t(value ? "helpful" : "unhelpful")}
              </button>
            ))
          ) : (
            <span role="status">{t("helpful.thanks")}</span>
          )}
        </div>
      )}
      {flow && asks && <flow.FlowQuestion key={asks.slot} input={asks} sends={actions} />}
      {last && replies && replies.length > 0 && (
        <div class="qs" role="group" aria-label={t("replies")}>
          {replies.map((reply) => (
            <button key={reply.id} type="button" class="q" onClick={() => actions.quickReply(reply.id, reply.label)}>
              {reply.label}
            </button>
          ))}
        </div>
      )}
      {last && withBot && (offer || given === false) && (
        <div class="qs">
          <button type="button" class="q person" onClick={actions.person}>
            <Icon name="person" small />
            {t("offer.person")}
          </button>
        </div>
      )}
      {last && withBot && (notice === "off_hours" || notice === "noted_late") && (
        <div class="qs">
          {(["callback", "message"] as const).map((kind) => (
            <button key={kind} type="button" class="q" onClick={() => actions.leave(kind)}>
              <Icon name={kind === "callback" ? "phone" : "message"} small />
              {t(`${kind}.short`)}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

/** The checked beginning of an answer; read out only when it is there as a whole. */
export function Unfinished({ text }: { text: string }) {
  return (
    <div class="theirs" aria-live="off" aria-busy="true">
      <p class="lab">
        <Glyph kind="bot" />
        <bdi>{t("ai.label")}</bdi>
        <span>{t("draft")}</span>
      </p>
      <div class="b ai">
        <Rich text={text} />
      </div>
    </div>
  );
}

/** A message on its way, or one that did not get there. */
export function Pending({ message, actions }: { message: Outgoing; actions: Actions }) {
  const failed = message.status === "failed";
  const reason =
    message.error === "too_large" || message.error === "identity_required" ? t(`failed.${message.error}`) : null;
  return (
    <div class="mine" aria-live="off">
      <Files files={message.attachments} actions={actions} />
      <div class="said">
        {message.text && (
          <div class={failed ? "b cu failed" : "b cu"}>
            <Plain text={message.text} />
          </div>
        )}
        <span class="state">
          <Icon name={failed ? "warn" : "clock"} small />
          {!failed && <span class="sr">{t("sending")}</span>}
        </span>
      </div>
      {failed && (
        <div class="again" role="alert">
          <button
            type="button"
            class="bad"
            onClick={() => (reason ? actions.edit(message) : actions.retry(message.id))}
          >
            {reason ? t("failed.reason", { reason }) : t("failed")}
          </button>
          <button type="button" onClick={() => actions.edit(message)}>
            {t("failed.edit")}
          </button>
          <button type="button" onClick={() => actions.discard(message.id)}>
            {t("failed.discard")}
          </button>
        </div>
      )}
    </div>
  );
}
