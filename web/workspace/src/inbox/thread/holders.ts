// Who held the conversation at each entry, read from the log. Pure.
import type { Entry, HolderKind } from "../../../../contract/agent";

/** Holder after a fact; facts that are not here move nothing. `isWrapping`: an agent still has to wrap up. */
function holderAfter(entry: Entry, before: HolderKind, isWrapping: boolean): HolderKind {
  switch (entry.type) {
    case "started":
    case "given_back":
      return "bot";
    case "reopened":
      return isWrapping ? "agent" : "bot";
    case "handed_off":
      return "queue";
    case "assigned":
    case "claimed":
      return "agent";
    case "ended":
    case "wrapped_up":
      return "nobody";
    default:
      return before;
  }
}

/** Holder after each entry. The first move of a partly loaded log tells who held before it. */
export function holders(entries: readonly Entry[], now: HolderKind): HolderKind[] {
  let holder = heldBefore(entries, now);
  let isWrapping = false;
  return entries.map((entry) => {
    const before = holder;
    holder = holderAfter(entry, before, isWrapping);
    if (entry.type === "ended") isWrapping = before === "agent";
    else if (holder !== before || entry.type === "wrapped_up") isWrapping = false;
    return holder;
  });
}

function heldBefore(entries: readonly Entry[], now: HolderKind): HolderKind {
  for (const entry of entries) {
    switch (entry.type) {
      case "started":
        return "nobody";
      case "claimed":
        return (entry.data?.from_holder as HolderKind | undefined) ?? "queue";
      case "handed_off":
        return entry.data?.from_agent ? "agent" : "bot";
      case "assigned":
        return "queue";
      case "given_back":
        return "agent";
      case "ended":
        return entry.data?.cause === "bot" ? "bot" : "agent";
      case "wrapped_up":
      case "reopened":
        return "nobody";
    }
  }
  return now;
}
