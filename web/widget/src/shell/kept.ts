// Small things kept in this browser, per inbox. Storage can be off or full (private windows, cookie walls): then the
// visit lives as long as the page.

export interface Kept {
  get(name: string): string | null;
  set(name: string, value: string): void;
  /** Remove all of this inbox, the app's part too. */
  clear(): void;
}

export function keep(inbox: string): Kept {
  const prefix = `tongxi:${inbox}:`;
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch {
      return null;
    }
  };
  return {
    get: (name) => attempt(() => localStorage.getItem(prefix + name)),
    set: (name, value) => attempt(() => localStorage.setItem(prefix + name, value)),
    clear: () =>
      attempt(() => {
        for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
      }),
  };
}
