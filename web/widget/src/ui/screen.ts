import { useLayoutEffect } from "preact/hooks";

/** The window covers the whole screen. */
export function isPhone(): boolean {
  return matchMedia("(max-width: 599px)").matches;
}

/** On phones the keyboard covers the window; the panel takes what the browser says is left. */
export function useKeyboardSpace(box: { current: HTMLElement | null }, open: boolean): void {
  useLayoutEffect(() => {
    const port = window.visualViewport;
    if (!open || !port) return;
    const measure = (): void => {
      // Who has zoomed in with two fingers looks at a part of it; the window stays as it is.
      if (port.scale > 1.01) return;
      box.current?.style.setProperty("--port-height", `${port.height}px`);
      box.current?.style.setProperty("--port-top", `${port.offsetTop}px`);
    };
    measure();
    port.addEventListener("resize", measure);
    port.addEventListener("scroll", measure);
    return () => {
      port.removeEventListener("resize", measure);
      port.removeEventListener("scroll", measure);
    };
  }, [open]);
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
