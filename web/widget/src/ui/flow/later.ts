// The flow's inputs and cards are fetched when the first flow asks for them: the first opening stays small.
import { useEffect, useState } from "preact/hooks";
import type { Content } from "../../../../contract/widget.ts";

type Parts = typeof import("./Flow.tsx");

let parts: Parts | null = null;

/** The parts, once they are there; null until then, and when the content needs none: its words say the same. */
export function useFlow({ input, card }: Content): Parts | null {
  const [, redraw] = useState(0);
  const needed = Boolean(input) || card?.type === "confirm" || card?.type === "result";
  useEffect(() => {
    if (!needed || parts) return;
    let wanted = true;
    import("./Flow.tsx").then(
      (loaded) => {
        parts = loaded;
        if (wanted) redraw((n) => n + 1);
      },
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [needed]);
  return needed ? parts : null;
}
