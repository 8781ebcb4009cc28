import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import type { Me, Media, Row } from "../../../../contract/agent";
import { lostHold, outbox } from "../../live/outbox";
import { socket } from "../../live/socket";
import { useLive } from "../../live/store";
import { Icon } from "../../ui/Icon";
import { MOD, useKeys } from "../../ui/keys";
import { holderName, nameOf } from "../../ui/names";
import type { Actions } from "../thread/actions";
import { asNote, asReply, joined, useDraft } from "./drafts";
import { onInsert } from "./insert";
import { useFiles } from "./useFiles";
import { useTyping } from "./useTyping";

const LONGEST = 8000;
const TALLEST_PX = 220;

export function Composer({ row, me, can, onKnowledge }: { row: Row; me: Me; can: Actions; onKnowledge: () => void }) {
  const { t } = useTranslation();
  const [draft, change] = useDraft(me.id, row.id);
  const [lost, setLost] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const hintId = useId();
  const { files, add, drop, clear } = useFiles();
  const [media, setMedia] = useState<Media[]>([]);
  const mode = can.reply ? draft.mode : "note";
  const note = mode === "note";
  const text = draft[mode];
  const { typed, stop } = useTyping(row.id, can.reply && !note);
  const pending = useLive((s) => s.pending);
  const length = [...text].length;
  const busy = files.some((file) => !file.done);
  const ready = can.note && (text.trim() || (!note && files.length + media.length > 0)) && length <= LONGEST && !busy;

  const choose = (next: "reply" | "note") => {
    change((d) => ({ ...d, mode: next }));
    const el = field.current; // at once: the next key is already text
    el?.focus();
    el?.setSelectionRange(el.value.length, el.value.length);
  };
  useKeys({ r: () => can.reply && choose("reply"), m: () => can.note && choose("note") });
  useEffect(
    () =>
      onInsert((inserted, along) => {
        change((d) => ({ ...d, [mode]: joined(d[mode], inserted) }));
        setMedia((held) => [...held, ...along.filter((file) => held.every(({ id }) => id !== file.id))].slice(0, 10));
        requestAnimationFrame(() => field.current?.focus());
      }),
    [change, mode],
  );

  // The hold is gone: what was not sent becomes a note draft, nothing is thrown away.
  const had = useRef(can.reply);
  const taker = row.state === "active" ? row.holder.name : null;
  useEffect(() => {
    if (had.current && !can.reply && draft.reply.trim()) {
      change((d) => asNote(d));
      setLost(taker ? t("banner.lost", { name: taker }) : t("banner.kept"));
    }
    if (!had.current && can.reply) {
      setLost(null);
      change(asReply);
    }
    had.current = can.reply;
  }, [can.reply, draft.reply, taker, change, t]);
  useEffect(() => {
    for (const each of pending) {
      if (each.conversation !== row.id || each.note || each.status !== "failed" || !lostHold(each.problem)) continue;
      outbox.withdraw(each);
      change((d) => ({ ...asNote(d, each.text), reply: d.reply }));
      setLost(t("composer.not_sent", { name: holderName(each.problem?.holder ?? row.holder, t) }));
    }
  }, [pending, row.id, row.holder, change, t]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: its height follows the text
  useLayoutEffect(() => {
    const el = field.current;
    if (!el) return;
    el.style.height = "auto";
    el.style.height = `${Math.min(TALLEST_PX, el.scrollHeight)}px`;
  }, [text]);

  if (!can.note && !draft.reply && !draft.note) return null;
  const send = () => {
    if (!ready) return;
    stop();
    setLost(null);
    outbox.write(
      {
        conversation: row.id,
        note,
        text: text.trim(),
        epoch: row.epoch,
        attachments: note ? [] : files.flatMap((file) => file.done ?? []),
        media: note ? [] : media,
      },
      socket,
    );
    change((d) => ({ ...d, [mode]: "" }));
    if (note) return;
    clear();
    setMedia([]);
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    event.preventDefault();
    send();
  };
  const paste = (event: ClipboardEvent) => {
    if (note || !event.clipboardData.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!note) add(event.dataTransfer.files);
  };
  return (
    <footer className="compose">
      {lost && (
        <div className="notebar agent" role="alert">
          <span className="grow">{lost}</span>
          <button type="button" className="btn quiet icon" aria-label={t("ui.close")} onClick={() => setLost(null)}>
            <Icon name="close" size="s" />
          </button>
        </div>
      )}
      <section
        className={`box${note ? " note" : ""}${over ? " over" : ""}`}
        aria-label={t("composer.label")}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(!note);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
      >
        <div className="ttab" role="tablist" aria-label={t("composer.label")}>
          <button type="button" role="tab" aria-selected={!note} disabled={!can.reply} onClick={() => choose("reply")}>
            {t("composer.reply")} <kbd>R</kbd>
          </button>
          <button type="button" role="tab" aria-selected={note} onClick={() => choose("note")}>
            {note && <Icon name="lock" size="s" />}
            {t("composer.note")} <kbd>M</kbd>
          </button>
          <span className="grow" />
          {!can.reply && (
            <small className="muted cut">
              {t(
                !can.note
                  ? "composer.kept"
                  : row.state === "closed" || row.state === "wrap_up"
                    ? "composer.closed"
                    : "composer.only_note",
              )}
            </small>
          )}
        </div>
        <textarea
          ref={field}
          rows={1}
          value={text}
          aria-label={t(note ? "composer.note" : "composer.reply")}
          aria-describedby={hintId}
          placeholder={note ? t("composer.note.place") : t("composer.reply.place", { name: nameOf(row.contact, t) })}
          onChange={(event) => {
            const next = event.target.value;
            change((d) => ({ ...d, [mode]: next }));
            typed(next);
          }}
          onKeyDown={press}
          onPaste={paste}
          onBlur={stop}
        />
        {files.length + media.length > 0 && !note && (
          <ul className="uploads">
            {media.map((file) => (
              <li key={file.id} className="chip line">
                <Icon name="knowledge" size="s" />
                <span className="cut">{file.alt || file.name}</span>
                <button
                  type="button"
                  aria-label={`${t("ui.remove")} ${file.alt || file.name}`}
                  onClick={() => setMedia((held) => held.filter(({ id }) => id !== file.id))}
                >
                  <Icon name="close" size="s" />
                </button>
              </li>
            ))}
            {files.map((file) => (
              <li key={file.key} className="chip line">
                <Icon name={file.done ? "file" : "clock"} size="s" />
                <span className="cut">{file.done ? file.name : t("composer.uploading", { name: file.name })}</span>
                <button type="button" aria-label={`${t("ui.remove")} ${file.name}`} onClick={() => drop(file.key)}>
                  <Icon name="close" size="s" />
                </button>
              </li>
            ))}
          </ul>
        )}
        <div className="bar">
          {!note && (
            <>
              <input
                ref={picker}
                type="file"
                multiple
                hidden
                onChange={(event) => {
                  add(event.target.files ?? []);
                  event.target.value = "";
                }}
              />
              <button
                type="button"
                className="btn quiet icon"
                aria-label={t("composer.attach")}
                title={t("composer.attach")}
                onClick={() => picker.current?.click()}
              >
                <Icon name="clip" />
              </button>
            </>
          )}
          <button type="button" className="btn quiet s" onClick={onKnowledge}>
            <Icon name="knowledge" /> {t("composer.knowledge")} <kbd>{MOD} J</kbd>
          </button>
          <span className="grow" />
          <small
            id={hintId}
            className={length > LONGEST ? "c-danger" : "faint"}
            role={length > LONGEST ? "alert" : undefined}
          >
            {length > LONGEST
              ? t("composer.too_long", { n: length })
              : over
                ? t("composer.drop")
                : note
                  ? t("composer.note.place")
                  : ""}
          </small>
          <button type="button" className={`btn main${note ? " asnote" : ""}`} disabled={!ready} onClick={send}>
            {t(note ? "composer.note.save" : "composer.send")} <kbd>↵</kbd>
          </button>
        </div>
      </section>
    </footer>
  );
}
