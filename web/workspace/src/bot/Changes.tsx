import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Change } from "./model";

/** What differs between two versions: field, before, after. */
export function Changes({ changes }: { changes: Change[] }) {
  const { t } = useTranslation();
  if (!changes.length) return <p className="muted">{t("bot.changes.none")}</p>;
  return (
    <ul className="changes">
      {changes.map((change) => (
        <li key={change.path}>
          <b>{fieldName(t, change.path)}</b>
          <span className="minus">
            <span className="hidden-text">{t("bot.changes.before")}</span>
            {shown(t, change.before)}
          </span>
          <span className="plus">
            <span className="hidden-text">{t("bot.changes.after")}</span>
            {shown(t, change.after)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** `limits.answer_at` in words; a part without a text of its own as it is. */
function fieldName(t: TFunction, path: string): string {
  const whole = t(`bot.field.${path}`, { defaultValue: "" });
  if (whole) return whole;
  return path
    .split(".")
    .map((part) =>
      t(`bot.field.${part}`, {
        defaultValue: t([`bot.rule.${part}.name`, `bot.line.${part}`, `reason.${part}`], { defaultValue: part }),
      }),
    )
    .join(" · ");
}

function shown(t: TFunction, value: unknown): string {
  if (value === null || value === undefined || value === "") return t("bot.changes.empty");
  if (typeof value === "boolean") return t(value ? "bot.on" : "bot.off");
  if (Array.isArray(value))
    return value.length
      ? value.map((each) => t(`bot.rule.${each}.name`, { defaultValue: String(each) })).join(" → ")
      : t("bot.changes.empty");
  if (typeof value === "object")
    return Object.entries(value)
      .filter(([, each]) => each !== "")
      .map(([name, each]) => `${t(`bot.field.${name}`, { defaultValue: name })}: ${shown(t, each)}`)
      .join("\n");
  return t(`bot.value.${String(value)}`, { defaultValue: String(value) });
}
