import type { ConversationView, HolderKind } from "../../../contract/widget.ts";

/** Who holds it, as the customer is told. Before the first message the bot does. */
export function holderOf(view: ConversationView | null): HolderKind {
  switch (view?.state) {
    case undefined:
    case "bot":
      return "bot";
    case "queued":
      return "queue";
    case "active":
      return "agent";
    default:
      return "nobody";
  }
}
