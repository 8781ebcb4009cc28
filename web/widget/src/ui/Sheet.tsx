// A question over the thread: takes the focus, keeps it, gives it back. Esc or the veil puts it away.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { keepInside } from "./screen.ts";
import css from "./sheets.css?inline";
import { style } from "./styled.ts";

interface Props {
  title: string;
  aside?: string;
  onClose(): void;
  children: ComponentChildren;
}

export function Sheet({ title, aside, onClose, children }: Props) {
  style(css);
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
