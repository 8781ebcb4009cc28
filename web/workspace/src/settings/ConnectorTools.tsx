import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { Empty, ErrorLine } from "../ui/states";
import type { Connector, Decision, Discovered, Tool } from "./connectors";
import { TryDialog } from "./TryDialog";

interface Props {
  connector: Connector;
  decisions: Record<string, Decision>;
  set: (decisions: Record<string, Decision>) => void;
  writes: boolean;
  keep: (saved: Connector) => void;
}

const OFF: Decision = { allowed: false, effect: "read", contact: "", public: false };

/** Which tools may be used, what they do, and for whom. */
export function ConnectorTools({ connector, decisions, set, writes, keep }: Props) {
  const { t } = useTranslation();
  const [trying, setTrying] = useState<Tool | null>(null);
  const discover = useMutation({
    mutationFn: () => post<Connector>(`/connectors/${connector.id}/discover`),
    onSuccess: keep,
  });
  const decide = (name: string, change: Partial<Decision>, before: Decision = OFF) =>
    set({ ...decisions, [name]: { ...(decisions[name] ?? before), ...change } });
  const isMcp = connector.kind === "mcp";
  return (
    <section className="card">
      <div className="cardhead">
        <h3 className="grow">{t("connectors.tools")}</h3>
        {isMcp && writes && (
          <button type="button" className="btn" disabled={discover.isPending} onClick={() => discover.mutate()}>
            {t("connectors.discover")}
          </button>
        )}
      </div>
      {discover.isError && (
        <div className="cardbody">
          <ErrorLine error={discover.error} />
        </div>
      )}
      {isMcp && !connector.discovered.length && <Empty text={t("connectors.discover.first")} />}
      <ul>
        {isMcp
          ? connector.discovered.map((each) => (
              <Offered
                key={each.name}
                of={each}
                told={decisions[each.name] ?? OFF}
                disabled={!writes}
                decide={(change) => decide(each.name, change, { ...OFF, effect: each.read_only ? "read" : "write" })}
              />
            ))
          : connector.tools.map((tool) => <Line key={tool.name} tool={tool} onTry={writes ? setTrying : undefined} />)}
      </ul>
      {(connector.kind === "shopify" || connector.kind === "woocommerce") && (
        <div className="cardbody">
          <label className="tick">
            <input
              type="checkbox"
              disabled={!writes}
              checked={decisions.add_note?.allowed ?? false}
              onChange={(e) => decide("add_note", { allowed: e.target.checked, effect: "write" })}
            />
            {t("connectors.notes")}
          </label>
        </div>
      )}
      {isMcp && !!connector.tools.length && (
        <>
          <h4 className="cardbody">{t("connectors.offered")}</h4>
          <ul>
            {connector.tools.map((tool) => (
              <Line key={tool.name} tool={tool} onTry={writes ? setTrying : undefined} />
            ))}
          </ul>
        </>
      )}
      {trying && <TryDialog connector={connector} tool={trying} onClose={() => setTrying(null)} />}
    </section>
  );
}

export function Line({ tool, onTry }: { tool: Tool; onTry?: ((tool: Tool) => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <li className="flex line">
      <span className="grow">
        <span className="mono">{tool.name}</span>{" "}
        <span className={`chip ${tool.effect === "write" ? "warn" : ""}`}>{t(`connectors.effect.${tool.effect}`)}</span>{" "}
        {!tool.needs_contact && <span className="chip line">{t("connectors.public")}</span>}
        <span className="block muted small">{tool.about}</span>
      </span>
      {onTry && tool.effect === "read" && (
        <button type="button" className="btn s" onClick={() => onTry(tool)}>
          {t("connectors.try")}
        </button>
      )}
    </li>
  );
}

interface OfferedProps {
  of: Discovered;
  told: Decision;
  disabled: boolean;
  decide: (change: Partial<Decision>) => void;
}

function Offered({ of, told, disabled, decide }: OfferedProps) {
  const { t } = useTranslation();
  const names = Object.keys(of.schema.properties ?? {});
  const whose = told.public ? "*" : told.contact;
  return (
    <li className="line stack tight">
      <label className="tick">
        <input
          type="checkbox"
          disabled={disabled || !!of.problem}
          checked={told.allowed}
          onChange={(e) => decide({ allowed: e.target.checked })}
        />
        <span className="mono">{of.name}</span>
        {of.problem && <span className="chip warn">{t("connectors.problem.schema")}</span>}
      </label>
      <span className="muted small">{of.about}</span>
      {told.allowed && (
        <div className="flex wrap">
          <select
            className="input auto"
            aria-label={t("connectors.effect")}
            disabled={disabled}
            value={told.effect}
            onChange={(e) => decide({ effect: e.target.value as Decision["effect"] })}
          >
            <option value="read">{t("connectors.effect.read")}</option>
            <option value="write">{t("connectors.effect.write")}</option>
          </select>
          <select
            className="input auto"
            aria-label={t("connectors.whose")}
            disabled={disabled}
            value={whose}
            onChange={(e) =>
              decide(
                e.target.value === "*" ? { public: true, contact: "" } : { public: false, contact: e.target.value },
              )
            }
          >
            <option value="">{t("connectors.whose.choose")}</option>
            <option value="*">{t("connectors.public")}</option>
            {names.map((name) => (
              <option key={name} value={name}>
                {t("connectors.whose.argument", { name })}
              </option>
            ))}
          </select>
        </div>
      )}
    </li>
  );
}
