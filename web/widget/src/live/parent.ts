// On the full page: take an identity from the page or app that embeds it. The server lists the sites that may.
import type { Shell } from "../shell/shell.ts";

interface Message {
  type?: unknown;
  jwt?: unknown;
}

/** Tell the parent `{type: "tongxi.ready"}`, listen for `{type: "tongxi.identify", jwt}`; returns what stops it. */
export function listenToParent(shell: Shell): () => void {
  const list = document.querySelector<HTMLMetaElement>('meta[name="tongxi-origins"]')?.content.split(" ") ?? [];
  const heard = (event: MessageEvent<Message | null>): void => {
    const { origin, data } = event;
    if (origin !== location.origin && !list.some((it) => covers(it, origin))) return;
    if (data?.type === "tongxi.identify" && typeof data.jwt === "string") shell.identify(data.jwt);
  };
  addEventListener("message", heard);
  // Says nothing but that somebody listens now; to whom is not known yet.
  if (parent !== window) parent.postMessage({ type: "tongxi.ready" }, "*");
  return () => removeEventListener("message", heard);
}

/** `https://shop.example`, or `https://*.shop.example` for its subdomains. "*" covers nobody: a name must be said. */
function covers(entry: string, origin: string): boolean {
  const [scheme, domain] = entry.split("*.");
  return domain ? origin.startsWith(scheme ?? "") && origin.endsWith(`.${domain}`) : entry === origin;
}
