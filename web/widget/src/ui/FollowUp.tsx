// "Call me back" and "leave a message": a promise with a number instead of waiting.
import { useState } from "preact/hooks";
import type { FollowUp, FollowUpRequest } from "../../../contract/widget.ts";
import { soon } from "../text/time.ts";
import { t } from "../text/words.ts";
import { Sheet } from "./Sheet.tsx";

const PHONE = /^\+?[\d\s()-]{5,24}$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

interface Props {
  kind: "message" | "callback";
  conversation: string;
  send(request: FollowUpRequest): Promise<FollowUp>;
  onClose(): void;
}

export function FollowUpSheet({ kind, conversation, send, onClose }: Props) {
  const [contact, setContact] = useState("");
  const [text, setText] = useState("");
  const [bad, setBad] = useState<{ contact?: string; text?: string; all?: string }>({});
  const [done, setDone] = useState<string | null>(null);
  const [sending, setSending] = useState(false);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const where = contact.trim();
    const what = text.trim();
    const isPhone = PHONE.test(where);
    const wrong: typeof bad = {};
    if (kind === "callback" && !isPhone) wrong.contact = t("field.phone.bad");
    if (kind === "message" && !isPhone && !EMAIL.test(where)) wrong.contact = t("field.contact.bad");
    if (kind === "message" && !what) wrong.text = t("field.text.bad");
    setBad(wrong);
    if (wrong.contact || wrong.text) {
      const form = event.currentTarget as HTMLFormElement;
      form.querySelector<HTMLElement>(wrong.contact ? "input" : "textarea")?.focus();
      return;
    }
    setSending(true);
    try {
      const { number, promised_at: promised } = await send({
        conversation,
        kind,
        ...(isPhone ? { phone: where } : { email: where }),
        ...(what ? { text: what } : {}),
      });
      setDone(
        promised
          ? t("follow_up.done", { number, promise: soon(promised), contact: where })
          : t("follow_up.done.open", { number, contact: where }),
      );
    } catch (error) {
      const { code } = error as { code: string };
      setBad(
        code === "invalid"
          ? { contact: t(kind === "callback" ? "field.phone.bad" : "field.contact.bad") }
          : { all: t("error.try") },
      );
      setSending(false);
    }
  };

  if (done) {
    return (
      <Sheet title={t(`${kind}.title`)} onClose={onClose}>
        <p role="status" class="about">
          {done}
        </p>
        <button type="button" class="tb main" onClick={onClose}>
          {t("known.ok")}
        </button>
      </Sheet>
    );
  }
  return (
    <Sheet title={t(`${kind}.title`)} onClose={onClose}>
      <form class="stack" noValidate onSubmit={(event) => void submit(event)}>
        <p class="about">{t(`${kind}.about`)}</p>
        <label class="lbl">
          {t(kind === "callback" ? "field.phone" : "field.contact")}
          <input
            class="field"
            type="text"
            autocomplete={kind === "callback" ? "tel" : "email"}
            inputMode={kind === "callback" ? "tel" : "email"}
            maxLength={200}
            value={contact}
            aria-invalid={Boolean(bad.contact)}
            aria-describedby={bad.contact ? "bad-contact" : undefined}
            onInput={(event) => setContact(event.currentTarget.value)}
          />
        </label>
        {bad.contact && (
          <p class="bad" id="bad-contact" role="alert">
            {bad.contact}
          </p>
        )}
        <label class="lbl">
          {t(kind === "callback" ? "field.text.optional" : "field.text")}
          <textarea
            class="field"
            rows={3}
            maxLength={4000}
            value={text}
            aria-invalid={Boolean(bad.text)}
            aria-describedby={bad.text ? "bad-text" : undefined}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        {bad.text && (
          <p class="bad" id="bad-text" role="alert">
            {bad.text}
          </p>
        )}
        {bad.all && (
          <p class="bad" role="alert">
            {bad.all}
          </p>
        )}
        <div class="two">
          <button type="button" class="tb" onClick={onClose}>
            {t("cancel")}
          </button>
          <button type="submit" class="tb main" disabled={sending}>
            {t("follow_up.send")}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
