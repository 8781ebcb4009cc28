import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Decision, Reason } from "../../../../contract/agent";
import { reasonName } from "../../ui/names";
import { jumpTo } from "./jump";

/** Why an automated choice was made: what held, what did not, what would have changed it, under which version. */
export function Why({
  decision,
  conversation,
  bare = false,
}: {
  decision: Decision;
  conversation: string;
  bare?: boolean;
}) {
  const { t } = useTranslation();
  const reasons = decision.reasons ?? [];
  const met = reasons.filter((reason) => reason.met !== false);
  const unmet = reasons.filter((reason) => reason.met === false);
  return (
    <div className={bare ? "why" : "why panel"}>
      {!bare && (
        <div className="flex">
          <b className="grow">{choiceName(decision.choice, t)}</b>
          <small className="faint">{versionName(decision, t)}</small>
        </div>
      )}
      {!reasons.length && <small className="muted">{t("why.none")}</small>}
      {met.map((reason, i) => (
        <Bar key={`${reason.code}-${reason.seq ?? i}`} reason={reason} strong={i === 0} conversation={conversation} />
      ))}
      {unmet.length > 0 && <small className="faint">{t("why.unmet")}</small>}
      {unmet.map((reason, i) => (
        <Bar key={`${reason.code}-${reason.seq ?? i}`} reason={reason} conversation={conversation} />
      ))}
      {decision.promise && (
        <small className="muted">
          {t(
            decision.promise.group.startsWith("write:") && decision.promise.state !== "certified"
              ? `promise.state.write.${decision.promise.state}`
              : `promise.state.${decision.promise.state}`,
          )}{" "}
          · {decision.promise.group}
        </small>
      )}
      {!!decision.counterfactual?.length && (
        <p className="cf">
          {decision.counterfactual
            .map((flip) =>
              t(flip.choice ? "why.flip" : "why.flip.plain", {
                reason: reasonName(flip.code, t),
                needs: figure(flip.needs),
                ...(flip.choice && { choice: choiceName(flip.choice, t) }),
              }),
            )
            .join(" ")}
        </p>
      )}
    </div>
  );
}

function Bar({ reason, strong = false, conversation }: { reason: Reason; strong?: boolean; conversation: string }) {
  const { t } = useTranslation();
  const { value, threshold, seq } = reason;
  const name = [reasonName(reason.code, t), subjectName(reason, t)].filter(Boolean).join(" · ");
  const measured = typeof value === "number";
  const limited = typeof threshold === "number";
  const scale = Math.max(1, measured ? Math.abs(value) : 0, limited ? Math.abs(threshold) * 1.2 : 0);
  const label = measured && limited ? compared(value, threshold) : measured ? figure(value) : "";
  return (
    <div className="r">
      <span className={`cut${strong ? " strong" : ""}`} title={name}>
        {seq ? (
          <button
            type="button"
            className="textlink"
            title={t("why.evidence")}
            onClick={() => jumpTo(conversation, seq)}
          >
            {name}
          </button>
        ) : (
          name
        )}
      </span>
      {measured && limited ? (
        <span
          className={`meter${reason.met === false ? " off" : ""}`}
          role="img"
          aria-label={t("why.value", { value: figure(value), threshold: figure(threshold) })}
        >
          <i style={{ width: `${(Math.abs(value) / scale) * 100}%` }} />
          <u style={{ left: `${(Math.abs(threshold) / scale) * 100}%` }} />
        </span>
      ) : (
        <span />
      )}
      <span className="right muted">{label}</span>
    </div>
  );
}

/** What a reason is about, in words where there are some: a level, a status, a procedure. */
function subjectName({ code, name }: Reason, t: TFunction): string {
  if (!name) return "";
  const keys: Record<string, string> = {
    urgency: `urgency.${name}`,
    tier: `tier.${name}`,
    open_order: `order.status.${name}`,
    complexity: `complexity.${name}`,
  };
  return t(keys[code] ?? `flow.${name}`, { defaultValue: name });
}

/** A measure beside its threshold; below zero (moods) it is the smaller that speaks. */
export function compared(value: number, threshold: number): string {
  const sign = threshold < 0 ? (value <= threshold ? "≤" : ">") : value >= threshold ? "≥" : "<";
  const whole = Number.isInteger(value) && Number.isInteger(threshold);
  return whole ? `${value} ${sign} ${threshold}` : `${figure(value)} ${sign} ${figure(threshold)}`;
}

/** Two places for shares, none for counts and seconds. */
export function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) >= 10 ? 0 : 2);
}

export function choiceName(choice: string, t: TFunction): string {
  const kind = choice.startsWith("flow:") ? t("choice.flow") : choice;
  return t(`choice.${choice}`, { defaultValue: kind });
}

export function versionName(decision: Decision, t: TFunction): string {
  const by = decision.by ? t(`by.${decision.by}`, { defaultValue: t("by.person") }) : (decision.policy ?? "");
  return decision.version ? t("why.version", { policy: by, n: decision.version }) : by;
}
