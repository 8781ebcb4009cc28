import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Icon, Seat } from "../ui/Icon";
import type { Reason, Trace } from "./model";
import { choiceKey, holderOf } from "./rules";
import { useTopics } from "./topics";

const HIDDEN_WHEN_QUIET = new Set([
  "urgency",
  "mood_drop",
  "upset",
  "complexity",
  "manipulation",
  "wants_person",
  "intent",
  "out_of_scope",
  "rival",
]);

/** How an answer came about: what was understood, found, weighed, decided and checked, and what would have changed it. */
export function TraceView({
  trace,
  override,
  onOverride,
}: {
  trace: Trace;
  override: Record<string, unknown> | null;
  onOverride: (changes: Record<string, unknown> | null) => void;
}) {
  const { t } = useTranslation();
  const topics = useTopics();
  const total = Object.values(trace.ms).reduce((sum, ms) => sum + ms, 0);
  const spoke = trace.rules.findIndex((rule) => rule.spoke);
  const held = trace.rules.flatMap((rule, i) => (rule.held && !rule.spoke ? [i + 1] : []));
  return (
    <section className="decisiontrace" aria-label={t("bot.trace")}>
      <h3 className="flex">
        <span className="grow">{t("bot.trace")}</span>
        <small className="muted">
          {t(`bot.trace.${trace.settings}${trace.version ? "" : ".first"}`, { version: trace.version })} ·{" "}
          {t("bot.trace.ms", { ms: total.toFixed(1) })} ·{" "}
          {t(trace.used_model ? "bot.trace.model" : "bot.trace.nomodel")}
        </small>
      </h3>
      <Stage icon="search" title={t("bot.trace.understand")} ms={trace.ms.understand}>
        <Meters trace={trace} />
        {trace.topic && <p className="muted">{t("bot.trace.topic", { topic: topics(trace.topic) })}</p>}
      </Stage>
      <Stage icon="knowledge" title={t("bot.trace.knowledge")}>
        {trace.passages.length ? (
          <ul className="passages">
            {trace.passages.slice(0, 3).map((passage) => (
              <li key={passage.article_id}>
                <span className="flex">
                  <b className="grow cut">{[passage.title, passage.section].filter(Boolean).join(" · ")}</b>
                  <span>{passage.score.toFixed(2)}</span>
                </span>
                <small className="muted">{passage.excerpt}</small>
              </li>
            ))}
          </ul>
        ) : (
          <p className="muted">{t("bot.trace.nothing")}</p>
        )}
      </Stage>
      <Stage icon="check" title={t("bot.trace.promise")} ms={trace.ms.promise}>
        <p className="muted">
          {trace.promise.group || t("bot.trace.nogroup")}
          {trace.promise.state &&
            ` · ${t(`bot.standing.${trace.promise.state}`, { defaultValue: trace.promise.state })}`}
          {" · "}
          {trace.promise.answer_at === null
            ? t("bot.trace.never")
            : t("bot.trace.answer_at", { at: trace.promise.answer_at.toFixed(2) })}
        </p>
      </Stage>
      <Stage
        icon="rail"
        title={t("bot.trace.decide", { choice: t(`bot.choice.${choiceKey(trace.decision.choice)}`) })}
        ms={trace.ms.decide}
      >
        <p>
          {t("bot.trace.rule", { n: spoke + 1, rule: t(`bot.rule.${trace.rules[spoke]?.rule}.name`) })}
          {held.length > 0 && ` ${t("bot.trace.held", { rules: held.join(t("list.comma")) })}`}
        </p>
        <ul className="reasons">
          {trace.decision.reasons.map((reason, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same code may stand twice
            <li key={i} className={reason.met ? "" : "muted"}>
              <Said reason={reason} />
            </li>
          ))}
        </ul>
        <details>
          <summary>{t("bot.trace.all", { count: trace.rules.length })}</summary>
          <ol className="allrules">
            {trace.rules.map((rule) => (
              <li key={rule.rule} className={rule.spoke ? "spoke" : rule.held ? "" : "faint"}>
                {t(`bot.rule.${rule.rule}.name`)}
                <span className="end">
                  {t(rule.spoke ? "bot.trace.spoke" : rule.held ? "bot.trace.hit" : "bot.trace.no")}
                </span>
              </li>
            ))}
          </ol>
        </details>
      </Stage>
      <Stage
        icon={trace.reply.text ? "check" : "close"}
        title={t("bot.trace.answer")}
        ms={(trace.ms.compose ?? 0) + (trace.ms.approve ?? 0) + (trace.ms.flow ?? 0)}
      >
        <p className="muted">
          {trace.reply.text
            ? t(trace.approval?.choice === "withhold" ? "bot.trace.withheld" : "bot.trace.sent")
            : t("bot.trace.unsaid")}
        </p>
        {trace.approval?.reasons.map((reason) => (
          <p key={reason.code} className="muted">
            <Said reason={reason} />
          </p>
        ))}
      </Stage>
      {trace.tools.length > 0 && (
        <Stage icon="link" title={t("bot.trace.tools")}>
          <ul className="reasons">
            {trace.tools.map((call, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same tool may be called twice
              <li key={i} className="flex">
                <span className="mono grow">{call.tool}</span>
                {call.pretended && <small className="muted">{t("bot.trace.pretended")}</small>}
                <small className="faint">{call.ms.toFixed(1)} ms</small>
              </li>
            ))}
          </ul>
        </Stage>
      )}
      <Conditions trace={trace} override={override} onOverride={onOverride} />
    </section>
  );
}

