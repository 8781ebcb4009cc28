// Line icons on 20 units and the seat glyphs on 16, as drawn in the design.
import type { HolderKind } from "../../../contract/agent";

const PATHS = {
  inbox: "M3 5h14v9.5H9.5L6 17.5v-3H3z",
  live: "M3 4h14v12.5H3zM3 9h14M9 9v7.5",
  knowledge: "M10 5.5C8.5 4.3 6.5 4 3.5 4v11c3 0 5 .3 6.5 1.5 1.5-1.2 3.5-1.5 6.5-1.5V4c-3 0-5 .3-6.5 1.5zM10 5.5v11",
  bot: "M4.5 11.5a5.5 5.5 0 0 1 11 0M2.5 15h15",
  tickets: "M3 6h14v2.6a1.6 1.6 0 0 0 0 3V14H3v-2.4a1.6 1.6 0 0 0 0-3zM12.5 6v8",
  settings: "M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
  right: "M7 4l6 6-6 6",
  left: "M13 4l-6 6 6 6",
  down: "M4 7l6 6 6-6",
  close: "M5 5l10 10M15 5L5 15",
  check: "M4 10.5l4 4 8-9",
  dot: "M7.5 10h5",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  clip: "M13.5 6.5l-5.8 5.8a1.5 1.5 0 0 0 2.1 2.1l6-6a3 3 0 0 0-4.2-4.3l-6 6a4.5 4.5 0 0 0 6.3 6.4l4.6-4.6",
  file: "M5 3.5h6.5L15 7v9.5H5zM11.5 3.5V7H15",
  warn: "M10 3.5L17.5 16.5h-15zM10 8.5v4M10 14.6v.1",
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l2.5 2",
  eye: "M2.5 10S5 5.5 10 5.5 17.5 10 17.5 10 15 14.5 10 14.5 2.5 10 2.5 10zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  plus: "M10 4v12M4 10h12",
  copy: "M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7",
  panel: "M3 4h14v12H3zM12.5 4v12",
  rail: "M3 4h14v12H3zM12.5 4v12M14.5 7h.5M14.5 9.5h.5",
  up: "M10 16V5M5.5 9L10 4.5 14.5 9",
  jump: "M10 4v11M5.5 11L10 15.5 14.5 11",
  person: "M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 17c0-3.4 2.6-5.4 6-5.4s6 2 6 5.4",
  sound: "M4 8v4h2.5L10 15V5L6.5 8zM13 7.5a3.5 3.5 0 0 1 0 5M15 5.5a6.5 6.5 0 0 1 0 9",
  mute: "M4 8v4h2.5L10 15V5L6.5 8zM13 8l4 4M17 8l-4 4",
  sun: "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4",
  moon: "M15.5 12.5A6.5 6.5 0 0 1 7.5 4.5a6.5 6.5 0 1 0 8 8z",
  out: "M12 4H4v12h8M8.5 10H17M14 6.5l3.5 3.5-3.5 3.5",
  trash: "M4 6h12M8 6V4h4v2M6 6l.7 10.5h6.6L14 6",
  link: "M8 12l4-4M8.5 6.5l2-2a3.5 3.5 0 0 1 5 5l-2 2M11.5 13.5l-2 2a3.5 3.5 0 0 1-5-5l2-2",
  upload: "M10 13V4M6.5 7L10 3.5 13.5 7M4 13v3.5h12V13",
  refresh: "M3.5 10a6.5 6.5 0 1 0 2-4.7L3.5 7M3.5 3.5V7H7",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = "m" }: { name: IconName; size?: "s" | "m" | "l" }) {
  return (
    <svg className={`ic ${size}`} viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

const TONE = { bot: "ai", queue: "queue", agent: "agent", nobody: "nobody" } as const;

/** Who sits at the table; the shape says it without the colour. */
export function Seat({ of, plain = false }: { of: HolderKind; plain?: boolean }) {
  return (
    <svg className={`seat${plain ? "" : ` c-${TONE[of]}`}`} viewBox="0 0 16 16" aria-hidden="true">
      {of === "bot" && <path className="o" d="M3.9 9a4.1 4.1 0 0 1 8.2 0" />}
      {of === "agent" && <path className="f" d="M3 9.3a5 5 0 0 1 10 0z" />}
      {of === "queue" && [3.6, 8, 12.4].map((x) => <circle key={x} className="f" cx={x} cy="7.8" r="1.5" />)}
      <path className="b" d="M1.5 12h13" />
    </svg>
  );
}

export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 48 48" role="img" aria-label="Tongxi">
      <path d="M7 19a10.5 10.5 0 0 1 21 0" fill="none" stroke="var(--ai-solid)" strokeWidth="5" />
      <rect x="2" y="21.6" width="44" height="4.8" rx="2.4" fill="var(--text)" />
      <path d="M17.5 29h26a13 13 0 0 1-26 0z" fill="var(--agent-solid)" />
    </svg>
  );
}
