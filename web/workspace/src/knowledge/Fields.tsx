import { type ClipboardEvent, type DragEvent, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { MediaList } from "./MediaList";
import { type MediaFile, remembered } from "./media";
import type { Article } from "./model";
import { TYPES, useUploads } from "./useUploads";

export type Draft = Pick<Article, "title" | "body" | "language" | "audience"> & {
  questions: string;
  valid_from: string;
  valid_until: string;
};

interface Props {
  draft: Draft;
  set: <K extends keyof Draft>(key: K, value: Draft[K]) => void;
  /** Change the text from what it is by then: an upload takes its time. */
  edit: (change: (body: string) => string) => void;
  files: readonly MediaFile[];
  disabled: boolean;
  source: string | undefined;
}

/** What an article consists of. */
export function Fields({ draft, set, edit, files, disabled, source }: Props) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const text = useRef<HTMLTextAreaElement>(null);
  const visited = useRef(false);
  const uploads = useUploads(edit);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an upload is remembered before the text names it
  const known = useMemo(
    () => new Map([...Object.values(remembered()), ...files].map((file) => [file.id, file])),
    [files, draft.body],
  );
  // Where the cursor was left; at the end of a text nobody has been in.
  const add = (list: Iterable<File>) =>
    void uploads.add(list, visited.current ? (text.current?.selectionEnd ?? 0) : draft.body.length);
  const pasted = (event: ClipboardEvent) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  };
  const dropped = (event: DragEvent) => {
    setOver(false);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  };
  return (
    <fieldset className="stack" disabled={disabled}>
      <label className="field">
        <span>{t("knowledge.title")}</span>
        <input className="input" value={draft.title} maxLength={300} onChange={(e) => set("title", e.target.value)} />
      </label>
      <label className="field">
        <span>{t("knowledge.body")}</span>
        <textarea
          ref={text}
          className={`input prosefield${over ? " over" : ""}`}
          rows={16}
          value={draft.body}
          onChange={(e) => set("body", e.target.value)}
          onFocus={() => {
            visited.current = true;
          }}
          onPaste={pasted}
          onDragOver={(event) => {
            if (!event.dataTransfer.types.includes("Files")) return;
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={dropped}
        />
        <small>{t("knowledge.body.hint")}</small>
      </label>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept={TYPES}
        onChange={(event) => {
          add([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      <MediaList
        body={draft.body}
        files={known}
        uploads={uploads}
        onChange={(body) => set("body", body)}
        onAdd={() => picker.current?.click()}
      />
      <label className="field">
        <span>{t("knowledge.questions")}</span>
        <textarea
          className="input"
          rows={4}
          value={draft.questions}
          placeholder={t("knowledge.questions.place")}
          onChange={(e) => set("questions", e.target.value)}
        />
        <small>{t("knowledge.questions.hint")}</small>
      </label>
      <div className="cardbody pair bare">
        <label className="field">
          <span>{t("ui.language")}</span>
          <select className="input" value={draft.language} onChange={(e) => set("language", e.target.value)}>
            <option value="zh">中文</option>
            <option value="en">English</option>
          </select>
        </label>
        <label className="field">
          <span>{t("knowledge.audience")}</span>
          <select
            className="input"
            value={draft.audience}
            onChange={(e) => set("audience", e.target.value as Draft["audience"])}
          >
            <option value="everyone">{t("knowledge.audience.everyone")}</option>
            <option value="agents">{t("knowledge.audience.agents")}</option>
          </select>
        </label>
        <label className="field">
          <span>
            {t("knowledge.valid_from")} · {t("ui.optional")}
          </span>
          <input
            className="input"
            type="date"
            value={draft.valid_from}
            onChange={(e) => set("valid_from", e.target.value)}
          />
        </label>
        <label className="field">
          <span>
            {t("knowledge.valid_until")} · {t("ui.optional")}
          </span>
          <input
            className="input"
            type="date"
            value={draft.valid_until}
            onChange={(e) => set("valid_until", e.target.value)}
          />
        </label>
      </div>
      {source && <p className="faint small">{t("knowledge.source", { source })}</p>}
    </fieldset>
  );
}
