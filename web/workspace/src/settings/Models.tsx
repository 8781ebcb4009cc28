// Language models: what is asked of whom in which order, whom there is to ask, and what it may cost.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { may } from "../auth/session";
import { Empty, Failure, Skeleton } from "../ui/states";
import { ModelsLadder } from "./ModelsLadder";
import { ModelsLimits } from "./ModelsLimits";
import { ModelsProvider } from "./ModelsProvider";
import { ModelsPurposes } from "./ModelsPurposes";
import { ModelsTest } from "./ModelsTest";
import { modelsQuery, type Provider, type Purpose } from "./models";
import "./models.css";

export function Models({ me }: { me: Me }) {
  const { t } = useTranslation();
  const writes = may(me, "models.write");
  const models = useQuery(modelsQuery);
  const [editing, setEditing] = useState<Provider | "new" | null>(null);
  const [testing, setTesting] = useState<Provider | null>(null);
  const [ordering, setOrdering] = useState<Purpose | null>(null);
  if (models.isPending) return <Skeleton lines={8} gap={16} />;
  if (models.isError) return <Failure error={models.error} retry={() => void models.refetch()} />;
  const { providers, settings } = models.data;
  return (
    <div className="stack">
      <ModelsPurposes data={models.data} writes={writes} onOrder={setOrdering} />
      <section className="card">
        <div className="cardhead">
          <h2 className="grow">{t("models.providers")}</h2>
          {writes && (
            <button type="button" className="btn main" onClick={() => setEditing("new")}>
              {t("models.add")}
            </button>
          )}
        </div>
        {!providers.length && <Empty text={t("models.none")} />}
        {!!providers.length && (
          <div className="tablebox">
            <table>
              <thead>
                <tr>
                  <th>{t("field.thing")}</th>
                  <th>{t("models.address")}</th>
                  <th>{t("models.key")}</th>
                  <th>{t("models.models")}</th>
                  <th>{t("models.leaves")}</th>
                  <th>
                    <span className="hidden-text">{t("ui.actions")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {providers.map((one) => (
                  <tr key={one.id} className={one.is_active ? "" : "inactive"}>
                    <td>
                      <b>{one.name}</b> {one.is_environment && <span className="chip">{t("models.environment")}</span>}
                      {!one.is_active && <span className="chip">{t("models.off")}</span>}
                      <small className="block muted">
                        {one.purposes.map((purpose) => t(`models.purpose.${purpose}`)).join(t("list.comma"))}
                      </small>
                    </td>
                    <td className="mono">{one.host}</td>
                    <td className="nowrap">
                      {!one.has_key && "—"}
                      {one.has_key && one.key_is_readable && <span className="mono">•••• {one.key_last4}</span>}
                      {one.has_key && !one.key_is_readable && (
                        <span className="chip danger">{t("models.key.unreadable")}</span>
                      )}
                    </td>
                    <td className="names">
                      {one.models.map((model) => (
                        <span key={model.name} className="mono block">
                          {model.name}
                        </span>
                      ))}
                    </td>
                    <td>{t(one.leaves_house ? "models.leaves.out" : "models.leaves.no")}</td>
                    <td className="r nowrap">
                      {writes && (
                        <button type="button" className="btn s" onClick={() => setTesting(one)}>
                          {t("models.test")}
                        </button>
                      )}{" "}
                      {writes && !one.is_environment && (
                        <button type="button" className="btn s" onClick={() => setEditing(one)}>
                          {t("ui.edit")}
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      <ModelsLimits key={settings.version} data={models.data} writes={writes} />
      {editing && (
        <ModelsProvider
          provider={editing === "new" ? null : editing}
          presets={models.data.presets}
          onClose={() => setEditing(null)}
        />
      )}
      {testing && <ModelsTest provider={testing} onClose={() => setTesting(null)} />}
      {ordering && <ModelsLadder purpose={ordering} data={models.data} onClose={() => setOrdering(null)} />}
    </div>
  );
}
