import { useTranslation } from "react-i18next";
import type { Article } from "./model";

export type Draft = Pick<Article, "title" | "body" | "language" | "audience"> & {
  questions: string;
  valid_from: string;
  valid_until: string;
};

interface Props {
  draft: Draft;
  set: <K extends keyof Draft>(key: K, value: Draft[K]) => void;
  disabled: boolean;
  source: string | undefined;
}

/** What an article consists of. */
export function Fields({ draft, set, disabled, source }: Props) {
  const { t } = useTranslation();
  return (
    <fieldset className="stack" disabled={disabled}>
      <label className="field">
        <span>{t("knowledge.title")}</span>
        <input className="input" value={draft.title} maxLength={300} onChange={(e) => set("title", e.target.value)} />
      </label>
      <label className="field">
        <span>{t("knowledge.body")}</span>
        <textarea
          className="input prosefield"
          rows={16}
          value={draft.body}
          onChange={(e) => set("body", e.target.value)}
        />
        <small>{t("knowledge.body.hint")}</small>
      </label>
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
