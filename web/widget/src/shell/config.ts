import type { Config, Locale } from "./shell.ts";

const THEMES = ["light", "dark", "system"] as const;

/** Read what the `<script>` line says; on the full page (`/chat`) the address says it. Null without an inbox. */
export function readConfig(script: HTMLScriptElement): Config | null {
  const data = script.dataset;
  const page = data.mode === "page";
  const query = new URLSearchParams(page ? location.search : "");
  const inbox = query.get("inbox") || data.inbox || "";
  if (!inbox) return null;
  const theme = query.get("theme") || data.theme;
  return {
    base: new URL(".", script.src).href,
    inbox,
    identity: (page ? takeFragment("identity") : null) || data.identity || null,
    locale: asLocale(query.get("locale") || data.locale),
    position: data.position ?? "right",
    theme: THEMES.find((it) => it === theme) ?? (page ? "system" : "host"),
    mode: page ? "page" : "launcher",
    browsing: data.browsing !== "off" && !declines(),
  };
}

export function asLocale(tag: string | null | undefined): Locale | null {
  if (!tag) return null;
  return /^zh\b/i.test(tag) ? "zh" : "en";
}

/** Do Not Track and Global Privacy Control count as a no to page views. */
function declines(): boolean {
  const browser = navigator as Navigator & { globalPrivacyControl?: boolean };
  return browser.globalPrivacyControl === true || browser.doNotTrack === "1";
}

/** Take a secret out of the fragment, so that it stays neither in the address bar nor in the history. */
function takeFragment(name: string): string | null {
  const fields = new URLSearchParams(location.hash.slice(1));
  const value = fields.get(name);
  if (value) {
    fields.delete(name);
    const rest = fields.toString();
    history.replaceState(history.state, "", location.pathname + location.search + (rest && `#${rest}`));
  }
  return value;
}
