// A question over the thread: takes the focus, keeps it, gives it back. Esc or the veil puts it away.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  title: string;
  aside?: string;
  onClose(): void;
  children: ComponentChildren;
}

export function Sheet({ title, aside, onClose, children }: Props) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const root = box.current?.getRootNode() as ShadowRoot;
    const before = root.activeElement as HTMLElement | null;
    box.current?.focus({ preventScroll: true });
    return () => before?.isConnected && before.focus({ preventScroll: true });
  }, []);
  return (
    <div class="over">
      {/* Esc and the buttons do the same for the keyboard. */}
      <div class="veil" role="presentation" onPointerDown={onClose} />
      <section
        ref={box}
        class="sheet"
        role="dialog"
        aria-modal="true"
        aria-label={title}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            onClose();
          } else if (event.key === "Tab") {
            event.stopPropagation();
            keepInside(box.current, event);
          }
        }}
      >
        <span class="grab" />
        <div class="sheet-head">
          <h3>{title}</h3>
          {aside && <small>{aside}</small>}
        </div>
        {children}
      </section>
    </div>
  );
}

/** Send Tab from the last control to the first and back. */
export function keepInside(box: HTMLElement | null, event: KeyboardEvent): void {
  if (!box) return;
  const all = [
    ...box.querySelectorAll<HTMLElement>("button:not(:disabled), a[href], input, textarea, select, summary"),
  ].filter((node) => node.offsetParent !== null || node.getClientRects().length > 0);
  const active = (box.getRootNode() as ShadowRoot).activeElement;
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (active !== edge && active !== box) return;
  if (active === box && !event.shiftKey) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}
