// Asked once at the end: first whether it is done, then how it was. Skipping is as easy as answering.
import { useState } from "preact/hooks";
import type { ConversationView, Rating } from "../../../contract/widget.ts";
import { t } from "../text/words.ts";
import { Icon } from "./icons.tsx";
import { Sheet } from "./Sheet.tsx";

const REASONS = ["not_understood", "waited", "repeated", "result"] as const;
const LEVELS = [1, 2, 3, 4, 5] as const;

interface Props {
  view: ConversationView;
  /** A person took part, so the question is about the whole way. */
  withPerson: boolean;
  rate(rating: Rating): Promise<unknown>;
  onDone(carryOn: boolean): void;
  onClose(): void;
}

export function RatingSheet({ view, withPerson, rate, onDone, onClose }: Props) {
  const [resolved, setResolved] = useState<boolean | null>(null);
  const [csat, setCsat] = useState<number | null>(null);
  const [reasons, setReasons] = useState<string[]>([]);
  const [comment, setComment] = useState("");
  const [state, setState] = useState<"open" | "sending" | "failed">("open");

  const send = async (skipped: boolean): Promise<void> => {
    setState("sending");
    const base = { conversation: view.id, episode: view.episode };
    try {
      await rate(
        skipped
          ? { ...base, resolved: null, csat: null, reasons: [], skipped: true }
          : { ...base, resolved, csat, reasons, ...(comment.trim() ? { comment: comment.trim() } : {}) },
      );
      onDone(!skipped && resolved === false);
    } catch (error) {
      // Rated in another tab, or the conversation goes on: nothing left to ask.
      const { code } = error as { code: string };
      if (code === "already_rated" || code === "illegal_move") onDone(false);
      // A skip must not hold anybody up.
      else if (skipped) onClose();
      else setState("failed");
    }
  };
  const toggle = (reason: string): void =>
    setReasons((all) => (all.includes(reason) ? all.filter((it) => it !== reason) : [...all, reason]));

  return (
    <Sheet title={t("rate.title")} aside={t("rate.about")} onClose={onClose}>
      <div class="two" role="group" aria-label={t("rate.title")}>
        {[true, false].map((value) => (
          <button
            key={String(value)}
            type="button"
            class={resolved === value ? "tb main" : "tb"}
            aria-pressed={resolved === value}
            onClick={() => setResolved(value)}
          >
            {resolved === value && <Icon name="check" />}
            {t(value ? "rate.yes" : "rate.no")}
          </button>
        ))}
      </div>
      <p class="reopen" role="status">
        {resolved === false && t("rate.reopen")}
      </p>
      <fieldset>
        <legend>{t(withPerson ? "rate.csat" : "rate.csat.bot")}</legend>
        <div class="rate">
          {LEVELS.map((level) => (
            <button
              key={level}
              type="button"
              class={csat === level ? "on" : ""}
              aria-pressed={csat === level}
              onClick={() => setCsat(level)}
            >
              <b>{level}</b>
              {t(`rate.${level}`)}
            </button>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend>
          {t("rate.why")} <small>{t("rate.optional")}</small>
        </legend>
        <div class="qs">
          {REASONS.map((reason) => (
            <button
              key={reason}
              type="button"
              class={reasons.includes(reason) ? "q on" : "q"}
              aria-pressed={reasons.includes(reason)}
              onClick={() => toggle(reason)}
            >
              {t(`rate.reason.${reason}`)}
            </button>
          ))}
        </div>
      </fieldset>
      <textarea
        class="field"
        rows={1}
        maxLength={1000}
        aria-label={t("rate.comment")}
        placeholder={t("rate.comment")}
        value={comment}
        onInput={(event) => setComment(event.currentTarget.value)}
      />
      {state === "failed" && (
        <p class="bad" role="alert">
          {t("error.try")}
        </p>
      )}
      <div class="two">
        <button type="button" class="tb" disabled={state === "sending"} onClick={() => void send(true)}>
          {t("rate.skip")}
        </button>
        <button
          type="button"
          class="tb main"
          disabled={state === "sending" || (resolved === null && csat === null)}
          onClick={() => void send(false)}
        >
          {t(resolved === false ? "rate.carry_on" : "rate.submit")}
        </button>
      </div>
    </Sheet>
  );
}
