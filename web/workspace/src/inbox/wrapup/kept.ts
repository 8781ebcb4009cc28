// A half-filled wrap-up outlives a look at another conversation, and a reload.

const keyOf = (conversation: string, episode: number) => `tongxi.wrap-up.${conversation}.${episode}`;

/** What was filled in before, over `prefilled`. */
export function kept<T extends object>(conversation: string, episode: number, prefilled: T): T {
  try {
    return { ...prefilled, ...(JSON.parse(sessionStorage.getItem(keyOf(conversation, episode)) ?? "{}") as Partial<T>) };
  } catch {
    return prefilled;
  }
}

/** Keeps what was filled in; null: it is stored on the server. */
export function keep(conversation: string, episode: number, filled: object | null): void {
  const key = keyOf(conversation, episode);
  if (filled) sessionStorage.setItem(key, JSON.stringify(filled));
  else sessionStorage.removeItem(key);
}
