// What was typed into an article and not saved: kept in this tab, for the version it was typed into.
import type { Draft } from "./Fields";

const keyOf = (id: string) => `tongxi.article.${id}`;

export function readKept(id: string, version: number): Draft | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(id)) ?? "null") as { version: number; draft: Draft } | null;
    return kept?.version === version ? kept.draft : null;
  } catch {
    return null;
  }
}

export function keep(id: string, version: number, draft: Draft | null): void {
  if (draft) sessionStorage.setItem(keyOf(id), JSON.stringify({ version, draft }));
  else sessionStorage.removeItem(keyOf(id));
}
