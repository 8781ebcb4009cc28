import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon, Seat } from "../ui/Icon";
import { useKeys } from "../ui/keys";
import { Failure } from "../ui/states";
import { when } from "../ui/time";
import { type BotSettings, figuresQuery, type RuleFigures } from "./model";
import { Priority } from "./Priority";
import { RedLines } from "./RedLines";
import { choiceKey, holderOf, LIMITS } from "./rules";
import type { DraftState } from "./useDraft";

/** The ordered rules as sentences; the first that holds decides. Beside them what the selected one did lately. */
export function Policy({ draft, canWrite }: { draft: DraftState; canWrite: boolean }) {
  const { t } = useTranslation();
  const value = draft.value as BotSettings;
  const { locked = [], movable = [], last = [] } = draft.current.data?.catalogue.rules ?? {};
  const hasDraft = Boolean(draft.current.data?.draft);
  const figures = useQuery(figuresQuery(hasDraft ? "draft" : "live"));
  const [selected, setSelected] = useState("wants_person");
  const detail = useRef<HTMLElement>(null);
  const select = (rule: string) => {
    setSelected(rule);
    // On a narrow screen the detail stands below the list.
    if (matchMedia("(max-width: 1279px)").matches)
      requestAnimationFrame(() => void detail.current?.scrollIntoView({ block: "start" }));
  };
  const [dragged, setDragged] = useState<string | null>(null);
  const off = movable.filter((rule) => !value.rules.includes(rule));
  const of = (rule: string) => figures.data?.rules.find((each) => each.rule === rule);
  const rank = (rules: string[]) => draft.edit((held) => ({ ...held, rules }));
  const move = (rule: string, by: number) => {
    const at = value.rules.indexOf(rule);
    const to = at + by;
    if (at < 0 || to < 0 || to >= value.rules.length) return;
    const next = value.rules.filter((each) => each !== rule);
    next.splice(to, 0, rule);
    rank(next);
  };
  const drop = (before: string) => {
    if (!dragged || dragged === before) return;
    const next = value.rules.filter((each) => each !== dragged);
    next.splice(next.indexOf(before), 0, dragged);
    rank(next);
    setDragged(null);
  };
  useKeys({
    "alt+ArrowUp": () => canWrite && move(selected, -1),
    "alt+ArrowDown": () => canWrite && move(selected, 1),
  });
  const row = (rule: string, place: number | null) => (
    <li
      key={rule}
      className={rule === selected ? "rule on" : "rule"}
      draggable={canWrite && value.rules.includes(rule)}
      onDragStart={() => setDragged(rule)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={() => drop(rule)}
    >
      <span className="rank" aria-hidden={place === null}>
        {place === null ? <Icon name="lock" size="s" /> : place}
      </span>
      <button type="button" className="grow" aria-pressed={rule === selected} onClick={() => select(rule)}>
        <span className="sentence">
          {t(`bot.rule.${rule}`, limitsShown(value))} <Arrow choice={of(rule)?.choice ?? CHOICES[rule] ?? "unknown"} />
        </span>
        <small className="muted">{hits(t, of(rule), figures.data?.days ?? 7)}</small>
      </button>
    </li>
  );
  return (
    <div className="policy">
      <section className="rules" aria-label={t("bot.policy.rules")}>
        <div className="flex cardhead">
          <h2>{t("bot.policy.rules")}</h2>
          <small className="muted">{t("bot.policy.first")}</small>
        </div>
        <ol>
          {locked.map((rule) => row(rule, null))}
          {value.rules.map((rule, i) => row(rule, locked.length + i + 1))}
          {last.map((rule) => row(rule, null))}
        </ol>
        {off.length > 0 && <h3 className="sect offhead">{t("bot.policy.off")}</h3>}
        <ol>{off.map((rule) => row(rule, null))}</ol>
        {figures.data && (
          <p className="muted foot">
            {t("bot.policy.total", { days: figures.data.days, count: figures.data.decisions })}
          </p>
        )}
        {figures.isError && <Failure inline error={figures.error} retry={() => void figures.refetch()} />}
      </section>
      <section ref={detail} className="detail stack" aria-label={t(`bot.rule.${selected}.name`)}>
        <Detail
          key={selected}
          rule={selected}
          figures={of(selected)}
          draft={draft}
          canWrite={canWrite}
          isMovable={movable.includes(selected)}
          onMove={(by) => move(selected, by)}
        />
        {selected === "red_line" && <RedLines draft={draft} canWrite={canWrite} />}
        {selected === "wants_person" && <Priority draft={draft} canWrite={canWrite} />}
        {hasDraft && figures.data?.change && <Impact change={figures.data.change} days={figures.data.days} />}
      </section>
    </div>
  );
}

const CHOICES: Record<string, string> = { wants_person: "hand_off", red_line: "hand_off", complaint: "hand_off" };

function Arrow({ choice }: { choice: string }) {
  const { t } = useTranslation();
  return (
    <span className={`then c-${choice === "hand_off" ? "queue" : "ai"}`}>
      <span aria-hidden="true">→</span>
      <Seat of={holderOf(choice)} />
      {t(`bot.choice.${choiceKey(choice)}`)}
    </span>
  );
}

function Detail({
  rule,
  figures,
  draft,
  canWrite,
  isMovable,
  onMove,
}: {
  rule: string;
  figures: RuleFigures | undefined;
  draft: DraftState;
  canWrite: boolean;
  isMovable: boolean;
  onMove: (by: number) => void;
}) {
  const { t } = useTranslation();
  const value = draft.value as BotSettings;
  const isOn = value.rules.includes(rule);
  const total = Object.values(figures?.without ?? {}).reduce((sum, n) => sum + n, 0);
  return (
    <div className="card">
      <div className="cardhead">
        <h2 className="grow">{t(`bot.rule.${rule}.name`)}</h2>
        {isMovable && canWrite && (
          <>
            <button
              type="button"
              className="btn quiet icon"
              disabled={!isOn}
              title={t("bot.policy.up")}
              aria-label={t("bot.policy.up")}
              onClick={() => onMove(-1)}
            >
              <Icon name="up" size="s" />
            </button>
            <button
              type="button"
              className="btn quiet icon"
              disabled={!isOn}
              title={t("bot.policy.down")}
              aria-label={t("bot.policy.down")}
              onClick={() => onMove(1)}
            >
              <Icon name="jump" size="s" />
            </button>
            <label className="tick">
              <input
                type="checkbox"
                checked={isOn}
                onChange={() =>
                  draft.edit((held) => ({
                    ...held,
                    rules: isOn ? held.rules.filter((each) => each !== rule) : [...held.rules, rule],
                  }))
                }
              />
              {t("bot.on")}
            </label>
          </>
        )}
      </div>
      <fieldset className="cardbody" disabled={!canWrite}>
        <p className="muted">{t(`bot.rule.${rule}.why`)}</p>
        {!isMovable && (
          <p className="muted flex">
            <Icon name="lock" size="s" />
            {t("bot.policy.locked")}
          </p>
        )}
        {(LIMITS[rule] ?? []).map(({ name, ...range }) => (
          <div key={name} className="field limit">
            <span>{t(`bot.field.${name}`)}</span>
            <span className="flex">
              <input
                type="range"
                aria-hidden="true"
                tabIndex={-1}
                {...range}
                value={value.limits[name]}
                onChange={(e) => draft.edit((held) => withLimit(held, name, Number(e.target.value)))}
              />
              <input
                className="input"
                type="number"
                aria-label={t(`bot.field.${name}`)}
                {...range}
                value={value.limits[name]}
                onChange={(e) => draft.edit((held) => withLimit(held, name, Number(e.target.value)))}
              />
            </span>
          </div>
        ))}
        {(rule === "answer" || rule === "quotation") && (
          <p className="muted">{t("bot.policy.promise", { rate: Math.round(value.promise.alpha * 100) })}</p>
        )}
        {figures && total > 0 && (
          <div>
            <h3 className="sect">{t("bot.policy.without")}</h3>
            <ul className="without">
              {Object.entries(figures.without ?? {})
                .sort((a, b) => b[1] - a[1])
                .map(([choice, n]) => (
                  <li key={choice} className="flex">
                    <Seat of={holderOf(choice)} />
                    <span className="grow">{t(`bot.choice.${choiceKey(choice)}`)}</span>
                    <b>{n}</b>
                  </li>
                ))}
            </ul>
            <small className="faint">{t("bot.policy.without.how", { count: total })}</small>
          </div>
        )}
        {figures && figures.samples.length > 0 && (
          <div>
            <h3 className="sect">{t("bot.policy.samples")}</h3>
            <ul className="flex wrap">
              {figures.samples.map((sample) => (
                <li key={`${sample.conversation_id}-${sample.seq}`}>
                  <Link className="chip line" to="/inbox/$number" params={{ number: String(sample.number) }}>
                    #{sample.number} · {when(sample.at)}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )}
      </fieldset>
    </div>
  );
}

/** Both settings on the same logged situations. */
function Impact({
  change,
  days,
}: {
  change: { changed: number; of: number; moves: { from: string; to: string; n: number }[] };
  days: number;
}) {
  const { t } = useTranslation();
  return (
    <div className="card">
      <h2 className="cardhead">{t("bot.policy.impact")}</h2>
      <div className="cardbody">
        <p>{t("bot.policy.impact.say", { count: change.changed, of: change.of, days })}</p>
        <ul className="without">
          {change.moves.map((move) => (
            <li key={`${move.from}-${move.to}`} className="flex">
              <Seat of={holderOf(move.from)} />
              {t(`bot.choice.${choiceKey(move.from)}`)} <span aria-hidden="true">→</span>
              <Seat of={holderOf(move.to)} />
              <span className="grow">{t(`bot.choice.${choiceKey(move.to)}`)}</span>
              <b>{move.n}</b>
            </li>
          ))}
        </ul>
        <small className="faint">{t("bot.policy.impact.not")}</small>
      </div>
    </div>
  );
}

function withLimit(held: BotSettings, name: keyof BotSettings["limits"], value: number): BotSettings {
  return { ...held, limits: { ...held.limits, [name]: value } };
}

function limitsShown(value: BotSettings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value.limits).map(([name, limit]) => [
      name,
      Number.isInteger(limit) ? String(limit) : limit.toFixed(2),
    ]),
  );
}

function hits(t: TFunction, figures: RuleFigures | undefined, days: number): string {
  return figures ? t("bot.policy.hits", { count: figures.hits, days }) : "—";
}
