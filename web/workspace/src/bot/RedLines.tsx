import { useTranslation } from "react-i18next";
import { Both } from "../ui/Both";
import type { BotSettings } from "./model";
import type { DraftState } from "./useDraft";

/** Subjects on which the bot states facts only and gets a person. */
export function RedLines({ draft, canWrite }: { draft: DraftState; canWrite: boolean }) {
  const { t } = useTranslation();
  const value = draft.value as BotSettings;
  const catalogue = draft.current.data?.catalogue;
  return (
    <fieldset className="card" disabled={!canWrite}>
      <h2 className="cardhead">{t("bot.redlines")}</h2>
      <div className="cardbody">
        <p className="muted">{t("bot.redlines.hint")}</p>
        {catalogue?.red_lines.map(({ code, always_on }) => {
          const line = value.red_lines[code] ?? { enabled: true, facts: { zh: "", en: "" } };
          const set = (change: Partial<typeof line>) =>
            draft.edit((held) => ({ ...held, red_lines: { ...held.red_lines, [code]: { ...line, ...change } } }));
          return (
            <div key={code} className="redline">
              <label className="tick">
                <input
                  type="checkbox"
                  checked={always_on || line.enabled}
                  disabled={always_on}
                  onChange={(e) => set({ enabled: e.target.checked })}
                />
                <b>{t(`reason.${code}`)}</b>
                {always_on && <small className="faint">{t("bot.redlines.always")}</small>}
              </label>
              <Both
                label={t("bot.redlines.facts")}
                long
                value={line.facts}
                hints={catalogue.facts[code]}
                onChange={(facts) => set({ facts })}
              />
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}
