// The live state of this tab: one value, changed only through `dispatch`, read with `useLive`.
import { useSyncExternalStore } from "react";
import { apply } from "./apply";
import { EMPTY, type LiveEvent, type LiveState } from "./state";

let state: LiveState = EMPTY;
const listeners = new Set<() => void>();

export function live(): LiveState {
  return state;
}

export function dispatch(event: LiveEvent): LiveState {
  const next = apply(state, event);
  if (next !== state) {
    state = next;
    for (const listener of listeners) listener();
  }
  return state;
}

/** Forgets everything, e.g. when another user signs in. */
export function reset(): void {
  state = EMPTY;
  for (const listener of listeners) listener();
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A part of the live state; `select` must return what the state holds, not something new. */
export function useLive<T>(select: (state: LiveState) => T): T {
  return useSyncExternalStore(subscribe, () => select(state));
}
