import { useTranslation } from "react-i18next";
import { Both } from "../ui/Both";
import { Icon } from "../ui/Icon";
import type { InboxSettings } from "./inbox";

const MOST = 8;

/** Questions offered before the customer has written anything. */
export function Guided({
  value,
  onChange,
}: {
  value: InboxSettings["guided_questions"];
  onChange: (value: InboxSettings["guided_questions"]) => void;
}) {
  const { t } = useTranslation();
  const change = (at: number, next: Partial<(typeof value)[number]>) =>
    onChange(value.map((each, i) => (i === at ? { ...each, ...next } : each)));
  const free = () => {
    for (let n = value.length + 1; ; n++) if (!value.some((each) => each.id === `q${n}`)) return `q${n}`;
  };
  return (
    <fieldset className="field">
      <legend>{t("inboxes.guided")}</legend>
      {value.map((question, i) => (
        <div key={question.id} className="guided">
          <Both
            label={t("inboxes.guided.label", { n: i + 1 })}
            value={question.label}
            onChange={(label) => change(i, { label })}
          />
          <button
            type="button"
            className="btn quiet icon"
            aria-label={`${t("ui.remove")} ${i + 1}`}
            onClick={() => onChange(value.filter((_, at) => at !== i))}
          >
            <Icon name="trash" size="s" />
          </button>
        </div>
      ))}
      {value.length < MOST && (
        <div>
          <button
            type="button"
            className="btn s"
            onClick={() => onChange([...value, { id: free(), label: { zh: "", en: "" }, text: { zh: "", en: "" } }])}
          >
            <Icon name="plus" size="s" />
            {t("ui.add")}
          </button>
        </div>
      )}
    </fieldset>
  );
}
