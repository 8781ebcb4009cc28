import type { HolderKind } from "../../../contract/widget.ts";

// Drawn on 20 units, stroked.
const PATHS = {
  person: "M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 17c0-3.4 2.6-5.4 6-5.4s6 2 6 5.4",
  down: "M4 7l6 6 6-6",
  more: "M4.5 10v.01M10 10v.01M15.5 10v.01",
  book: "M10 5.5C8.5 4.3 6.5 4 3.5 4v11c3 0 5 .3 6.5 1.5 1.5-1.2 3.5-1.5 6.5-1.5V4c-3 0-5 .3-6.5 1.5zM10 5.5v11",
  box: "M3 6.5L10 3l7 3.5v7L10 17l-7-3.5zM3 6.5l7 3.5 7-3.5M10 10v7",
  check: "M4 10.5l4 4 8-9",
  phone: "M5 3.5h3l1 4-2 1.3a9 9 0 0 0 4.2 4.2l1.3-2 4 1v3c0 1-1 1.5-2 1.5C9 16.5 3.5 11 3.5 5.5c0-1.2.5-2 1.5-2z",
  message: "M3 5h14v9.5H9.5L6 17.5v-3H3z",
  plus: "M10 4v12M4 10h12",
  send: "M3.5 10.2L16.5 4l-4.2 12.5-3-5.3zM9.3 11.2L16.5 4",
  close: "M5 5l10 10M15 5L5 15",
  clock: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM10 6.5V10l2.5 1.5",
  file: "M5 3h6.5L15 6.5V17H5zM11.5 3v3.5H15",
  warn: "M10 3.5l7 12.5H3zM10 8.5v3.5M10 14.2v.01",
  image: "M3 4.5h14v11H3zM3 13l4-4 3.5 3.5 2-2L17 14M13 7.6v.1",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, small = false }: { name: IconName; small?: boolean }) {
  return (
    <svg class={small ? "ic s" : "ic"} viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The seat glyph: who holds the conversation, told by shape as well as by colour. */
export function Glyph({ kind }: { kind: HolderKind }) {
  return (
    <svg class={`seat c-${kind}`} viewBox="0 0 16 16" aria-hidden="true">
      {kind === "bot" && <path class="o" d="M3.9 9a4.1 4.1 0 0 1 8.2 0" />}
      {kind === "queue" && [3.6, 8, 12.4].map((x) => <circle key={x} class="f" cx={x} cy="7.8" r="1.5" />)}
      {kind === "agent" && <path class="f" d="M3 9.3a5 5 0 0 1 10 0z" />}
      <path class="o" d="M1.5 12h13" />
    </svg>
  );
}
