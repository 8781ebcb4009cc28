// <tongxi-widget>: the shadow root everything lives in, and the round launcher in the shop's colour.
import type { Session } from "../../../contract/widget.ts";
import css from "./launcher.css?inline";
import { launcherWords } from "./launcher-words.ts";
import type { Config, Locale } from "./shell.ts";

const SVG = "http://www.w3.org/2000/svg";
const NEAR_MS = 20 * 3600_000;
// The seat glyphs on 16 units, above the table: who holds the conversation.
const GLYPHS: Record<string, string> = {
  bot: "M3.9 9a4.1 4.1 0 0 1 8.2 0",
  queue: "M3.6 7.8h0M8 7.8h0M12.4 7.8h0",
  agent: "M3 9.3a5 5 0 0 1 10 0z",
};

export interface Frame {
  element: HTMLElement;
  root: ShadowRoot;
  button: HTMLButtonElement;
  /** Take colour and hours from the session, and appear. */
  show(session: Session, firstVisit: boolean): void;
  setLocale(locale: Locale): void;
  setUnread(count: number): void;
  setHolder(kind: string): void;
  setOpen(open: boolean): void;
  /** Tell how the opening goes, in place of the label. */
  say(word?: "opening" | "failed"): void;
  /** Add styles to the shadow root. */
  style(css: string): void;
  remove(): void;
}

export function createFrame(config: Config, locale: Locale): Frame {
  const make = <K extends keyof HTMLElementTagNameMap>(tag: K, look: string): HTMLElementTagNameMap[K] => {
    const node = document.createElement(tag);
    node.className = look;
    return node;
  };
  const element = document.createElement("tongxi-widget");
  const root = element.attachShadow({ mode: "open" });
  const button = make("button", "launcher");
  const label = make("span", "label");
  const badge = make("span", "badge");
  const box = make("div", "launch");
  const system = matchMedia("(prefers-color-scheme: dark)");
  let unread = 0;
  let open = false;
  let hint = "";
  let progress: "opening" | "failed" | undefined;

  const words = (): void => {
    const say = launcherWords[locale];
    element.lang = locale === "zh" ? "zh-CN" : "en";
    button.ariaLabel = open ? say.close : progress ? say[progress] : unread ? say.unread(unread) : say.open;
    button.ariaExpanded = String(open);
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.hidden = !unread || open;
    label.textContent = progress ? say[progress] : hint;
    label.hidden = !label.textContent || open;
  };
  const theme = (): void => {
    const wish = config.theme;
    const dark =
      wish === "host" ? hostIsDark(system.matches) : wish === "dark" || (wish === "system" && system.matches);
    element.dataset.theme = dark ? "dark" : "light";
  };
  const setHolder = (kind: string): void => {
    const draw = (tag: string, name: string, value: string): Element => {
      const node = document.createElementNS(SVG, tag);
      node.setAttribute(name, value);
      return node;
    };
    const svg = draw("svg", "viewBox", "0 0 16 16");
    svg.append(draw("path", "d", "M1.5 12h13"), draw("path", "d", GLYPHS[kind] ?? ""));
    button.replaceChildren(svg, badge);
    button.dataset.holder = kind;
  };

  const style = (text: string): void => {
    try {
      // A constructed sheet, which a strict Content-Security-Policy of the host page allows.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    } catch {
      // Web views of older phones know none.
      root.append(Object.assign(document.createElement("style"), { textContent: text }));
    }
  };
  style(css);
  element.hidden = true;
  element.dataset.position = config.position;
  element.dataset.mode = config.mode;
  button.type = "button";
  button.ariaHasPopup = "dialog";
  // The button says the same, or the window does.
  label.ariaHidden = "true";
  box.append(label, button);
  if (config.mode === "launcher") root.append(box);
  setHolder("bot");
  words();
  theme();
  const watch = new MutationObserver(theme);
  for (const node of [document.documentElement, document.body]) {
    watch.observe(node, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });
  }
  system.addEventListener("change", theme);
  // Beside the body: sites that exchange it on navigation keep the widget.
  document.documentElement.append(element);

  return {
    element,
    root,
    button,
    show({ inbox: { brand_color: colour, hours } }, firstVisit) {
      // Saved only when white reads well on it.
      if (colour && /^#[0-9a-f]{6}$/i.test(colour)) button.style.setProperty("--brand", colour);
      const say = launcherWords[locale];
      hint = hours.opens_at ? say.back(clock(hours.opens_at, element.lang)) : firstVisit ? say.open : "";
      element.hidden = false;
      words();
    },
    setLocale(next) {
      locale = next;
      words();
    },
    setUnread(count) {
      unread = count;
      words();
    },
    setHolder,
    setOpen(now) {
      open = now;
      if (now) hint = "";
      progress = undefined;
      element.toggleAttribute("data-open", now);
      words();
    },
    say(word) {
      progress = word;
      words();
    },
    style,
    remove() {
      watch.disconnect();
      system.removeEventListener("change", theme);
      element.remove();
    },
  };
}

/** Does the host page look dark? Its word counts first, then its background. */
function hostIsDark(system: boolean): boolean {
  const html = document.documentElement;
  const said = html.dataset.theme ?? (html.classList.contains("dark") ? "dark" : "");
  if (said === "dark" || said === "light") return said === "dark";
  for (const node of [document.body, html]) {
    const [r = 0, g = 0, b = 0, alpha] = getComputedStyle(node)
      .backgroundColor.match(/[\d.]+/g)
      ?.map(Number) ?? [0, 0, 0, 0];
    if (alpha !== 0) return 2 * r + 5 * g + b < 1024;
  }
  const scheme = getComputedStyle(html).colorScheme;
  return scheme.includes("dark") && (system || !scheme.includes("light"));
}

function clock(at: string, tag: string): string {
  const time = new Date(at);
  return time.toLocaleTimeString(tag, {
    hour: "numeric",
    minute: "2-digit",
    hourCycle: "h23",
    weekday: +time - Date.now() < NEAR_MS ? undefined : "short",
  });
}
