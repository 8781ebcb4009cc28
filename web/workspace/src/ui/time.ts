// Times as people at a desk read them, in the language of the screen.
import { useSyncExternalStore } from "react";
import { serverNow } from "../api/client";

const listeners = new Set<() => void>();
let second = Math.floor(serverNow() / 1000);
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    second = Math.floor(serverNow() / 1000);
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (!listeners.size) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Server time in ms, renewed each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => second) * 1000;
}

const two = (n: number) => String(n).padStart(2, "0");

/** 14:05 */
export function clock(at: string): string {
  const d = new Date(at);
  return `${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** 14:05 today, 11-19 14:05 before, 2025-11-19 in another year. */
export function when(at: string | null | undefined, now = serverNow()): string {
  if (!at) return "";
  const d = new Date(at);
  const today = new Date(now);
  if (d.toDateString() === today.toDateString()) return clock(at);
  if (d.getFullYear() === today.getFullYear()) return `${two(d.getMonth() + 1)}-${two(d.getDate())} ${clock(at)}`;
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/** 2026-11-20 14:05:09 */
export function stamp(at: string): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${clock(at)}:${two(d.getSeconds())}`;
}

/** m:ss, or h:mm:ss from an hour on; `seconds` ≥ 0. */
export function minutes(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** Day heading in a thread; `language` is a BCP 47 tag. */
export function day(at: string, language: string): string {
  const d = new Date(at);
  const year = d.getFullYear() === new Date(serverNow()).getFullYear() ? {} : ({ year: "numeric" } as const);
  return d.toLocaleDateString(language, { ...year, month: "long", day: "numeric", weekday: "short" });
}

export function sameDay(a: string, b: string): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
