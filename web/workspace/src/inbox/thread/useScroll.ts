import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 48;

/**
 * Scrolling of a log: new entries follow only a reader who is at the end, older ones push nothing away.
 * `first` and `last` are the `seq` at both ends, `own` the number of own entries still on their way.
 */
export function useScroll(box: RefObject<HTMLDivElement | null>, first: number, last: number, own: number) {
  const [atEnd, setAtEnd] = useState(true);
  const end = useRef(true);
  const height = useRef(0);
  const before = useRef({ first, own });
  const toEnd = useCallback(() => {
    const el = box.current;
    if (el) el.scrollTop = el.scrollHeight;
  }, [box]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: both ends are what this effect is about
  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    if (before.current.first > first && height.current) el.scrollTop += el.scrollHeight - height.current;
    else if (end.current || own > before.current.own) toEnd();
    before.current = { first, own };
    height.current = el.scrollHeight;
  }, [first, last, own, toEnd, box]);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    const scrolled = () => {
      end.current = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_PX;
      setAtEnd(end.current);
    };
    // The composer grows, images arrive, the window changes: the end stays the end.
    const observer = new ResizeObserver(() => {
      if (end.current) toEnd();
      height.current = el.scrollHeight;
    });
    observer.observe(el);
    if (el.firstElementChild) observer.observe(el.firstElementChild);
    el.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      observer.disconnect();
      el.removeEventListener("scroll", scrolled);
    };
  }, [box, toEnd]);
  return { atEnd, toEnd };
}
