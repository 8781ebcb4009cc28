import { useTranslation } from "react-i18next";
import type { BotSettings } from "./model";
import type { DraftState } from "./useDraft";

/** Who goes before others once people are to answer. */
export function Priority({ draft, canWrite }: { draft: DraftState; canWrite: boolean }) {
  const { t } = useTranslation();
  const { priority } = draft.value as BotSettings;
  const set = (change: Partial<BotSettings["priority"]>) =>
    draft.edit((held) => ({ ...held, priority: { ...held.priority, ...change } }));
  return (
    <fieldset className="card" disabled={!canWrite}>
      <h2 className="cardhead">{t("bot.priority")}</h2>
      <div className="cardbody">
        <p className="muted">{t("bot.priority.hint")}</p>
        <label className="field">
          <span>{t("bot.priority.tiers")}</span>
          <input
            className="input"
            key={priority.tiers.join()}
            defaultValue={priority.tiers.join(", ")}
            onBlur={(e) => set({ tiers: e.target.value.split(/[,，\s]+/).filter(Boolean) })}
          />
        </label>
        <label className="field limit">
          <span>{t("bot.priority.hand_offs")}</span>
          <input
            className="input"
            type="number"
            min={0}
            max={20}
            value={priority.hand_offs}
            onChange={(e) => set({ hand_offs: Number(e.target.value) })}
          />
        </label>
        {(["open_order", "urgent"] as const).map((name) => (
          <label key={name} className="tick">
            <input type="checkbox" checked={priority[name]} onChange={(e) => set({ [name]: e.target.checked })} />
            {t(`bot.priority.${name}`)}
          </label>
        ))}
        <label className="field">
          <span>{t("bot.priority.pages")}</span>
          <input
            className="input"
            key={priority.pages.join()}
            defaultValue={priority.pages.join(", ")}
            onBlur={(e) => set({ pages: e.target.value.split(/[,，\s]+/).filter(Boolean) })}
          />
        </label>
        <label className="field limit">
          <span>{t("bot.priority.page_views")}</span>
          <input
            className="input"
            type="number"
            min={0}
            max={20}
            value={priority.page_views}
            onChange={(e) => set({ page_views: Number(e.target.value) })}
          />
        </label>
      </div>
    </fieldset>
  );
}
