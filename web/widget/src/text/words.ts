// The product's own words, one language at a time.
import type { Locale } from "../shell/shell.ts";
import type zh from "../locales/zh.json";

export type Word = keyof typeof zh;
type Params = Record<string, string | number>;

let words: Record<string, string> = {};
let language: Locale = "en";

/** Fetch the words of a language and speak it from now on. */
export async function speak(locale: Locale): Promise<void> {
  const module = locale === "zh" ? await import("../locales/zh.json") : await import("../locales/en.json");
  words = module.default;
  language = locale;
}

export function t(word: Word, params: Params = {}): string {
  return (words[word] ?? word).replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
}

/** A name inside a sentence: its direction does not reach the words around it. */
export function isolated(name: string | null | undefined): string {
  return name ? `\u2068${name}\u2069` : "";
}

/** BCP 47 tag for `Intl` and `lang`. */
export function tag(): string {
  return language === "zh" ? "zh-CN" : "en-GB";
}
