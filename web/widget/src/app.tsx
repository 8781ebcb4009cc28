// The app: loaded by the loader when it is wanted, drawn into the shadow root next to the launcher.
import { render } from "preact";
import type { Session } from "../../contract/widget.ts";
import { Client } from "./live/client.ts";
import { listenToParent } from "./live/parent.ts";
import type { App, Shell } from "./shell/shell.ts";
import { speak, tag } from "./text/words.ts";
import { Panel } from "./ui/Panel.tsx";
import css from "./ui/style.css?inline";

const IDLE_MS = 60_000;

export function mount(shell: Shell): App {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shell.root.adoptedStyleSheets = [...shell.root.adoptedStyleSheets, sheet];
  const box = document.createElement("div");
  // Before the launcher: the focus goes from the dialog on to it, not back.
  shell.root.prepend(box);

  const client = new Client(shell);
  let open = false;
  let spoken = false;
  let alive = true;

  const draw = (): void => {
    if (!spoken || !alive) return;
    render(
      <Panel
        shell={shell}
        client={client}
        open={open}
        locale={shell.locale()}
        onClose={() => show(false)}
        onLocale={(locale) => {
          shell.setLocale(locale);
          void say();
        }}
      />,
      box,
    );
  };
  const say = async (): Promise<void> => {
    await speak(shell.locale());
    if (shell.config.mode === "page") document.documentElement.lang = tag();
    spoken = true;
    draw();
  };
  const show = (on: boolean): void => {
    if (open === on) return;
    open = on;
    if (on) client.start();
    lockPage(on);
    draw();
    shell.opened(on);
  };
  // A closed window over a finished conversation needs no connection.
  const idle = setInterval(() => {
    if (!open && !client.ongoing) client.stop();
  }, IDLE_MS);
  // The host sees the keys as pressed on <tongxi-widget>: its shortcuts must not fire while somebody writes here.
  for (const type of ["keydown", "keypress", "keyup"]) box.addEventListener(type, (event) => event.stopPropagation());

  const stopListening = shell.config.mode === "page" ? listenToParent(shell) : null;
  client.start();
  void say();

  return {
    open: () => show(true),
    close: () => show(false),
    renewed(session: Session) {
      client.renewed(session);
      void say();
    },
    destroy() {
      alive = false;
      stopListening?.();
      lockPage(false);
      clearInterval(idle);
      client.destroy();
      render(null, box);
    },
  };
}

let overflow: string | null = null;

/** Under the full-screen sheet of a phone the page must not scroll. */
function lockPage(on: boolean): void {
  const { style } = document.documentElement;
  if (on && overflow === null && matchMedia("(max-width: 599px)").matches) {
    overflow = style.overflow;
    style.overflow = "hidden";
  } else if (!on && overflow !== null) {
    style.overflow = overflow;
    overflow = null;
  }
}
