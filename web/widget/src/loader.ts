// The one script a host page includes: session, launcher, page views. The app itself comes with the first opening,
// or by itself when a conversation is under way. Built as a classic script; it shares no chunk with the app.
import type { Session } from "../../contract/widget.ts";
import { asLocale, readConfig } from "./shell/config.ts";
import { createFrame } from "./shell/element.ts";
import { keep } from "./shell/kept.ts";
import { currentPage, observePages } from "./shell/pages.ts";
import { createSessions } from "./shell/session.ts";
import type { App, Config, Failure, Shell } from "./shell/shell.ts";

type Listener = (detail: unknown) => void;
type Call = [name: "open" | "close" | "identify" | "shutdown" | "on", ...args: unknown[]];

/** `window.Tongxi`: before the script is there an array to push calls to, afterwards this. */
export interface TongxiApi {
  open(): void;
  close(): void;
  /** Speak as the customer a signed token names. */
  identify(jwt: string): void;
  /** Sign out and leave the page: for the host's own sign-out. */
  shutdown(): Promise<void>;
  /** Events: ready, open, close, unread, message, state, identity_invalid, error. Returns what stops listening. */
  on(event: string, listener: Listener): () => void;
  push(...calls: Call[]): void;
}

declare global {
  interface Window {
    Tongxi?: TongxiApi | Call[];
  }
}

/** Path of the app below the server's address; the build fills it in. */
declare const __APP__: string;

const LONGEST_MS = 30_000;
const LATE_MS = 300;

function start(config: Config): TongxiApi {
  const kept = keep(config.inbox);
  const listeners: Record<string, Set<Listener>> = {};
  const emit = (event: string, detail?: unknown): void => {
    for (const listener of listeners[event] ?? []) listener(detail);
  };

  let app: Promise<App> | null = null;
  let mounted: App | null = null;
  let wanted = config.mode === "page";
  let gone = false;
  let unread = 0;
  let told = "";
  let stopPages = (): void => {};

  // The customer's choice goes first, until the site itself speaks another language. Our own page has no language.
  const choice = `locale:${config.locale ?? ""}`;
  const locale =
    asLocale(kept.get(choice)) ??
    config.locale ??
    asLocale((config.mode === "launcher" && document.documentElement.lang) || navigator.language) ??
    "en";
  const frame = createFrame(config, locale);
  const sessions = createSessions(
    config,
    kept,
    locale,
    () => {
      const page = currentPage();
      told = page.url;
      return page;
    },
    (session) => {
      const offered = shell.locales();
      if (!offered.includes(sessions.locale)) sessions.locale = offered[0] ?? "en";
      frame.setLocale(sessions.locale);
      mounted?.renewed(session);
    },
    () => emit("identity_invalid"),
  );

  const shell: Shell = {
    config,
    root: frame.root,
    session: () => sessions.current as Session,
    locale: () => sessions.locale,
    locales: () => [...new Set(shell.session().inbox.locales.flatMap((tag) => asLocale(tag) ?? []))],
    setLocale(next) {
      sessions.locale = next;
      frame.setLocale(next);
      kept.set(choice, next);
      sessions.renew().catch(() => undefined);
    },
    request: sessions.request,
    renew: sessions.renew,
    identify: (jwt) => api.identify(jwt),
    style: frame.style,
    setUnread(count) {
      if (count === unread) return;
      unread = count;
      frame.setUnread(count);
      emit("unread", count);
    },
    setHolder: frame.setHolder,
    opened(open) {
      frame.setOpen(open);
      if (!open) frame.button.focus({ preventScroll: true });
      emit(open ? "open" : "close");
    },
    emit,
  };

  const fetchApp = async (): Promise<App> => {
    try {
      // The full address: in a classic script of another origin a relative one has no base.
      const module = (await import(/* @vite-ignore */ config.base + __APP__)) as typeof import("./app.tsx");
      mounted = await module.mount(shell);
      if (gone) mounted.destroy();
      return mounted;
    } catch (error) {
      // A failed download may be tried again with the next click.
      app = null;
      console.warn("Tongxi:", error);
      throw error;
    }
  };
  const load = (): Promise<App> => {
    app ??= fetchApp();
    return app;
  };

  const api: TongxiApi = {
    open() {
      wanted = true;
      if (!sessions.current) return;
      const late = setTimeout(frame.say, LATE_MS, "opening");
      load().then(
        (it) => {
          clearTimeout(late);
          frame.say();
          if (wanted) it.open();
        },
        (error) => {
          clearTimeout(late);
          frame.say("failed");
          emit("error", error);
        },
      );
    },
    close() {
      wanted = false;
      mounted?.close();
    },
    identify(jwt) {
      sessions.identify(jwt).catch((error) => emit("error", error));
    },
    async shutdown() {
      gone = true;
      stopPages();
      mounted?.destroy();
      frame.remove();
      delete window.Tongxi;
      await sessions.end();
    },
    on(event, listener) {
      listeners[event] = (listeners[event] ?? new Set()).add(listener);
      return () => listeners[event]?.delete(listener);
    },
    push(...calls) {
      for (const [name, ...args] of calls) (api[name] as ((...args: unknown[]) => unknown) | undefined)?.(...args);
    },
  };

  frame.button.addEventListener("click", () => {
    if (frame.element.hasAttribute("data-open")) api.close();
    else api.open();
  });

  const ready = ({ conversation: talk }: Session): void => {
    frame.show(shell.session(), !kept.get("seen"));
    kept.set("seen", "1");
    if (config.browsing && config.mode === "launcher") {
      stopPages = observePages(told, (page) => {
        if (!sessions.current?.browsing_opt_out) sessions.request("POST", "pages", page).catch(() => undefined);
      });
    }
    emit("ready");
    const ongoing = talk && (/queued|active/.test(talk.state) || talk.seq > talk.customer_read_seq);
    if (wanted) api.open();
    else if (ongoing || kept.get("unsent")) load().catch(() => undefined);
  };
  const begin = async (): Promise<void> => {
    for (let delay = 1000; !gone; delay = Math.min(delay * 2, LONGEST_MS)) {
      try {
        const session = await sessions.renew();
        if (!gone) ready(session);
        return;
      } catch (error) {
        const { code, status, retryAfter } = error as Failure;
        emit("error", error);
        // A site that is not allowed looks like a network fault: the browser hides the answer.
        console.warn(`Tongxi: ${code}`);
        // On the page of its own there is nothing else to see.
        document.getElementById("tongxi-late")?.removeAttribute("hidden");
        if (status && status < 500 && status !== 429) return;
        const wait = Math.max((retryAfter ?? 0) * 1000, Math.random() * delay);
        await new Promise((done) => setTimeout(done, wait));
      }
    }
  };
  void begin();
  return api;
}

const script = document.currentScript as HTMLScriptElement | null;
if (script) {
  const run = (): void => {
    const waiting = window.Tongxi;
    // A page has one window: a second script line changes nothing.
    if (waiting && !Array.isArray(waiting)) return;
    const config = readConfig(script);
    if (!config) {
      console.warn("Tongxi: data-inbox is missing");
      return;
    }
    const api = start(config);
    window.Tongxi = api;
    api.push(...(waiting ?? []));
  };
  if (document.body) run();
  else addEventListener("DOMContentLoaded", run);
}
