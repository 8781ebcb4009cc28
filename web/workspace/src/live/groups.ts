// Which list a conversation belongs to, and in which order. Pure.
import type { Row } from "../../../contract/agent";

/** Lists the server offers. */
export type Group = "mine" | "queue" | "bot" | "wrap_up";

/** The list a row belongs to for the user `me`; null when it is in none of theirs. */
export function groupOf(row: Row, me: string): Group | null {
  if (row.state === "queued") return "queue";
  if (row.state === "bot") return "bot";
  if (row.holder?.id !== me) return null;
  return row.state === "active" ? "mine" : row.state === "wrap_up" ? "wrap_up" : null;
}

export interface Lists {
  reply: Row[];
  customer: Row[];
  queue: Row[];
  bot: Row[];
  wrap_up: Row[];
}

export function lists(rows: Readonly<Record<string, Row>>, me: string): Lists {
  const all: Lists = { reply: [], customer: [], queue: [], bot: [], wrap_up: [] };
  for (const row of Object.values(rows)) {
    const group = groupOf(row, me);
    if (group === "mine") (row.responsible === "agent" ? all.reply : all.customer).push(row);
    else if (group) all[group].push(row);
  }
  all.reply.sort(by((row) => row.next_action_at));
  all.customer.sort(by((row) => row.last?.at, -1));
  all.queue.sort((a, b) => (a.place ?? 9e9) - (b.place ?? 9e9) || by((row) => row.queued_at)(a, b));
  all.bot.sort((a, b) => risk(b) - risk(a) || by((row) => row.last?.at ?? row.updated_at, -1)(a, b));
  all.wrap_up.sort(by((row) => row.next_action_at));
  return all;
}

/** How likely the bot loses this customer, from what its row says: 0 … 4. */
export function risk(row: Row): number {
  const reasons = row.reasons.length ? 1 : 0;
  return Math.max(0, -(row.mood ?? 0)) + reasons;
}

function by(key: (row: Row) => string | null | undefined, direction = 1) {
  return (a: Row, b: Row) => {
    const x = key(a) ?? "";
    const y = key(b) ?? "";
    return (x < y ? -1 : x > y ? 1 : a.number - b.number) * direction;
  };
}
