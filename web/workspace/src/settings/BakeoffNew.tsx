// Choose engines and questions for a bake-off.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { queryClient } from "../api/queries";
import { Dialog } from "../ui/Dialog";
import { DialogEnd } from "../ui/DialogEnd";
import { FileField } from "../ui/FileField";
import { ErrorLine } from "../ui/states";
import type { Labels } from "./bakeoff";
import { modelsQuery } from "./models";

export function BakeoffNew({ judged, onClose }: { judged: number; onClose: () => void }) {
  const { t } = useTranslation();
  const models = useQuery(modelsQuery);
  const [engines, setEngines] = useState<string[]>(["none"]);
  const [k, setK] = useState(1);
  const [limit, setLimit] = useState(100);
  const [source, setSource] = useState<Labels>(judged ? "judged" : "unjudged");
  const [file, setFile] = useState<File | null>(null);
  const known = (models.data?.providers ?? [])
    .filter((each) => each.is_active)
    .flatMap((each) => each.models.map((model) => ({ name: `${each.name}:${model.name}`, leaves: each.leaves_house })));
  const start = useMutation({
    mutationFn: async () =>
      post("/bakeoffs", {
        engines,
        k,
        limit,
        ...(source === "file" ? { questions: (await file?.text()) ?? "" } : { own: source }),
      }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["bakeoffs"] });
      onClose();
    },
  });
  const calls =
    engines.filter((each) => each !== "none").length * k * (source === "judged" ? Math.min(limit, judged) : limit);
  const toggle = (name: string, on: boolean) =>
    setEngines(on ? [...engines, name] : engines.filter((each) => each !== name));
  return (
    <Dialog
      title={t("bakeoff.new")}
      onClose={onClose}
      footer={
        <DialogEnd
          form="bakeoff"
          onClose={onClose}
          label={t("bakeoff.start")}
          disabled={start.isPending || !engines.length || (source === "file" && !file)}
        />
      }
    >
      <form
        id="bakeoff"
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <fieldset className="field">
          <legend>{t("bakeoff.engines")}</legend>
          <label className="tick">
            <input
              type="checkbox"
              checked={engines.includes("none")}
              onChange={(e) =>
                setEngines(e.target.checked ? ["none", ...engines] : engines.filter((x) => x !== "none"))
              }
            />
            {t("models.without")}
          </label>
          {known.map(({ name, leaves }) => (
            <label key={name} className="tick">
              <input
                type="checkbox"
                checked={engines.includes(name)}
                onChange={(e) => toggle(name, e.target.checked)}
              />
              <span>
                <span className="mono">{name}</span>
                {leaves && <small className="block muted">{t("bakeoff.leaves")}</small>}
              </span>
            </label>
          ))}
        </fieldset>
        <fieldset className="field">
          <legend>{t("bakeoff.source")}</legend>
          {(["judged", "unjudged", "file"] as const).map((each) => (
            <label key={each} className="tick">
              <input
                type="radio"
                name="source"
                checked={source === each}
                disabled={each === "judged" && !judged}
                onChange={() => setSource(each)}
              />
              {t(`bakeoff.source.${each}`, { n: judged })}
            </label>
          ))}
        </fieldset>
        {source === "file" && (
          <FileField label={t("bakeoff.file")} accept=".jsonl,.json,application/x-ndjson" onFile={setFile} />
        )}
        <div className="pair grid">
          <label className="field">
            <span>{t("bakeoff.limit")}</span>
            <input
              className="input"
              type="number"
              min={1}
              max={1000}
              value={limit}
              onChange={(e) => setLimit(Number(e.target.value))}
            />
          </label>
          <label className="field">
            <span>{t("bakeoff.k")}</span>
            <input
              className="input"
              type="number"
              min={1}
              max={8}
              value={k}
              onChange={(e) => setK(Number(e.target.value))}
            />
          </label>
        </div>
        <p className="muted">{calls ? t("bakeoff.calls", { n: calls }) : t("bakeoff.calls.none")}</p>
        <ErrorLine error={start.error} />
      </form>
    </Dialog>
  );
}
