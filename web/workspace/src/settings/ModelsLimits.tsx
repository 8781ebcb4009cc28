// What leaves the house, what is shown early, and what it may cost.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { put } from "../api/client";
import { queryClient } from "../api/queries";
import { ErrorLine } from "../ui/states";
import { type ModelsOverview, money } from "./models";

const SWITCHES = ["mask", "stream", "look_up"] as const;

export function ModelsLimits({ data, writes }: { data: ModelsOverview; writes: boolean }) {
  const { t } = useTranslation();
  const { settings, providers } = data;
  const [form, setForm] = useState({
    mask: settings.mask,
    stream: settings.stream,
    look_up: settings.look_up,
    currency: settings.currency,
    per_day: settings.per_day ?? "",
    per_conversation: settings.per_conversation ?? "",
    rates: settings.rates,
  });
  const set = <K extends keyof typeof form>(key: K, value: (typeof form)[K]) =>
    setForm((held) => ({ ...held, [key]: value }));
  const others = [
    ...new Set(
      providers
        .flatMap((each) => each.models)
        .filter((m) => m.input !== null)
        .map((m) => m.currency),
    ),
  ].filter((currency) => currency !== form.currency);
  const save = useMutation({
    mutationFn: () =>
      put("/models/settings", {
        version: settings.version,
        ...form,
        per_day: form.per_day || null,
        per_conversation: form.per_conversation || null,
        rates: Object.fromEntries(Object.entries(form.rates).filter(([, rate]) => Number(rate) > 0)),
      }),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ["models"] }),
  });
  const share =
    settings.per_day && Number(settings.per_day) ? Number(data.spent_today) / Number(settings.per_day) : null;
  return (
    <section className="card">
      <div className="cardhead">
        <h2 className="grow">{t("models.limits")}</h2>
        <span className="nowrap">
          {t("models.spent", { amount: money(data.spent_today, data.currency) })}
          {settings.per_day && ` / ${money(settings.per_day, data.currency)}`}
        </span>
      </div>
      {share !== null && (
        <progress className="spent" max={1} value={Math.min(1, share)} aria-label={t("models.spent.share")} />
      )}
      <form
        className="cardbody"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <fieldset disabled={!writes} className="limits">
          {SWITCHES.map((name) => (
            <label key={name} className="tick">
              <input type="checkbox" checked={form[name]} onChange={(e) => set(name, e.target.checked)} />
              <span>
                {t(`models.${name}`)}
                <small className="block muted">{t(`models.${name}.long`)}</small>
              </span>
            </label>
          ))}
          <div className="pair">
            {(["per_day", "per_conversation"] as const).map((name) => (
              <label key={name} className="field">
                <span>{t(`models.${name}`)}</span>
                <input
                  className="input"
                  inputMode="decimal"
                  pattern="\d{0,7}(\.\d{1,4})?"
                  placeholder={t("models.nolimit")}
                  value={form[name]}
                  onChange={(e) => set(name, e.target.value)}
                />
              </label>
            ))}
            <label className="field">
              <span>{t("models.currency")}</span>
              <input
                className="input mono"
                required
                pattern="[A-Z]{3}"
                maxLength={3}
                value={form.currency}
                onChange={(e) => set("currency", e.target.value.toUpperCase())}
              />
            </label>
            {others.map((currency) => (
              <label key={currency} className="field">
                <span>{t("models.rate", { from: currency, to: form.currency })}</span>
                <input
                  className="input"
                  inputMode="decimal"
                  pattern="\d{1,6}(\.\d{1,6})?"
                  value={form.rates[currency] ?? ""}
                  onChange={(e) => set("rates", { ...form.rates, [currency]: e.target.value })}
                />
              </label>
            ))}
          </div>
          <p className="muted">{t("models.limits.hint")}</p>
          {writes && (
            <div className="flex">
              <button type="submit" className="btn main" disabled={save.isPending}>
                {t("ui.save")}
              </button>
              {save.isSuccess && <span role="status">{t("ui.saved")}</span>}
            </div>
          )}
          <ErrorLine error={save.error} />
        </fieldset>
      </form>
    </section>
  );
}
