// Add or change a provider. The key goes in and never comes out.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { patch, post, remove } from "../api/client";
import { queryClient } from "../api/queries";
import { Confirm } from "../ui/Confirm";
import { Dialog } from "../ui/Dialog";
import { DialogEnd } from "../ui/DialogEnd";
import { ErrorLine } from "../ui/states";
import type { Preset, PricedModel, Provider } from "./models";

interface Props {
  provider: Provider | null;
  presets: Preset[];
  onClose: () => void;
}

const NEW: PricedModel = { name: "", input: null, output: null, currency: "CNY" };

export function ModelsProvider({ provider, presets, onClose }: Props) {
  const { t } = useTranslation();
  const start = presets[0];
  const [form, setForm] = useState({
    preset: provider?.preset ?? start?.code ?? "custom",
    name: provider?.name ?? start?.name ?? "",
    url: provider?.url ?? start?.url ?? "",
    key: "",
    is_inside: provider?.is_inside ?? start?.is_inside ?? false,
    is_active: provider?.is_active ?? true,
    timeout_seconds: provider?.timeout_seconds ?? 30,
    retries: provider?.retries ?? 1,
    models: provider?.models.length ? provider.models : [NEW],
    body: JSON.stringify(provider?.quirks.body ?? start?.quirks.body ?? {}),
  });
  const set = <K extends keyof typeof form>(key: K, value: (typeof form)[K]) =>
    setForm((held) => ({ ...held, [key]: value }));
  const preset = presets.find((each) => each.code === form.preset);
  const done = () => {
    void queryClient.invalidateQueries({ queryKey: ["models"] });
    onClose();
  };
  const save = useMutation({
    mutationFn: () => {
      const { key, body, ...rest } = form;
      const values = {
        ...rest,
        kind: preset?.kind ?? "openai_compatible",
        models: form.models.filter((each) => each.name.trim()),
        quirks: { ...(provider?.quirks ?? preset?.quirks), body: asObject(body) },
        ...(key ? { key } : {}),
      };
      return provider ? patch(`/models/providers/${provider.id}`, values) : post("/models/providers", values);
    },
    onSuccess: done,
  });
  const model = (at: number, value: Partial<PricedModel>) =>
    set(
      "models",
      form.models.map((each, i) => (i === at ? { ...each, ...value } : each)),
    );
  const failed = save.error;
  return (
    <Dialog
      title={provider?.name ?? t("models.add")}
      kind="wide"
      onClose={onClose}
      footer={
        <>
          {provider && (
            <Confirm
              label={t("models.remove")}
              ask={t("models.remove.ask", { name: provider.name })}
              act={() => remove(`/models/providers/${provider.id}`).then(done)}
            />
          )}
          <span className="grow" />
          <DialogEnd form="provider" onClose={onClose} disabled={save.isPending} />
        </>
      }
    >
      <form
        id="provider"
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {!provider && (
          <label className="field">
            <span>{t("models.preset")}</span>
            <select
              className="input"
              value={form.preset}
              onChange={(e) => {
                const chosen = presets.find((each) => each.code === e.target.value);
                if (!chosen) return;
                setForm((held) => ({
                  ...held,
                  preset: chosen.code,
                  name: chosen.name,
                  url: chosen.url,
                  is_inside: chosen.is_inside,
                  body: JSON.stringify(chosen.quirks.body),
                }));
              }}
            >
              {presets.map((each) => (
                <option key={each.code} value={each.code}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <div className="pair grid two">
          <label className="field">
            <span>{t("field.thing")}</span>
            <input
              className="input"
              required
              maxLength={60}
              value={form.name}
              onChange={(e) => set("name", e.target.value)}
            />
          </label>
          <label className="field">
            <span>{t("models.address")}</span>
            <input
              className="input mono"
              type="url"
              required
              maxLength={500}
              value={form.url}
              onChange={(e) => set("url", e.target.value)}
            />
          </label>
        </div>
        <label className="field">
          <span>{t("models.key")}</span>
          <input
            className="input mono"
            type="password"
            autoComplete="new-password"
            maxLength={4000}
            placeholder={provider?.has_key ? `•••• ${provider.key_last4}` : ""}
            value={form.key}
            onChange={(e) => set("key", e.target.value)}
          />
          <small>{t(provider?.has_key ? "models.key.kept" : "models.key.hint")}</small>
        </label>
        <fieldset className="field">
          <legend>{t("models.prices")}</legend>
          {form.models.map((each, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
            <div key={at} className="price">
              <input
                className="input mono"
                aria-label={t("models.model")}
                placeholder={t("models.model")}
                pattern="\S+"
                maxLength={160}
                value={each.name}
                onChange={(e) => model(at, { name: e.target.value })}
              />
              {(["input", "output"] as const).map((side) => (
                <input
                  key={side}
                  className="input"
                  aria-label={t(`models.price.${side}`)}
                  placeholder={t(`models.price.${side}`)}
                  inputMode="decimal"
                  pattern="\d{0,6}(\.\d{1,6})?"
                  value={each[side] ?? ""}
                  onChange={(e) => model(at, { [side]: e.target.value || null })}
                />
              ))}
              <input
                className="input mono"
                aria-label={t("models.currency")}
                pattern="[A-Z]{3}"
                maxLength={3}
                required
                value={each.currency}
                onChange={(e) => model(at, { currency: e.target.value.toUpperCase() })}
              />
            </div>
          ))}
          <div>
            <button
              type="button"
              className="btn s"
              onClick={() =>
                set("models", [...form.models, { ...NEW, currency: form.models.at(-1)?.currency ?? "CNY" }])
              }
            >
              {t("models.model.add")}
            </button>
          </div>
          <small>{t("models.prices.hint")}</small>
        </fieldset>
        <label className="tick">
          <input type="checkbox" checked={form.is_inside} onChange={(e) => set("is_inside", e.target.checked)} />
          <span>
            {t("models.inside")}
            <small className="block muted">{t("models.inside.long")}</small>
          </span>
        </label>
        <label className="tick">
          <input type="checkbox" checked={form.is_active} onChange={(e) => set("is_active", e.target.checked)} />
          {t("models.active")}
        </label>
        <details>
          <summary>{t("models.more")}</summary>
          <div className="pair grid two">
            <label className="field">
              <span>{t("models.timeout")}</span>
              <input
                className="input"
                type="number"
                min={1}
                max={300}
                value={form.timeout_seconds}
                onChange={(e) => set("timeout_seconds", Number(e.target.value))}
              />
            </label>
            <label className="field">
              <span>{t("models.retries")}</span>
              <input
                className="input"
                type="number"
                min={0}
                max={3}
                value={form.retries}
                onChange={(e) => set("retries", Number(e.target.value))}
              />
            </label>
          </div>
          <label className="field">
            <span>{t("models.body")}</span>
            <input
              className="input mono"
              placeholder={'{"enable_thinking": false}'}
              value={form.body}
              onChange={(e) => set("body", e.target.value)}
            />
            <small>{t("models.body.hint")}</small>
          </label>
        </details>
        {failed instanceof SyntaxError ? (
          <ErrorLine error={failed} text={t("models.body.wrong")} />
        ) : (
          <ErrorLine error={failed} />
        )}
      </form>
    </Dialog>
  );
}

/** Raises: SyntaxError for anything that is not a JSON object. */
function asObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text || "{}");
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("not an object");
  return value as Record<string, unknown>;
}
