import { useRouter } from "@tanstack/react-router";
import { type RefCallback, useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";

/** `value` once it has not changed for `ms`. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
  );
}

/** The title of the browser tab while a screen is open. */
export function useTitle(title: string): void {
  useEffect(() => {
    const before = document.title;
    document.title = title;
    return () => {
      document.title = before;
    };
  }, [title]);
}

/** Whether a box is wide enough for what stands in it; the first value is the `ref` of the box. */
export function useFit(): [RefCallback<HTMLElement>, boolean] {
  const [fits, setFits] = useState(false);
  const watch = useCallback((node: HTMLElement | null) => {
    if (!node) return undefined;
    const look = new ResizeObserver(() => setFits(node.scrollWidth <= node.clientWidth));
    for (const each of [node, ...node.children]) look.observe(each);
    return () => look.disconnect();
  }, []);
  return [watch, fits];
}

/** The `ref` for the end of a list: calls `show` shortly before it comes into sight. */
export function useMore(show: () => void): RefCallback<HTMLElement> {
  const act = useRef(show);
  act.current = show;
  return useCallback((node: HTMLElement | null) => {
    if (!node) return undefined;
    const look = new IntersectionObserver(([entry]) => entry?.isIntersecting && act.current(), {
      rootMargin: "600px",
    });
    look.observe(node);
    return () => look.disconnect();
  }, []);
}

/** The `ref` of a row of tabs that may be wider than the screen: the current one is always in sight. */
export function useCurrentInSight(current: string | undefined): RefCallback<HTMLElement> {
  const [row, setRow] = useState<HTMLElement | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is current
  useEffect(() => {
    row?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [row, current]);
  return setRow;
}

/** `mark()` before something slow gives a question: is the person still where they were? Whoever went on stays there. */
export function useWhereabouts(): () => () => boolean {
  const router = useRouter();
  return useCallback(() => {
    const from = router.latestLocation.pathname;
    return () => router.latestLocation.pathname === from;
  }, [router]);
}
