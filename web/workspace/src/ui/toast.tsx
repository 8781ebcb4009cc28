import { useEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";

export interface Toast {
  id: number;
  text: string;
  tone?: "warn" | "good";
  action?: { label: string; run: () => void };
  /** What it is about; news of the same thing takes its place. */
  about?: string;
}

const LIFE_MS = 8_000;
let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function toast(text: string, more: Omit<Toast, "id" | "text"> = {}): void {
  const id = ++last;
  const others = toasts.filter((each) => each.text !== text && (!more.about || each.about !== more.about));
  set([...others, { id, text, ...more }]);
  setTimeout(() => dismiss(id), LIFE_MS);
}

/** Takes back what was said about something: whoever looks at it needs no news of it. */
export function seen(about: string): void {
  if (toasts.some((each) => each.about === about)) set(toasts.filter((each) => each.about !== about));
}

function dismiss(id: number): void {
  set(toasts.filter((each) => each.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Short news at the lower edge, beside the buttons forms end in; a popover, so that it also shows above an open dialog. */
export function Toasts() {
  const { t } = useTranslation();
  const list = useSyncExternalStore(subscribe, () => toasts);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = ref.current;
    if (!box?.showPopover) return;
    if (box.matches(":popover-open")) box.hidePopover();
    if (list.length) box.showPopover();
  }, [list]);
  return (
    <div ref={ref} className="toasts" popover="manual" role="status" aria-live="polite">
      {list.map((each) => (
        <div key={each.id} className="toast">
          {each.tone && (
            <span className={each.tone === "warn" ? "c-warn" : "c-good"}>
              <Icon name={each.tone === "warn" ? "warn" : "check"} size="s" />
            </span>
          )}
          <span className="grow">{each.text}</span>
          {each.action && (
            <button
              type="button"
              className="btn s"
              onClick={() => {
                each.action?.run();
                dismiss(each.id);
              }}
            >
              {each.action.label}
            </button>
          )}
          <button type="button" className="btn quiet icon" aria-label={t("ui.close")} onClick={() => dismiss(each.id)}>
            <Icon name="close" size="s" />
          </button>
        </div>
      ))}
    </div>
  );
}
