// Text other panes put into the composer of the open conversation; it is never sent by that.
type Listener = (text: string) => void;
const listeners = new Set<Listener>();

export function insertText(text: string): void {
  for (const listener of listeners) listener(text);
}

export function onInsert(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
