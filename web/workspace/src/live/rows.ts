// How lists of rows are taken into the live state. Pure.
import type { Row } from "../../../contract/agent";
import { type Group, groupOf } from "./groups";
import type { LiveState } from "./state";

/** So many rows are kept before closed ones are let go. */
const MOST = 2_000;

/** Lets go of closed conversations nobody looks at; a busy day has thousands. */
export function prune(state: LiveState): LiveState {
  const all = Object.values(state.rows);
  if (all.length <= MOST) return state;
  const kept = all.filter((row) => row.state !== "closed" || state.threads[row.id]);
  return { ...state, rows: Object.fromEntries(kept.map((row) => [row.id, row])) };
}

/** Clocks of server and screen agree to this, ms. */
const SKEW_MS = 2_000;

/**
 * Older rows never replace newer ones: HTTP answers and frames overtake each other. A complete list of a group, as of
 * a moment, also tells what has left the group since this client heard of it.
 */
export function rows(state: LiveState, news: Row[], complete: { group?: Group; asOf?: number } = {}): LiveState {
  const next = { ...state.rows };
  let changed = false;
  if (complete.group && complete.asOf !== undefined) {
    const listed = new Set(news.map((row) => row.id));
    for (const row of Object.values(next)) {
      const settled = Date.parse(row.updated_at) < complete.asOf - SKEW_MS;
      if (
        listed.has(row.id) ||
        !settled ||
        state.threads[row.id] ||
        groupOf(row, state.me?.id ?? "") !== complete.group
      )
        continue;
      delete next[row.id];
      changed = true;
    }
  }
  for (const row of news) {
    const held = next[row.id];
    if (held && held.seq > row.seq) continue;
    next[row.id] = held ? { ...held, ...row } : row;
    changed = true;
  }
  return changed ? { ...state, rows: next } : state;
}
