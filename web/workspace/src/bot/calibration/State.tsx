import { useTranslation } from "react-i18next";
import { useNow } from "../../ui/time";
import { daysUntil, type Group } from "./model";

const TONE = { certified: "good", conservative: "", expired: "warn", alarm: "danger", person_only: "warn" } as const;

/** Where a group stands, in a word. */
export function State({ of }: { of: Group }) {
  const { t } = useTranslation();
  const tightened = of.state === "alarm" && of.threshold !== null;
  return (
    <span className={`chip ${TONE[of.state]}`}>
      {t(
        tightened
          ? "promise.state.tightened"
          : of.flow && of.state !== "certified"
            ? `promise.state.write.${of.state}`
            : `promise.state.${of.state}`,
      )}
    </span>
  );
}

/** The same in full: why, since when, what follows. */
export function Why({ of }: { of: Group }) {
  const { t } = useTranslation();
  const now = useNow();
  const { certificate, alarm } = of;
  const why = of.flow ? "promise.write.why" : "promise.why";
  if (alarm && of.state === "alarm" && of.flow) {
    return <p>{t("promise.write.why.alarm", { wrong: alarm.wrong, audits: alarm.audits })}</p>;
  }
  if (alarm && of.state === "alarm") {
    return (
      <p>
        {t("promise.why.alarm", { wrong: alarm.wrong, audits: alarm.audits })}{" "}
        {alarm.to_threshold === null
          ? t("promise.why.stopped")
          : t("promise.why.tightened", { from: alarm.from_threshold, to: alarm.to_threshold })}
      </p>
    );
  }
  if (of.state === "expired") {
    const what = of.changed.map((each) => t(`promise.changed.${each}`)).join(t("promise.and"));
    return <p>{what ? t(`${why}.changed`, { what }) : t(`${why}.over`)}</p>;
  }
  if (of.state === "certified" && certificate?.bound != null) {
    return (
      <p>
        {t(`${why}.certified`, {
          confidence: Math.round(100 * (1 - certificate.delta)),
          alpha: Math.round(1000 * certificate.alpha) / 10,
        })}{" "}
        {t("promise.why.days", { count: daysUntil(certificate.expires_at, now) })}
      </p>
    );
  }
  if (of.state === "person_only") return <p>{t(`${why}.person_only`)}</p>;
  return <p>{t(`${why}.conservative`, { threshold: of.threshold, needed: of.goal.needed })}</p>;
}
