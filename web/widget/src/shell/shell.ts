// What the loader hands to the app. Types only: the two bundles share no code, so the loader stays tiny.
import type { Session } from "../../../contract/widget.ts";

export type Locale = "zh" | "en";

export interface Config {
  /** Address of the Tongxi server, ending in "/". */
  base: string;
  inbox: string;
  identity: string | null;
  locale: Locale | null;
  /** "left"; whatever else it says means right. */
  position: string;
  /** "host" follows the page: its `data-theme`, its class `dark`, its background. */
  theme: "light" | "dark" | "system" | "host";
  /** "page" fills the window: /chat, in-app web views. */
  mode: "launcher" | "page";
  /** False when the browser's signals (DNT, GPC) or the site's owner keep page views out. */
  browsing: boolean;
}

/** A refused or failed request; `code` is the server's, or "network". */
export interface Failure {
  code: string;
  status: number;
  detail: string;
  /** Seconds. */
  retryAfter: number | null;
}

export interface Shell {
  readonly config: Config;
  readonly root: ShadowRoot;
  session(): Session;
  locale(): Locale;
  /** Those the inbox offers. */
  locales(): Locale[];
  setLocale(locale: Locale): void;
  /** Calls `/api/v1/widget/<path>`; renews the session once when its token is refused. Rejects with a `Failure`. */
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Gets a new token; rejects with a `Failure`. */
  renew(): Promise<Session>;
  identify(jwt: string): void;
  /** Adds styles to the shadow root. */
  style(css: string): void;
  /** Shows on the launcher; 0 hides the count. */
  setUnread(count: number): void;
  setHolder(kind: "bot" | "queue" | "agent" | "nobody"): void;
  /** The app was opened or closed: launcher, focus and the host are told. */
  opened(open: boolean): void;
  emit(event: string, detail?: unknown): void;
}

/** What the app gives back. */
export interface App {
  open(): void;
  close(): void;
  /** The session changed: other contact, other locale, new token. */
  renewed(session: Session): void;
  destroy(): void;
}
