// Keys of a screen: single letters are off while typing, with ⌘/Ctrl they always work.
import { useEffect, useRef } from "react";

export const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
export const MOD = MAC ? "⌘" : "Ctrl";

export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** `mod+k`, `shift+t`, `alt+ArrowUp`, `n`, `?` … */
export function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const letter = /^[a-z]$/.test(key);
  return [
    (MAC ? event.metaKey : event.ctrlKey) && "mod",
    event.altKey && "alt",
    event.shiftKey && (letter || key.length > 1) && "shift",
    key,
  ]
    .filter(Boolean)
    .join("+");
}

function typing(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
      (target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type)))
  );
}

export function useKeys(keys: Keys, active = true): void {
  const held = useRef(keys);
  held.current = keys;
  useEffect(() => {
    if (!active) return;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
      const name = nameOf(event);
      const run = held.current[name];
      if (!run || (typing(event) && !name.startsWith("mod+") && !name.startsWith("alt+") && !/^F\d/.test(name))) return;
      if (name === "Enter" && (event.target as HTMLElement).closest("button, a")) return;
      event.preventDefault();
      run(event);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [active]);
}