function Stage({
  icon,
  title,
  ms,
  children,
}: {
  icon: "search" | "knowledge" | "check" | "rail" | "close" | "link";
  title: string;
  ms?: number | undefined;
  children: React.ReactNode;
}) {
  return (
    <div className="stage-row">
      <Icon name={icon} size="s" />
      <div className="grow stack tight">
        <h4 className="flex">
          <span className="grow">{title}</span>
          {ms !== undefined && <small className="faint">{ms.toFixed(1)} ms</small>}
        </h4>
        {children}
      </div>
    </div>
  );
}

/** What was measured beside what it is compared with; what is silent is left out. */
function Meters({ trace }: { trace: Trace }) {
  const { t } = useTranslation();
  const shown = trace.meters.filter((each) => !(HIDDEN_WHEN_QUIET.has(each.code) && isQuiet(each)));
  return (
    <ul className="meters">
      {shown.map((each) => {
        const isMood = each.code === "mood";
        const scale = (value: number) =>
          isMood ? (2 - value) / 5 : Math.min(1, each.code === "mood_drop" ? value / 5 : value);
        return (
          <li key={each.code}>
            <span>{t(`bot.meter.${each.code}`)}</span>
            <span className="scale" aria-hidden="true">
              <i style={{ width: `${scale(each.value) * 100}%` }} />
              {each.threshold !== null && <b style={{ left: `${scale(each.threshold) * 100}%` }} />}
            </span>
            <span className="r">
              {figure(each.value)}
              {each.threshold !== null &&
                ` ${isMood ? (each.value <= each.threshold ? "≤" : ">") : each.value >= each.threshold ? "≥" : "<"} ${figure(each.threshold)}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function isQuiet(each: { code: string; value: number }): boolean {
  return each.code === "rival" ? each.value === 1 : each.value === 0;
}

const figure = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(2));

function Said({ reason }: { reason: Reason }) {
  const { t } = useTranslation();
  return (
    <>
      {t(`bot.reason.${reason.code}`, {
        defaultValue: t(`reason.${reason.code}`, { defaultValue: reason.code }),
        value: figure(reason.value ?? 0),
        threshold: figure(reason.threshold ?? 0),
      })}
      {reason.value !== undefined && reason.threshold !== undefined && (
        <span className="faint">
          {" "}
          {figure(reason.value)} {reason.value >= reason.threshold ? "≥" : "<"} {figure(reason.threshold)}
        </span>
      )}
      {reason.name && <span className="faint"> · {reason.name}</span>}
    </>
  );
}

function Conditions({
  trace,
  override,
  onOverride,
}: {
  trace: Trace;
  override: Record<string, unknown> | null;
  onOverride: (changes: Record<string, unknown> | null) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const features = trace.features;
  return (
    <div className="conditions">
      <h3 className="flex">
        <span className="grow">{t("bot.change")}</span>
        {override ? (
          <button type="button" className="btn s" onClick={() => onOverride(null)}>
            {t("bot.change.back")}
          </button>
        ) : (
          <small className="faint">{t("bot.change.checked")}</small>
        )}
      </h3>
      <ul>
        {trace.counterfactuals.map((flip) => {
          const isBelow = flip.code === "confident" && flip.needs < Number(features.confidence ?? 0);
          const line = (
            <>
              <Seat of={holderOf(flip.choice)} />
              <span className="grow">
                {t(
                  isBelow
                    ? "bot.change.below"
                    : flip.needs === 0
                      ? "bot.change.without"
                      : flip.code === "asks_for_human"
                        ? "bot.change.asks"
                        : "bot.change.at",
                  {
                    what: t(`bot.meter.${flip.code}`, {
                      defaultValue: t(`reason.${flip.code}`, { defaultValue: flip.code, value: "", threshold: "" }),
                    }),
                    needs: figure(isBelow ? Math.ceil(flip.needs * 100) / 100 : flip.needs),
                  },
                )}
              </span>
              <span className="muted nowrap">{t(`bot.choice.${choiceKey(flip.choice)}`)}</span>
            </>
          );
          return (
            <li key={`${flip.code}-${flip.needs}`}>
              <button
                type="button"
                className="flex"
                onClick={() => onOverride({ flip: { code: flip.code, needs: flip.needs } })}
              >
                {line}
              </button>
            </li>
          );
        })}
      </ul>
      <div className="knobs">
        <label htmlFor={`${id}-mood`}>{t("bot.meter.mood")}</label>
        <select
          id={`${id}-mood`}
          className="input"
          value={String(override?.mood ?? features.mood ?? 0)}
          onChange={(e) => onOverride({ ...override, mood: Number(e.target.value) })}
        >
          {[2, 1, 0, -1, -2, -3].map((mood) => (
            <option key={mood} value={mood}>
              {mood} {t(`mood.${mood}`, { defaultValue: t("bot.mood.calm") })}
            </option>
          ))}
        </select>
        <label htmlFor={`${id}-confidence`}>{t("bot.meter.confidence")}</label>
        <input
          id={`${id}-confidence`}
          className="input"
          type="number"
          min={0}
          max={1}
          step={0.01}
          defaultValue={Number(override?.confidence ?? features.confidence ?? 0).toFixed(2)}
          key={String(override?.confidence ?? features.confidence)}
          onBlur={(e) => {
            const value = Number(e.target.value);
            if (value >= 0 && value <= 1 && value.toFixed(2) !== Number(features.confidence ?? 0).toFixed(2))
              onOverride({ ...override, confidence: value });
          }}
        />
      </div>
    </div>
  );
}
