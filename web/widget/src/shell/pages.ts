// Which page the customer is on, also when a single-page site changes it without loading.
import type { Page } from "../../../contract/widget.ts";

const SETTLE_MS = 600;

/** The page as it is now. A fragment is kept only when it is a route (`#/…`): others may carry secrets. */
export function currentPage(): Page {
  const route = /^#!?\//.test(location.hash) ? location.hash : "";
  return {
    url: (location.origin + location.pathname + location.search + route).slice(0, 2000),
    title: document.title.slice(0, 300),
    referrer: document.referrer.slice(0, 2000),
  };
}

/** Call `seen` once for every later page of this document; returns what stops it. */
export function observePages(seen: (page: Page) => void): () => void {
  let last = currentPage().url;
  let timer = 0;
  // The title usually follows the address by a moment.
  const look = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      const page = currentPage();
      if (page.url === last) return;
      seen({ ...page, referrer: last });
      last = page.url;
    }, SETTLE_MS);
  };
  const undo = (["pushState", "replaceState"] as const).map((name) => {
    const original = history[name];
    const wrapped: typeof original = function (this: History, ...args) {
      original.apply(this, args);
      look();
    };
    history[name] = wrapped;
    return () => {
      if (history[name] === wrapped) history[name] = original;
    };
  });
  addEventListener("popstate", look);
  addEventListener("hashchange", look);
  return () => {
    clearTimeout(timer);
    for (const step of undo) step();
    removeEventListener("popstate", look);
    removeEventListener("hashchange", look);
  };
}
