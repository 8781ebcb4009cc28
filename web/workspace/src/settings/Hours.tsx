import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";
import { type InboxSettings, WEEKDAYS } from "./inbox";

type Value = InboxSettings["hours"];

/** When people are on duty; no times at all means always. */
export function Hours({ value, onChange }: { value: Value; onChange: (value: Value) => void }) {
  const { t } = useTranslation();
  const always = !Object.values(value.week).some((spans) => spans?.length);
  return (
    <div className="stack">
      <label className="field">
        <span>{t("hours.timezone")}</span>
        <input
          className="input"
          list="timezones"
          value={value.timezone}
          onChange={(e) => onChange({ ...value, timezone: e.target.value })}
        />
        <datalist id="timezones">
          {[
            "Asia/Shanghai",
            "Asia/Hong_Kong",
            "Asia/Tokyo",
            "Asia/Singapore",
            "Europe/London",
            "Europe/Berlin",
            "America/New_York",
            "America/Los_Angeles",
            "UTC",
          ].map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </label>
      {always && <p className="muted">{t("hours.always")}</p>}
      <div className="week">
        {WEEKDAYS.map((day) => {
          const spans = value.week[day] ?? [];
          const set = (next: typeof spans) => onChange({ ...value, week: { ...value.week, [day]: next } });
          return (
            <div key={day} className="weekday">
              <span className="muted">{t(`hours.${day}`)}</span>
              <div className="flex wrap tight">
                {spans.map((span, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place in the day
                  <span key={i} className="flex tight">
                    <input
                      className="input time"
                      aria-label={t("hours.from")}
                      pattern="([01]\d|2[0-3]):[0-5]\d"
                      value={span.start}
                      onChange={(e) =>
                        set(spans.map((each, at) => (at === i ? { ...each, start: e.target.value } : each)))
                      }
                    />
                    –
                    <input
                      className="input time"
                      aria-label={t("hours.to")}
                      pattern="(([01]\d|2[0-3]):[0-5]\d|24:00)"
                      value={span.end}
                      onChange={(e) =>
                        set(spans.map((each, at) => (at === i ? { ...each, end: e.target.value } : each)))
                      }
                    />
                    <button
                      type="button"
                      className="btn quiet icon"
                      aria-label={t("ui.remove")}
                      onClick={() => set(spans.filter((_, at) => at !== i))}
                    >
                      <Icon name="close" size="s" />
                    </button>
                  </span>
                ))}
                <button
                  type="button"
                  className="btn quiet s"
                  aria-label={`${t("ui.add")} ${t(`hours.${day}`)}`}
                  onClick={() => set([...spans, { start: spans.length ? "14:00" : "09:00", end: "18:00" }])}
                >
                  <Icon name="plus" size="s" />
                </button>
                {!spans.length && !always && <small className="faint">{t("hours.closed")}</small>}
              </div>
            </div>
          );
        })}
      </div>
      <label className="field">
        <span>
          {t("hours.days_off")} · {t("ui.optional")}
        </span>
        <input
          className="input"
          placeholder="2027-01-01 2027-02-06"
          defaultValue={value.days_off.join(" ")}
          onBlur={(e) => onChange({ ...value, days_off: e.target.value.split(/[\s,，、]+/).filter(Boolean) })}
        />
      </label>
    </div>
  );
}
