import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";

/** Copies `text`; says so, also to screen readers. Works without the clipboard API, which plain HTTP lacks. */
export function CopyButton({ text, label, big = false }: { text: string; label: string; big?: boolean }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className={big ? "btn" : "btn s"}
      onClick={() => void copy(text).then(() => setDone(true), () => setDone(false))}
      title={t("ui.copy")}
    >
      <Icon name={done ? "check" : "copy"} size="s" />
      <span aria-live="polite">{done ? t("ui.copied") : label}</span>
    </button>
  );
}

async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const held = document.activeElement as HTMLElement | null;
  const area = document.createElement("textarea");
  area.value = text;
  // Beside an open dialog everything is out of reach.
  (held?.closest("dialog") ?? document.body).append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  held?.focus();
  if (!copied) throw new Error("the browser copies nothing");
}
