// Times the way the design writes them: today as a time, else with the date; ages in words; waits as bands.
import { t, tag } from "./words.ts";

const DAY_MS = 24 * 3600_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, string>();

/** `name` stands for `options` in the language spoken. */
function format(at: Date, name: string, options: Intl.DateTimeFormatOptions): string {
  const key = tag() + name;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(tag(), options);
    formats.set(key, made);
  }
  return made.format(at);
}

export function clock(at: string | Date): string {
  return format(new Date(at), "clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** `14:05`, on other days `11月19日 14:05`. */
export function moment(at: string | Date, now = new Date()): string {
  const date = new Date(at);
  return date.toDateString() === now.toDateString() ? clock(date) : `${day(date, now)} ${clock(date)}`;
}

export function day(at: string | Date, now = new Date()): string {
  const date = new Date(at);
  const key = tag() + date.toDateString() + now.getFullYear();
  const known = days.get(key);
  if (known) return known;
  const other = date.getFullYear() !== now.getFullYear();
  const text = format(date, other ? "year" : "day", {
    month: tag() === "zh-CN" ? "long" : "short",
    day: "numeric",
    ...(other ? { year: "numeric" } : {}),
  });
  // Figures stand apart from Chinese characters, as everywhere in the product, and a date stays on one line.
  const written = text.replace(/(\d)(?=[年月日])|([年月])(?=\d)/g, "$&\u00a0");
  days.set(key, written);
  return written;
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
