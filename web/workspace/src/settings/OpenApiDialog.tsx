import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { ApiError } from "../api/problem";
import { Dialog } from "../ui/Dialog";
import { FileField } from "../ui/FileField";
import { ErrorLine, errorText } from "../ui/states";

interface Operation {
  id: string;
  about: string;
  effect: "read" | "write";
  arguments: { name: string }[];
  problem: string;
}

interface Interface {
  title: string;
  base_url: string;
  operations: Operation[];
  mapping: string | null;
}

/** An OpenAPI document, the operations wanted of it, and which parameter is the customer. */
export function OpenApiDialog({ onClose, onMade }: { onClose: () => void; onMade: (mapping: string) => void }) {
  const { t } = useTranslation();
  const [url, setUrl] = useState("");
  const [document, setDocument] = useState("");
  const [whose, setWhose] = useState<Record<string, string>>({});
  const source = document ? { document } : { url };
  const read = useMutation({ mutationFn: () => post<Interface>("/connectors/openapi", source) });
  const make = useMutation({
    mutationFn: () =>
      post<Interface>("/connectors/openapi", {
        ...source,
        operations: Object.entries(whose).map(([operation, contact]) =>
          contact === "*" ? { operation, public: true } : { operation, contact },
        ),
      }),
    onSuccess: (made) => made.mapping && onMade(made.mapping),
  });
  const problems = make.error instanceof ApiError ? (make.error.problem.errors ?? []) : [];
  const pick = (id: string, value: string | undefined) =>
    setWhose((held) => {
      const { [id]: _, ...rest } = held;
      return value === undefined ? rest : { ...rest, [id]: value };
    });
  return (
    <Dialog
      kind="wide"
      title={t("connectors.openapi")}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t("ui.cancel")}
          </button>
          <button
            type="button"
            className="btn main"
            disabled={!Object.keys(whose).length || make.isPending}
            onClick={() => make.mutate()}
          >
            {t("connectors.openapi.make")}
          </button>
        </>
      }
    >
      <div className="body">
        <div className="flex wrap">
          <input
            className="input mono grow"
            aria-label={t("connectors.openapi.url")}
            value={url}
            placeholder="https://api.example.com/openapi.json"
            onChange={(e) => setUrl(e.target.value)}
          />
          <button
            type="button"
            className="btn"
            disabled={read.isPending || !(url || document)}
            onClick={() => read.mutate()}
          >
            {t("connectors.openapi.read")}
          </button>
        </div>
        <FileField
          label={t("connectors.openapi.file")}
          accept=".json,.yaml,.yml"
          onFile={(file) => void file?.text().then(setDocument)}
        />
        <div role="status" aria-live="polite">
          <ErrorLine error={read.error} />
          {make.isError && (
            <p className="errortext">
              {errorText(t, make.error)} {problems.map((each) => each.msg).join("; ")}
            </p>
          )}
        </div>
        <ul>
          {read.data?.operations.map((each) => (
            <li key={each.id} className="line stack tight">
              <label className="tick">
                <input
                  type="checkbox"
                  disabled={!!each.problem}
                  checked={each.id in whose}
                  onChange={(e) => pick(each.id, e.target.checked ? "" : undefined)}
                />
                <span className="mono">{each.id}</span>
                <span className={`chip ${each.effect === "write" ? "warn" : ""}`}>
                  {t(`connectors.effect.${each.effect}`)}
                </span>
                {each.problem && <span className="chip line">{t(`connectors.problem.${each.problem}`)}</span>}
              </label>
              <span className="muted small">{each.about}</span>
              {each.id in whose && (
                <select
                  className="input"
                  aria-label={t("connectors.whose")}
                  value={whose[each.id]}
                  onChange={(e) => pick(each.id, e.target.value)}
                >
                  <option value="">{t("connectors.whose.choose")}</option>
                  <option value="*">{t("connectors.public")}</option>
                  {each.arguments.map(({ name }) => (
                    <option key={name} value={name}>
                      {t("connectors.whose.argument", { name })}
                    </option>
                  ))}
                </select>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}
