// The frame of the pages before sign-in.
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGES, speak } from "../i18n";
import { Logo } from "../ui/Icon";
import { currentTheme, setTheme, THEMES } from "../ui/theme";
import "./auth.css";

export function Gate({
  title,
  lead,
  children,
  foot,
}: {
  title: string;
  lead?: string;
  children: ReactNode;
  foot?: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  return (
    <div className="gate">
      <main className="gate-card">
        <div className="gate-brand">
          <Logo size={44} />
          <span>{t("app.name")}</span>
        </div>
        <h1>{title}</h1>
        {lead && <p className="muted">{lead}</p>}
        {children}
      </main>
      <footer className="gate-foot">
        <label className="flex tight">
          <span className="hidden-text">{t("ui.language")}</span>
          <select className="input" value={i18n.language} onChange={(e) => void speak(e.target.value)}>
            {LANGUAGES.map((each) => (
              <option key={each} value={each}>
                {t(`ui.language.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="flex tight">
          <span className="hidden-text">{t("ui.theme")}</span>
          <select className="input" defaultValue={currentTheme()} onChange={(e) => setTheme(e.target.value)}>
            {THEMES.map((each) => (
              <option key={each} value={each}>
                {t(`ui.theme.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <span className="grow" />
        <small className="muted">{foot}</small>
      </footer>
    </div>
  );
}

export interface FieldProps {
  label: string;
  name: string;
  type?: string;
  autoComplete?: string;
  hint?: string;
  minLength?: number;
  required?: boolean;
  defaultValue?: string;
  readOnly?: boolean;
  autoFocus?: boolean;
  placeholder?: string;
  spellCheck?: boolean;
}

export function Field({ label, hint, required = true, ...input }: FieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input className="input" required={required} {...input} />
      {hint && <small>{hint}</small>}
    </label>
  );
}

/** The fields of a submitted form as trimmed strings; passwords as typed. */
export function values<K extends string>(form: HTMLFormElement): Record<K, string> {
  return Object.fromEntries(
    [...new FormData(form)].map(([key, value]) => [
      key,
      key.includes("password") ? String(value) : String(value).trim(),
    ]),
  ) as Record<K, string>;
}
