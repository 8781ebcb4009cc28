// Where the keyboard is. It is never lost: when what had it is gone, the pane it stood in has it.
import { useEffect } from "react";

const PANE = "[data-pane], dialog, main";

function nowhere(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function take(element: HTMLElement | null | undefined): void {
  if (!element) return;
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/** Gives the keyboard to `element`, unless something smaller than a pane has it. */
export function focusIfFree(element: HTMLElement | null): void {
  if (nowhere() || document.activeElement?.matches("[data-pane]")) take(element);
}

/** For the whole screen: keeps the keyboard when its element is removed or busy; Escape leaves a text field. */
export function useKeptFocus(): void {
  useEffect(() => {
    let last: HTMLElement | null = null;
    let pane: HTMLElement | null = null;
    const came = (event: FocusEvent) => {
      last = event.target instanceof HTMLElement ? event.target : null;
      pane = last?.closest<HTMLElement>(PANE) ?? null;
    };
    // A click beside everything is meant; what it hits takes the focus afterwards.
    const clicked = () => {
      last = null;
    };
    const look = new MutationObserver(() => {
      if (!last || !nowhere()) return;
      if (!last.isConnected) {
        last = null;
        take(pane?.isConnected ? pane : document.querySelector<HTMLElement>("main"));
      } else if (!last.matches(":disabled")) last.focus({ preventScroll: true });
    });
    look.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });
    const leave = (event: KeyboardEvent) => {
      const field = event.target;
      if (event.key !== "Escape" || event.isComposing || !(field instanceof HTMLElement)) return;
      if (!field.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
      take(field.closest<HTMLElement>(PANE));
    };
    document.addEventListener("focusin", came);
    document.addEventListener("pointerdown", clicked, true);
    window.addEventListener("keydown", leave);
    return () => {
      look.disconnect();
      document.removeEventListener("focusin", came);
      document.removeEventListener("pointerdown", clicked, true);
      window.removeEventListener("keydown", leave);
    };
  }, []);
}
