// Times the way the design writes them: today as a time, else with the date; ages in words; waits as bands.
import { t, tag } from "./words.ts";

const DAY_MS = 24 * 3600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: Date, options: Intl.DateTimeFormatOptions): string {
  const key = tag() + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(tag(), options);
    formats.set(key, made);
  }
  return made.format(at);
}

export function clock(at: string | Date): string {
  return format(new Date(at), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** `14:05`, on other days `11月19日 14:05`. */
export function moment(at: string | Date, now = new Date()): string {
  const date = new Date(at);
  return date.toDateString() === now.toDateString() ? clock(date) : `${day(date, now)} ${clock(date)}`;
}

export function day(at: string | Date, now = new Date()): string {
  const date = new Date(at);
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  const text = format(date, { month: tag() === "zh-CN" ? "long" : "short", day: "numeric", ...year });
  // Figures stand apart from Chinese characters, as everywhere in the product, and a date stays on one line.
  return text.replace(/(\d)(?=[年月日])|([年月])(?=\d)/g, "$&\u00a0");
}

/** A moment as the server gives it, or words it already made. */
export function soon(at: string | null): string {
  return at && /^\d{4}-\d\d-\d\dT/.test(at) ? moment(at) : (at ?? "");
}

/** How long ago data was read. */
export function age(at: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(at)) / 1000);
  if (seconds < 60) return t("age.now");
  if (seconds < 3600) return t("age.minutes", { n: Math.floor(seconds / 60) });
  if (seconds * 1000 < DAY_MS) return t("age.hours", { n: Math.floor(seconds / 3600) });
  return t("age.at", { time: moment(at) });
}

/** Whole minutes of a wait band, `[1, 3]`; never less than one, never a false precision. */
export function band(seconds: [number, number]): [number, number] {
  const low = Math.max(1, Math.floor(seconds[0] / 60));
  return [low, Math.max(low, Math.ceil(seconds[1] / 60))];
}

export function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
