import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { patch, post, remove } from "../api/client";
import { ApiError } from "../api/problem";
import { queryClient } from "../api/queries";
import { Unsaved } from "../shell/Unsaved";
import { Confirm } from "../ui/Confirm";
import { useWhereabouts } from "../ui/hooks";
import { Icon } from "../ui/Icon";
import { ErrorLine, errorText } from "../ui/states";
import { toast } from "../ui/toast";
import { ConnectorFields } from "./ConnectorFields";
import { failed } from "./Connectors";
import { ConnectorTools, Line } from "./ConnectorTools";
import {
  type Connector,
  connectorsQuery,
  type Decision,
  KINDS,
  type Kind,
  refresh,
  START,
  type Tested,
  type Tool,
} from "./connectors";

/** One system: where it is, with which key, and which of its tools may be used. */
export function ConnectorPage({ connector, writes }: { connector: Connector | undefined; writes: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const whereabouts = useWhereabouts();
  const [kind, setKind] = useState<Kind>(connector?.kind ?? "http");
  const [name, setName] = useState(connector?.name ?? "");
  const [title, setTitle] = useState(connector?.title ?? "");
  const [settings, setSettings] = useState(connector?.settings ?? START.http);
  const [secret, setSecret] = useState("");
  const [decisions, setDecisions] = useState<Record<string, Decision>>(connector?.decisions ?? {});
  const [enabled, setEnabled] = useState(connector?.enabled ?? true);
  const open = (id: string | undefined) =>
    void navigate({ to: "/settings/{-$page}/{-$id}", params: { page: "connectors", id }, ignoreBlocker: true });
  const held = connector
    ? [connector.title, connector.settings, connector.decisions, connector.enabled]
    : ["", START[kind], {}, true];
  const isDirty = Boolean(secret) || JSON.stringify([title, settings, decisions, enabled]) !== JSON.stringify(held);
  const keep = (saved: Connector) => {
    queryClient.setQueryData(connectorsQuery.queryKey, (held) => [
      ...(held ?? []).filter((each) => each.id !== saved.id),
      saved,
    ]);
    setDecisions(saved.decisions);
    setSecret("");
    refresh();
  };
  const save = useMutation({
    mutationFn: () => {
      const body = { title, settings, tools: decisions, enabled, ...(secret && { secret }) };
      return connector
        ? patch<Connector>(`/connectors/${connector.id}`, { ...body, version: connector.version })
        : post<Connector>("/connectors", { ...body, kind, name });
    },
    onMutate: whereabouts,
    onSuccess: (saved, _, stillHere) => {
      keep(saved);
      toast(t("state.saved"), { tone: "good" });
      if (!connector && stillHere()) open(saved.id);
    },
  });
  const test = useMutation({
    mutationFn: () => post<Tested>(`/connectors/${connector?.id}/test`),
    onSuccess: (found) =>
      toast(found.ok ? t("connectors.test.ok", { system: title }) : failed(t, title, found.code), {
        tone: found.ok ? "good" : "warn",
      }),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  const preview = useMutation({
    mutationFn: () =>
      post<{ tools: Tool[] }>("/connectors/preview", {
        kind,
        name: name || "x",
        title: title || "x",
        settings,
        tools: decisions,
      }),
  });
  return (
    <div className="narrow">
      <Unsaved when={writes && isDirty && !save.isPending} />
      <div className="flex">
        <Link
          className="btn quiet icon"
          to="/settings/{-$page}/{-$id}"
          params={{ page: "connectors", id: undefined }}
          aria-label={t("ui.back")}
        >
          <Icon name="left" />
        </Link>
        <h2 className="grow cut">{connector?.title ?? t("connectors.new")}</h2>
        {connector && writes && (
          <button type="button" className="btn" disabled={test.isPending} onClick={() => test.mutate()}>
            {t("connectors.test")}
          </button>
        )}
      </div>
      <form
        id="connector"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Part title={t("connectors.system")}>
          {!connector && (
            <label className="field">
              <span>{t("connectors.kind")}</span>
              <select
                className="input"
                value={kind}
                onChange={(e) => {
                  setKind(e.target.value as Kind);
                  setSettings(START[e.target.value as Kind]);
                  setDecisions({});
                }}
              >
                {KINDS.map((each) => (
                  <option key={each} value={each}>
                    {t(`connectors.kind.${each}`)}
                  </option>
                ))}
              </select>
              <small>{t(`connectors.kind.${kind}.hint`)}</small>
            </label>
          )}
          <label className="field">
            <span>{t("connectors.name")}</span>
            <input
              className="input"
              required
              maxLength={60}
              disabled={!writes}
              value={title}
              onChange={(e) => setTitle(e.target.value)}
            />
            <small>{t("connectors.name.hint")}</small>
          </label>
          <label className="field">
            <span>{t("connectors.prefix")}</span>
            <input
              className="input mono"
              required
              pattern="[a-z][a-z0-9\-]{0,19}"
              disabled={!!connector}
              value={name}
              placeholder="crm"
              onChange={(e) => setName(e.target.value)}
            />
            <small>{t("connectors.prefix.hint")}</small>
          </label>
          <label className="tick">
            <input
              type="checkbox"
              checked={enabled}
              disabled={!writes}
              onChange={(e) => setEnabled(e.target.checked)}
            />
            {t("connectors.enabled")}
          </label>
        </Part>
        <Part title={t("connectors.address")}>
          <ConnectorFields
            kind={kind}
            settings={settings}
            set={setSettings}
            secret={secret}
            setSecret={setSecret}
            held={connector?.secret}
            disabled={!writes}
          />
          {writes && kind !== "mcp" && (
            <div>
              <button type="button" className="btn" disabled={preview.isPending} onClick={() => preview.mutate()}>
                {t("connectors.preview")}
              </button>
            </div>
          )}
          <div role="status" aria-live="polite">
            {preview.isError && <p className="errortext">{told(t, preview.error)}</p>}
            {preview.data && (
              <ul>
                {preview.data.tools.map((tool) => (
                  <Line key={tool.name} tool={tool} />
                ))}
              </ul>
            )}
          </div>
        </Part>
      </form>
      {connector && (
        <ConnectorTools connector={connector} decisions={decisions} set={setDecisions} writes={writes} keep={keep} />
      )}
      {writes && (
        <div className="savebar">
          <button type="submit" form="connector" className="btn main" disabled={save.isPending}>
            {t("ui.save")}
          </button>
          {save.isError && <ErrorLine error={save.error} text={told(t, save.error)} />}
          {connector && (
            <Confirm
              className="btn quiet end"
              label={t("connectors.delete")}
              ask={t("connectors.delete.ask", { system: connector.title })}
              act={async () => {
                await remove(`/connectors/${connector.id}`);
                refresh();
                open(undefined);
              }}
            />
          )}
        </div>
      )}
    </div>
  );
}

/** What failed, with every place that is wrong and the line where it is known. */
function told(t: TFunction, error: unknown): string {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const line = (problem as { line?: number | null } | undefined)?.line;
  const places = (problem?.errors ?? []).map((each) => [...(each.loc as (string | number)[]), each.msg].join(" › "));
  return [errorText(t, error), line && t("knowledge.import.line", { n: line }), ...places].filter(Boolean).join(" · ");
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card">
      <div className="cardhead">
        <h3>{title}</h3>
      </div>
      <div className="cardbody stack">{children}</div>
    </section>
  );
}
