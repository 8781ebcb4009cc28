// The app: loaded by the loader when it is wanted, drawn into the shadow root next to the launcher.
import { render } from "preact";
import type { Session } from "../../contract/widget.ts";
import { Client } from "./live/client.ts";
import { listenToParent } from "./live/parent.ts";
import type { App, Shell } from "./shell/shell.ts";
import { speak, tag } from "./text/words.ts";
import { Panel } from "./ui/Panel.tsx";
import css from "./ui/style.css?inline";
import { style, styleWith } from "./ui/styled.ts";

const IDLE_MS = 60_000;

/** Rejects when the words cannot be had; nothing is there then, and another try may come. */
export async function mount(shell: Shell): Promise<App> {
  await speak(shell.locale());
  styleWith(shell.style);
  style(css);
  const box = document.createElement("div");
  // Before the launcher: the focus goes from the dialog on to it, not back.
  shell.root.prepend(box);

  const client = new Client(shell);
  let open = false;
  let alive = true;

  const draw = (): void => {
    if (!alive) return;
    render(
      <Panel
        shell={shell}
        client={client}
        open={open}
        locale={shell.locale()}
        onClose={() => show(false)}
        onLocale={(locale) => {
          shell.setLocale(locale);
          say();
        }}
      />,
      box,
    );
  };
  const say = (): void => {
    // Words that do not come leave those that are there.
    void speak(shell.locale())
      .catch(() => undefined)
      .then(() => {
        if (shell.config.mode === "page") document.documentElement.lang = tag();
        draw();
      });
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
  say();

  return {
    open: () => show(true),
    close: () => show(false),
    renewed(session: Session) {
      client.renewed(session);
      say();
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
