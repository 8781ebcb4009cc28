// The connection test: one real call, with the clock running and the bill at the end.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { get, post } from "../api/client";
import { Dialog } from "../ui/Dialog";
import { ErrorLine } from "../ui/states";
import { money, type Provider, seconds, type Tested } from "./models";

interface Offered {
  items: string[];
  failure: { code: string } | null;
}

export function ModelsTest({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const { t } = useTranslation();
  const [model, setModel] = useState(provider.models[0]?.name ?? "");
  const offered = useQuery({
    queryKey: ["models", provider.id, "offered"],
    queryFn: ({ signal }) => get<Offered>(`/models/providers/${provider.id}/models`, undefined, signal),
    retry: false,
  });
  const test = useMutation({ mutationFn: () => post<Tested>(`/models/providers/${provider.id}/test`, { model }) });
  return (
    <Dialog
      title={t("models.test.title", { name: provider.name })}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t("ui.close")}
          </button>
          <button type="submit" form="test" className="btn main" disabled={test.isPending}>
            {t("models.test.run")}
          </button>
        </>
      }
    >
      <form
        id="test"
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          test.mutate();
        }}
      >
        <label className="field">
          <span>{t("models.model")}</span>
          <input
            className="input mono"
            list="offered"
            required
            pattern="\S+"
            maxLength={160}
            autoComplete="off"
            value={model}
            onChange={(e) => setModel(e.target.value)}
          />
          <small>
            {offered.isPending && t("models.offered.asking")}
            {!!offered.data?.items.length && t("models.offered", { n: offered.data.items.length })}
            {offered.data?.failure && t("models.offered.not")}
          </small>
        </label>
        <datalist id="offered">
          {offered.data?.items.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <p className="muted">{t("models.test.hint", { host: provider.host })}</p>
        <div role="status" aria-live="polite">
          {test.isPending && <Running />}
          {test.data && !test.isPending && <Outcome tested={test.data} />}
        </div>
        <ErrorLine error={test.error} />
      </form>
    </Dialog>
  );
}

function Running() {
  const { t } = useTranslation();
  const [since] = useState(() => performance.now());
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 100);
    return () => clearInterval(timer);
  }, []);
  return (
    <p aria-hidden="true">
      {t("models.test.running")} <span className="mono">{((now - since) / 1000).toFixed(1)} s</span>
    </p>
  );
}

function Outcome({ tested }: { tested: Tested }) {
  const { t } = useTranslation();
  if (!tested.ok) {
    return (
      <>
        <p className="errortext">
          {t(`models.failure.${tested.code}`)} · {seconds(tested.ms)}
          {tested.status ? ` · HTTP ${tested.status}` : ""}
        </p>
        {tested.message && <code className="secret">{tested.message}</code>}
      </>
    );
  }
  return (
    <>
      <p>
        <b>{t("models.test.ok")}</b> · {seconds(tested.ms)} ·{" "}
        {t("models.tokens", { input: tested.usage?.input ?? 0, output: tested.usage?.output ?? 0 })} ·{" "}
        {tested.cost ? money(tested.cost.amount, tested.cost.currency) : t("models.unpriced")}
      </p>
      <code className="secret">{tested.text}</code>
    </>
  );
}
