import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { Dialog } from "../ui/Dialog";
import { ErrorLine } from "../ui/states";
import { reason } from "./Connectors";
import type { Connector, Tool } from "./connectors";

interface Tried {
  ok: boolean;
  code: string | null;
  result: unknown;
}

/** Run a read tool once, for a customer of the shop, and see the raw result. */
export function TryDialog({ connector, tool, onClose }: { connector: Connector; tool: Tool; onClose: () => void }) {
  const { t } = useTranslation();
  const [contact, setContact] = useState("");
  const [text, setText] = useState(() => JSON.stringify(example(tool), null, 2));
  const parsed = parse(text);
  const run = useMutation({
    mutationFn: () =>
      post<Tried>(`/connectors/${connector.id}/try`, { tool: tool.name, arguments: parsed ?? {}, contact }),
  });
  return (
    <Dialog
      kind="wide"
      title={`${t("connectors.try")} · ${tool.name}`}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t("ui.close")}
          </button>
          <button type="submit" form="try" className="btn main" disabled={run.isPending || !parsed}>
            {t("connectors.try.run")}
          </button>
        </>
      }
    >
      <form
        id="try"
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate();
        }}
      >
        {tool.needs_contact && (
          <label className="field">
            <span>{t("connectors.try.contact")}</span>
            <input className="input mono" required value={contact} onChange={(e) => setContact(e.target.value)} />
            <small>{t("connectors.try.hint")}</small>
          </label>
        )}
        <label className="field">
          <span>{t("connectors.try.arguments")}</span>
          <textarea
            className="input mono"
            rows={4}
            spellCheck={false}
            value={text}
            aria-invalid={!parsed}
            onChange={(e) => setText(e.target.value)}
          />
          {!parsed && <small className="errortext">{t("connectors.try.json")}</small>}
        </label>
        <div role="status" aria-live="polite">
          <ErrorLine error={run.error} />
          {run.data && !run.data.ok && <p className="errortext">{reason(t, run.data.code ?? "")}</p>}
          {run.data?.ok && <pre className="secret scroll">{JSON.stringify(run.data.result, null, 2)}</pre>}
        </div>
      </form>
    </Dialog>
  );
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text || "{}");
    return value && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function example(tool: Tool): Record<string, unknown> {
  const required = (tool.arguments as { required?: string[] }).required ?? [];
  return Object.fromEntries(required.map((name) => [name, ""]));
}
