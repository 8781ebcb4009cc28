// Parts that are fetched when they are first needed: the first opening stays small.
import { useEffect, useState } from "preact/hooks";

export type Part<T> = { loaded: T | null; fetch(): Promise<T> };

export function part<T>(load: () => Promise<T>): Part<T> {
  const made: Part<T> = {
    loaded: null,
    async fetch() {
      made.loaded ??= await load();
      return made.loaded;
    },
  };
  return made;
}

/** The part, once it is there; null until then, and as long as it is not needed. */
export function useLater<T>(from: Part<T>, needed: boolean, failed?: () => void): T | null {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (!needed || from.loaded) return;
    let wanted = true;
    from.fetch().then(
      () => wanted && redraw((n) => n + 1),
      () => wanted && failed?.(),
    );
    return () => {
      wanted = false;
    };
  }, [needed]);
  return needed ? from.loaded : null;
}
