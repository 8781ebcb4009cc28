// The order of engines for one purpose: the first that answers in time counts, and after the last one no model.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { put } from "../api/client";
import { queryClient } from "../api/queries";
import { Dialog } from "../ui/Dialog";
import { DialogEnd } from "../ui/DialogEnd";
import { ErrorLine } from "../ui/states";
import type { ModelsOverview, Purpose, Rung } from "./models";

const MAX_RUNGS = 5;

interface Props {
  purpose: Purpose;
  data: ModelsOverview;
  onClose: () => void;
}

export function ModelsLadder({ purpose, data, onClose }: Props) {
  const { t } = useTranslation();
  const { providers, settings } = data;
  const [rungs, setRungs] = useState<Rung[]>(settings.ladders[purpose] ?? []);
  const save = useMutation({
    mutationFn: () => {
      const ladders = { ...settings.ladders, [purpose]: rungs.filter((each) => each.provider && each.model.trim()) };
      return put("/models/settings", { version: settings.version, ladders });
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["models"] });
      onClose();
    },
  });
  const change = (at: number, value: Partial<Rung>) =>
    setRungs(rungs.map((each, i) => (i === at ? { ...each, ...value } : each)));
  const move = (at: number, by: number) => {
    const next = [...rungs];
    const [taken] = next.splice(at, 1);
    if (taken) next.splice(at + by, 0, taken);
    setRungs(next);
  };
  const first = providers[0];
  return (
    <Dialog
      title={t("models.ladder", { purpose: t(`models.purpose.${purpose}`) })}
      kind="wide"
      onClose={onClose}
      footer={<DialogEnd form="ladder" onClose={onClose} disabled={save.isPending} />}
    >
      <form
        id="ladder"
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <p className="muted">{t(providers.length ? "models.ladder.hint" : "models.none")}</p>
        <ol className="rungs">
          {rungs.map((rung, at) => {
            const provider = providers.find((each) => each.id === rung.provider);
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a rung is its place
              <li key={at}>
                <select
                  className="input"
                  aria-label={t("models.provider")}
                  value={rung.provider}
                  onChange={(e) => {
                    const chosen = providers.find((each) => each.id === e.target.value);
                    change(at, { provider: e.target.value, model: chosen?.models[0]?.name ?? "" });
                  }}
                >
                  {providers.map((each) => (
                    <option key={each.id} value={each.id}>
                      {each.name}
                    </option>
                  ))}
                </select>
                <input
                  className="input mono"
                  aria-label={t("models.model")}
                  list={`known-${at}`}
                  required
                  maxLength={160}
                  pattern="\S+"
                  value={rung.model}
                  onChange={(e) => change(at, { model: e.target.value })}
                />
                <datalist id={`known-${at}`}>
                  {provider?.models.map((each) => (
                    <option key={each.name} value={each.name} />
                  ))}
                </datalist>
                <button type="button" className="btn s" disabled={!at} onClick={() => move(at, -1)}>
                  {t("models.up")}
                </button>
                <button type="button" className="btn s" onClick={() => setRungs(rungs.filter((_, i) => i !== at))}>
                  {t("ui.remove")}
                </button>
              </li>
            );
          })}
          <li className="muted">{t("models.ladder.last")}</li>
        </ol>
        {first && rungs.length < MAX_RUNGS && (
          <div>
            <button
              type="button"
              className="btn"
              onClick={() => setRungs([...rungs, { provider: first.id, model: first.models[0]?.name ?? "" }])}
            >
              {t("models.ladder.add")}
            </button>
          </div>
        )}
        <ErrorLine error={save.error} />
      </form>
    </Dialog>
  );
}
