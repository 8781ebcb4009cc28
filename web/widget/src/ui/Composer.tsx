// Where the customer writes: text, pictures, files. Enter sends, Shift+Enter breaks the line, input methods are left alone.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ACCEPT, LIMIT_MB, MAX_FILES, type Upload, type Uploads } from "../live/uploads.ts";
import { size } from "../text/time.ts";
import { t } from "../text/words.ts";
import { Icon } from "./icons.tsx";

const LONGEST = 8000;
const WARN_FROM = 7500;
/** Code units the field takes: room for 8,000 characters of any kind, not for a book that would stall the page. */
const MOST = 2 * LONGEST;
const TALLEST = 132;

interface Props {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  placeholder: string;
  uploads: Uploads;
  notice: string;
  /** Files are being dragged over the window. */
  over: boolean;
  /** Nobody may write before signing in. */
  locked: boolean;
  onText(text: string): void;
  onSend(): void;
  onEditLast(): void;
}

export function Composer({ field, text, placeholder, uploads, notice, over, locked, onText, onSend, onEditLast }: Props) {
  const files = useRef<HTMLInputElement>(null);
  // Limits are in code points, as the server counts.
  const length = text.length > WARN_FROM / 2 ? [...text].length : text.length;
  const left = LONGEST - length;
  const done = uploads.items.some((it) => it.attachment);
  const bad = left < 0 || uploads.surplus;
  const ready = (text.trim() !== "" || done) && left >= 0 && !uploads.busy;

  useLayoutEffect(() => {
    const node = field.current;
    if (!node) return;
    node.style.height = "";
    if (text) node.style.height = `${Math.min(TALLEST, node.scrollHeight + 2)}px`;
  }, [text]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (ready) onSend();
    } else if (event.key === "ArrowUp" && !text) {
      onEditLast();
    }
  };
  const take = (list: FileList | null | undefined): boolean => {
    if (!list?.length) return false;
    uploads.add(list);
    return true;
  };

  return (
    <footer class={over ? "foot over-drop" : "foot"}>
      {uploads.items.length > 0 && (
        <ul class="tray">
          {uploads.items.map((it) => (
            <Item key={it.key} item={it} uploads={uploads} />
          ))}
        </ul>
      )}
      <div class="inp">
        <button
          type="button"
          class="ib"
          aria-label={t("attach")}
          disabled={locked}
          onClick={() => files.current?.click()}
        >
          <Icon name="plus" />
        </button>
        <input
          ref={files}
          type="file"
          multiple
          accept={ACCEPT}
          hidden
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
        <textarea
          ref={field}
          class="f"
          rows={1}
          dir="auto"
          maxLength={MOST}
          disabled={locked}
          aria-label={placeholder}
          placeholder={placeholder}
          enterkeyhint="send"
          value={text}
          onInput={(event) => onText(event.currentTarget.value.slice(0, MOST))}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            if (take(event.clipboardData?.files)) event.preventDefault();
          }}
        />
        <button
          type="button"
          class={ready ? "ib go" : "ib"}
          aria-label={t("send")}
          aria-disabled={!ready}
          onClick={ready ? onSend : undefined}
        >
          <Icon name="send" />
        </button>
      </div>
      <p class={bad ? "ai-note bad" : "ai-note"} aria-live={bad ? "polite" : "off"}>
        {over
          ? t("upload.drop")
          : left < 0
            ? t("length.over", { n: -left })
            : left < LONGEST - WARN_FROM
              ? t("length", { n: left })
              : uploads.surplus
                ? t("upload.many", { n: MAX_FILES })
                : uploads.busy && text
                  ? t("upload.wait")
                  : notice}
      </p>
    </footer>
  );
}

function Item({ item, uploads }: { item: Upload; uploads: Uploads }) {
  const percent = Math.round(item.progress * 100);
  const error = item.error && t(`upload.${item.error}`, { mb: LIMIT_MB });
  return (
    <li class={item.error ? "up failed" : "up"}>
      <Icon name={item.image ? "image" : "file"} />
      <span class="grow">
        <bdi>{item.name}</bdi>
        {error ? (
          <small role="alert">
            {item.error === "network" ? (
              <button type="button" onClick={() => uploads.retry(item.key)}>
                {error}
              </button>
            ) : (
              error
            )}
          </small>
        ) : (
          <small>{size(item.size)}</small>
        )}
        {!item.error && !item.attachment && (
          <progress max={100} value={percent} aria-label={t("upload.progress", { name: item.name, n: percent })} />
        )}
      </span>
      <button
        type="button"
        class="ib"
        aria-label={t("upload.remove", { name: item.name })}
        onClick={() => uploads.remove(item.key)}
      >
        <Icon name="close" small />
      </button>
    </li>
  );
}
