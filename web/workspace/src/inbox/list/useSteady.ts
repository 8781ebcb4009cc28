import { useRef, useState } from "react";
import type { Row } from "../../../../contract/agent";
import type { Lists } from "../../live/groups";

const KEYS = ["reply", "customer", "queue", "bot", "wrap_up"] as const;

/**
 * Rows do not change places under the pointer: while the list is hovered the old order stands (contents are new, what
 * left is gone, what came is last). The third value says how many rows would stand elsewhere.
 */
export function useSteady(lists: Lists): [Lists, { onPointerEnter: () => void; onPointerLeave: () => void }, number] {
  const [held, setHeld] = useState(false);
  const order = useRef(new Map<string, number>());
  if (!held) {
    order.current = new Map();
    for (const key of KEYS) for (const [i, row] of lists[key].entries()) order.current.set(`${key}:${row.id}`, i);
  }
  let moved = 0;
  const steady = { ...lists };
  if (held)
    for (const key of KEYS) {
      const place = (row: Row) => order.current.get(`${key}:${row.id}`) ?? Number.MAX_SAFE_INTEGER;
      steady[key] = [...lists[key]].sort((a, b) => place(a) - place(b));
      if (key === "reply" || key === "customer")
        moved += steady[key].filter((row, i) => lists[key][i]?.id !== row.id).length;
    }
  const set = (next: boolean) => () => setHeld(next && matchMedia("(hover: hover)").matches);
  return [steady, { onPointerEnter: set(true), onPointerLeave: set(false) }, moved];
}
