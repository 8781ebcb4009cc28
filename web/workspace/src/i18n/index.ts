// The languages of the screen. Texts are flat keys in locales/; only the one in use is loaded.
import i18next, { type FormatterModule } from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["zh", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = "tongxi.language";
const load: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  zh: () => import("../locales/zh.json"),
  en: () => import("../locales/en.json"),
};

/** What is a name though it is written in figures: #10423, version 1204, line 1010. */
const NAMES = new Set(["number", "version", "made", "line", "seq", "place"]);

/** Thousands are grouped as the language does, in every text with a figure. */
const FIGURES: FormatterModule = {
  type: "formatter",
  init: () => undefined,
  add: () => undefined,
  addCached: () => undefined,
  format: (value, _, language, of) => {
    const name: string = of?.interpolationkey ?? "";
    if (typeof value !== "number" || !Number.isInteger(value) || NAMES.has(name)) return value;
    return value.toLocaleString(tag(language ?? "en"));
  },
};

export async function start(): Promise<void> {
  const kept = localStorage.getItem(KEY) as Language | null;
  const language = kept && LANGUAGES.includes(kept) ? kept : navigator.language.startsWith("zh") ? "zh" : "en";
  await i18next
    .use(FIGURES)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      keySeparator: false,
      nsSeparator: false,
      showSupportNotice: false,
      interpolation: { prefix: "{", suffix: "}", escapeValue: false, alwaysFormat: true },
      resources: { [language]: { translation: (await load[language]()).default } },
    } as Parameters<typeof i18next.init>[0]);
  document.documentElement.lang = tag(language);
}

export async function speak(language: string): Promise<void> {
  if (!LANGUAGES.includes(language as Language) || i18next.language === language) return;
  const words = await load[language as Language]();
  i18next.addResourceBundle(language, "translation", words.default);
  await i18next.changeLanguage(language);
  localStorage.setItem(KEY, language);
  document.documentElement.lang = tag(language as Language);
}

/** BCP 47 tag for dates and screen readers. */
export function tag(language: string): string {
  return language === "zh" ? "zh-CN" : "en";
}
