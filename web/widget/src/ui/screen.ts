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
