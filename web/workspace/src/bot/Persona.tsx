import { useTranslation } from "react-i18next";
import { Both } from "../ui/Both";
import type { BotSettings, Lines } from "./model";
import type { DraftState } from "./useDraft";

const LONG = new Set(["greeting", "who_are_you", "unsure", "sorry_wrong"]);

/** Who the bot is and how it speaks. */
export function Persona({ draft, canWrite }: { draft: DraftState; canWrite: boolean }) {
  const { t } = useTranslation();
  const value = draft.value as BotSettings;
  const persona = value.persona;
  const set = (change: Partial<BotSettings["persona"]>) =>
    draft.edit((held) => ({ ...held, persona: { ...held.persona, ...change } }));
  const defaults = draft.current.data?.catalogue.lines ?? {};
  return (
    <fieldset className="narrow stack" disabled={!canWrite}>
      <section className="card">
        <h2 className="cardhead">{t("bot.persona.who")}</h2>
        <div className="cardbody">
          <Both label={t("bot.persona.name")} most={40} value={persona.name} onChange={(name) => set({ name })} />
          <small className="muted">{t("bot.persona.name.hint")}</small>
          <fieldset className="field">
            <legend>{t("bot.persona.formality")}</legend>
            <div className="flex wrap choices">
              {(["formal", "familiar"] as const).map((each) => (
                <label key={each} className="tick">
                  <input
                    type="radio"
                    name="formality"
                    checked={persona.formality === each}
                    onChange={() => set({ formality: each })}
                  />
                  {t(`bot.persona.${each}`)}
                </label>
              ))}
            </div>
          </fieldset>
          <label className="field">
            <span>{t("bot.persona.plain")}</span>
            <select
              className="input"
              value={value.plain_mode}
              onChange={(e) =>
                draft.edit((held) => ({ ...held, plain_mode: e.target.value as BotSettings["plain_mode"] }))
              }
            >
              {(["auto", "always", "off"] as const).map((each) => (
                <option key={each} value={each}>
                  {t(`bot.persona.plain.${each}`)}
                </option>
              ))}
            </select>
          </label>
        </div>
      </section>
      <section className="card">
        <h2 className="cardhead">{t("bot.persona.preview")}</h2>
        <div className="cardbody">
          <div className="says">
            <small className="c-ai">
              {(persona.name.zh || persona.name.en) ?? ""} · {t("bot.ai")}
            </small>
            <p>{preview(persona, defaults, "greeting")}</p>
          </div>
          <div className="says">
            <p>{preview(persona, defaults, "unsure")}</p>
          </div>
        </div>
      </section>
      <section className="card">
        <h2 className="cardhead">{t("bot.persona.lines")}</h2>
        <div className="cardbody">
          <p className="muted">{t("bot.persona.lines.hint", { place: "{persona}" })}</p>
          {Object.keys(defaults).map((code) => (
            <Both
              key={code}
              label={t(`bot.line.${code}`)}
              long={LONG.has(code)}
              most={500}
              hints={defaults[code]}
              value={persona.lines[code] ?? { zh: "", en: "" }}
              onChange={(line) => set({ lines: without(persona.lines, code, line) })}
            />
          ))}
        </div>
      </section>
      <section className="card">
        <h2 className="cardhead">{t("bot.persona.samples")}</h2>
        <div className="cardbody">
          <p className="muted">{t("bot.persona.samples.hint")}</p>
          {(["do", "dont"] as const).map((kind) => (
            <Samples
              key={kind}
              label={t(`bot.persona.${kind}`)}
              value={persona[kind]}
              onChange={(lines) => set({ [kind]: lines })}
            />
          ))}
        </div>
      </section>
    </fieldset>
  );
}

/** Sentences, one a line, in each language. */
function Samples({ label, value, onChange }: { label: string; value: Lines; onChange: (value: Lines) => void }) {
  return (
    <fieldset className="field">
      <legend>{label}</legend>
      <div className="pair grid">
        {(["zh", "en"] as const).map((language) => (
          <textarea
            key={language}
            className="input"
            rows={3}
            lang={language}
            aria-label={`${label} ${language}`}
            placeholder={language === "zh" ? "中文" : "English"}
            value={value[language].join("\n")}
            onChange={(e) => onChange({ ...value, [language]: e.target.value.split("\n").slice(0, 10) })}
          />
        ))}
      </div>
    </fieldset>
  );
}

type Persona_ = BotSettings["persona"];

function without(lines: Persona_["lines"], code: string, line: { zh: string; en: string }): Persona_["lines"] {
  const { [code]: _, ...others } = lines;
  return line.zh || line.en ? { ...others, [code]: line } : others;
}

/** The sentence as customers read it, in Chinese where there is one. */
function preview(persona: Persona_, defaults: Persona_["lines"], code: string): string {
  const own = persona.lines[code];
  const text = own?.zh || own?.en || defaults[code]?.zh || "";
  const said = text.replaceAll("{persona}", persona.name.zh || persona.name.en);
  return persona.formality === "familiar" && !own ? said.replaceAll("您", "你") : said;
}
