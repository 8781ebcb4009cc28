// Small shared pieces: who, how urgent, how it went so far.
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { HolderKind, Row } from "../../../contract/agent";
import { useNow } from "./time";

export function Avatar({ name, tone = "", size = "" }: { name: string; tone?: "" | "n"; size?: "" | "s" | "l" }) {
  const initial = [...name.trim()][0]?.toUpperCase() ?? "·";
  return (
    <span className={`avatar ${tone} ${size}`} aria-hidden="true">
      {initial}
    </span>
  );
}

/** Shares of time with bot, queue, agent, the last one growing while it lasts; said in words to those who do not see it. */
export function Strip({ row }: { row: Pick<Row, "seats" | "state" | "created_at" | "updated_at"> }) {
  const { t } = useTranslation();
  const now = useNow();
  const seats = grown(row, now);
  const total = seats.reduce((sum, [, share]) => sum + share, 0);
  if (!total) return null;
  const words = seats.map(([kind, share]) => `${t(`seat.${kind}`)} ${Math.round((share / total) * 100)}%`).join(" · ");
  return (
    <span className="strip" role="img" aria-label={words} title={words}>
      {seats.map(([kind, share], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a stretch of time is its position
        <i key={i} className={kind} style={{ flex: share }} />
      ))}
    </span>
  );
}

/** The shares as of `now` (ms): the server's end at `updated_at`. */
export function grown(
  { seats, state, created_at, updated_at }: Pick<Row, "seats" | "state" | "created_at" | "updated_at">,
  now: number,
): [HolderKind, number][] {
  const last = seats.at(-1);
  if (!last || state === "wrap_up" || state === "closed") return seats;
  const told = Date.parse(updated_at);
  const since = Math.max(0, now - told) / Math.max(1, told - Date.parse(created_at));
  return [...seats.slice(0, -1), [last[0], last[1] + since]];
}

/** A membership level the shop gave; one that has no text here is shown as it is. */
export function Tier({ code }: { code: string }) {
  const { t } = useTranslation();
  return code ? <span className="chip line">{t(`tier.${code}`, { defaultValue: code })}</span> : null;
}

/** −3 angry … 2 delighted, as a word. Nothing for a neutral mood. */
export function Mood({ level }: { level: number | null | undefined }) {
  const { t } = useTranslation();
  if (!level) return null;
  const tone = level <= -2 ? "danger" : level < 0 ? "warn" : "good";
  return <span className={`chip ${tone}`}>{t(`mood.${Math.max(-3, Math.min(2, level))}`)}</span>;
}

/** Time left until a deadline: a ring that empties, a figure, and a word once it is over. Seconds. */
export function Clock({ left, total }: { left: number; total: number }) {
  const { t } = useTranslation();
  const share = total > 0 ? Math.max(0, Math.min(1, left / total)) : 0;
  const over = left <= 0;
  const size = Math.abs(left);
  const figure = `${Math.floor(size / 60)}:${String(Math.floor(size % 60)).padStart(2, "0")}`;
  return (
    <span className={`clk ${over ? "danger" : left < 60 ? "warn" : ""}`}>
      <svg className="ring" viewBox="0 0 14 14" aria-hidden="true">
        <circle cx="7" cy="7" r="5.5" />
        <circle className="v" cx="7" cy="7" r="5.5" strokeDasharray={`${over ? 34.6 : share * 34.6} 34.6`} />
      </svg>
      {over ? t("clock.over", { time: figure }) : figure}
    </span>
  );
}

/** A button with a list of choices below (or above) it. */
export function Menu({
  label,
  className,
  title,
  above = false,
  children,
}: {
  label: ReactNode;
  className: string;
  title: string;
  above?: boolean;
  children: (close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>(".menu :is(button, a)")?.focus();
    const away = (event: MouseEvent) => !box.current?.contains(event.target as Node) && setOpen(false);
    document.addEventListener("mousedown", away);
    return () => document.removeEventListener("mousedown", away);
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons inside bubble up to here
    <div
      ref={box}
      style={{ position: "relative", flex: "none" }}
      onKeyDown={(event) => {
        if (!open) return;
        if (event.key === "Escape") {
          event.stopPropagation();
          setOpen(false);
          box.current?.querySelector("button")?.focus();
        }
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        const items = [...(box.current?.querySelectorAll<HTMLElement>(".menu :is(button, a)") ?? [])];
        const at = items.indexOf(document.activeElement as HTMLElement);
        items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length]?.focus();
      }}
    >
      <button
        type="button"
        className={className}
        aria-haspopup="true"
        aria-expanded={open}
        aria-controls={id}
        title={title}
        aria-label={title}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <div
          id={id}
          className="menu"
          style={above ? { bottom: "calc(100% + 4px)", left: 0 } : { top: "calc(100% + 4px)", right: 0 }}
        >
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  );
}
