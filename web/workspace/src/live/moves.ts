// What a fact of the log does to the row of its conversation. Pure.
// The server's own row follows; but not to those who may not see it any more.
import type { Entry, HolderKind, Row, State } from "../../../contract/agent";

export const MOVES: ReadonlySet<string> = new Set([
  "handed_off",
  "assigned",
  "claimed",
  "given_back",
  "ended",
  "wrapped_up",
  "reopened",
]);

function stateAfter(fact: string, before: State): State {
  switch (fact) {
    case "handed_off":
      return "queued";
    case "assigned":
    case "claimed":
      return "active";
    case "given_back":
      return "bot";
    case "ended":
      return before === "active" ? "wrap_up" : "closed";
    case "wrapped_up":
      return "closed";
    case "reopened":
      return before === "wrap_up" ? "active" : "bot";
    default:
      return before;
  }
}

const HOLDER: Record<State, HolderKind> = {
  bot: "bot",
  queued: "queue",
  active: "agent",
  wrap_up: "nobody",
  closed: "nobody",
};

/** The row with state and holder as the fact left them; the epoch stays the server's to say. */
export function rowAfter(row: Row, entry: Entry): Row {
  if (entry.seq <= row.seq || !MOVES.has(entry.type)) return row;
  const state = stateAfter(entry.type, row.state);
  const taker = typeof entry.data?.agent_id === "string" ? entry.data.agent_id : null;
  const held = state === "active" || state === "wrap_up";
  const id = held ? (taker ?? row.holder.id) : null;
  const name = !held
    ? null
    : taker === null || taker === row.holder.id
      ? row.holder.name
      : entry.by.id === taker
        ? entry.by.name
        : null;
  return { ...row, state, seq: entry.seq, holder: { kind: HOLDER[state], id, name }, updated_at: entry.at };
}
