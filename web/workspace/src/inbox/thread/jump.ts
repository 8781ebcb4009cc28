/** Scrolls to an entry and marks it for a moment; false when it is not loaded. */
export function jumpTo(conversation: string, seq: number): boolean {
  const entry = document.getElementById(entryId(conversation, seq));
  if (!entry) return false;
  entry.scrollIntoView({ block: "center" });
  entry.classList.remove("found");
  void entry.offsetWidth; // restarts the animation
  entry.classList.add("found");
  entry.tabIndex = -1;
  entry.focus({ preventScroll: true });
  return true;
}

export function entryId(conversation: string, seq: number): string {
  return `e-${conversation}-${seq}`;
}
