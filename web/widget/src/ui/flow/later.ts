// The flow's inputs and cards, fetched when the first flow asks for them.
import type { Content } from "../../../../contract/widget.ts";
import { part, useLater } from "../later.ts";

const flow = part(() => import("./Flow.tsx"));

/** The parts, once they are there; null until then, and when the content needs none: its words say the same. */
export function useFlow({ input, card }: Content): typeof flow.loaded {
  return useLater(flow, Boolean(input) || card?.type === "confirm" || card?.type === "result");
}
