// Which page the customer is on, also when a single-page site changes it without loading.
import type { Page } from "../../../contract/widget.ts";

const LOOK_MS = 700;

/** The page as it is now. A fragment is kept only when it is a route (`#/…`): others may carry secrets. */
export function currentPage(): Page {
  const route = /^#!?\//.test(location.hash) ? location.hash : "";
  return {
    url: (location.origin + location.pathname + location.search + route).slice(0, 2000),
    title: document.title.slice(0, 300),
    referrer: document.referrer.slice(0, 2000),
  };
}

/** Call `seen` once for every page of this document after `last`; returns what stops it. */
export function observePages(last: string, seen: (page: Page) => void): () => void {
  let before = last;
  // Looking on leaves the page's own history functions alone; and a page counts once its title had time to follow.
  const timer = setInterval(() => {
    const page = currentPage();
    if (page.url !== last && page.url === before) {
      seen({ ...page, referrer: last });
      last = page.url;
    }
    before = page.url;
  }, LOOK_MS);
  return () => clearInterval(timer);
}
