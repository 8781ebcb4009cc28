// Text other panes put into the composer of the open conversation, with the pictures that belong to it; it is never
// sent by that.
import type { Media } from "../../../../contract/agent";

type Listener = (text: string, media: Media[]) => void;
const listeners = new Set<Listener>();

export function insertText(text: string, media: Media[] = []): void {
  for (const listener of listeners) listener(text, media);
}

export function onInsert(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
