// The steps as a list: what happens in which order, each line a way into the source; what is changed here is the source.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../ui/Icon";
import { toast } from "../../ui/toast";
import { insertAfter, neighbour, type Outline, SNIPPETS, type Step, swapped, without } from "./model";

interface Props {
  outline: Outline | null;
  /** The source has mistakes: the list is the one before them, and changes nothing. */
  stale: boolean;
  source: string;
  canWrite: boolean;
  onSource(source: string): void;
  onShow(line: number): void;
}

export function Steps({ outline, stale, source, canWrite, onSource, onShow }: Props) {
  const { t } = useTranslation();
  const [chosen, choose] = useState<string | null>(null);
  if (!outline) return <section className="card steplist muted pad">{t("flows.nosteps")}</section>;
  const step = outline.steps.find((each) => each.place === chosen) ?? outline.steps.at(-1);
  const mayChange = canWrite && !stale;
  const move = (each: Step, way: -1 | 1) => {
    const other = neighbour(outline.steps, each, way);
    if (!other) return;
    onSource(way < 0 ? swapped(source, other, each) : swapped(source, each, other));
    choose(other.place);
  };
  const drop = (each: Step) => {
    onSource(without(source, each));
    toast(t("flows.removed"), { action: { label: t("ui.undo"), run: () => onSource(source) } });
  };
  return (
    <section className={stale ? "card steplist stale" : "card steplist"}>
      <h3 className="cardhead">{t("flows.steps")}</h3>
      <p className="small muted pad">{t(`flows.for.${outline.for}`)}</p>
      {outline.slots.length > 0 && (
        <p className="flex wrap pad slots">
          {outline.slots.map((slot) => (
            <span key={slot.name} className="chip line" title={slot.name}>
              {slot.title} · {t(`flows.kind.${slot.kind}`)}
              {slot.optional && ` · ${t("ui.optional")}`}
            </span>
          ))}
        </p>
      )}
      <ol>
        {outline.steps.map((each) => (
          <li
            key={each.place}
            className={each === step ? "on" : undefined}
            style={{ paddingLeft: 12 + each.depth * 18 }}
          >
            <button
              type="button"
              className="grow stepname"
              aria-current={each === step ? "step" : undefined}
              onClick={() => {
                choose(each.place);
                onShow(each.line);
              }}
            >
              <span className={`chip ${TONES[each.kind] ?? "line"}`}>{t(`flows.step.${each.kind}`)}</span>
              <span className="cut" title={each.text}>
                {each.kind === "end" ? t(`flows.end.${each.text}`, { defaultValue: each.text }) : each.text}
              </span>
            </button>
            {mayChange && each === step && (
              <span className="flex nowrap">
                <Tool
                  name="up"
                  label={t("flows.up")}
                  off={!neighbour(outline.steps, each, -1)}
                  act={() => move(each, -1)}
                />
                <Tool
                  name="jump"
                  label={t("flows.down")}
                  off={!neighbour(outline.steps, each, 1)}
                  act={() => move(each, 1)}
                />
                <Tool name="trash" label={t("flows.remove")} act={() => drop(each)} />
              </span>
            )}
          </li>
        ))}
      </ol>
      {mayChange && step && (
        <p className="flex wrap pad">
          <span className="small muted">{t("flows.add")}</span>
          {Object.entries(SNIPPETS).map(([kind, snippet]) => (
            <button
              key={kind}
              type="button"
              className="btn s"
              onClick={() => onSource(insertAfter(source, step, snippet))}
            >
              {t(`flows.step.${kind}`)}
            </button>
          ))}
        </p>
      )}
    </section>
  );
}

const TONES: Record<string, string> = { write: "danger", confirm: "warn", hand_off: "queue", end: "good" };

function Tool({
  name,
  label,
  off = false,
  act,
}: {
  name: Parameters<typeof Icon>[0]["name"];
  label: string;
  off?: boolean;
  act: () => void;
}) {
  return (
    <button type="button" className="btn icon s" aria-label={label} title={label} disabled={off} onClick={act}>
      <Icon name={name} size="s" />
    </button>
  );
}
