// Language models: what is asked of whom in which order, whom there is to ask, and what it may cost.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { may } from "../auth/session";
import { Failure, Skeleton } from "../ui/states";
import { type Column, Table } from "../ui/Table";
import { ModelsEnglish } from "./ModelsEnglish";
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
  const columns: Column<Provider>[] = [
    {
      key: "name",
      title: t("field.thing"),
      by: (one) => one.name,
      cell: (one) => (
        <>
          <b>{one.name}</b> {one.is_environment && <span className="chip">{t("models.environment")}</span>}
          {!one.is_active && <span className="chip">{t("models.off")}</span>}
          <small className="block muted">
            {one.purposes.map((purpose) => t(`models.purpose.${purpose}`)).join(t("list.comma"))}
          </small>
        </>
      ),
    },
    { key: "address", title: t("models.address"), className: "mono", by: (one) => one.host, cell: (one) => one.host },
    { key: "key", title: t("models.key"), className: "nowrap", cell: (one) => <Key of={one} /> },
    {
      key: "models",
      title: t("models.models"),
      className: "names",
      cell: (one) =>
        one.models.map((model) => (
          <span key={model.name} className="mono block">
            {model.name}
          </span>
        )),
    },
    {
      key: "leaves",
      title: t("models.leaves"),
      cell: (one) => t(one.leaves_house ? "models.leaves.out" : "models.leaves.no"),
    },
    {
      key: "",
      title: "",
      className: "r nowrap",
      cell: (one) =>
        writes && (
          <span className="flex tight tail">
            <button
              type="button"
              className="btn s"
              aria-label={`${t("models.test")} ${one.name}`}
              onClick={() => setTesting(one)}
            >
              {t("models.test")}
            </button>
            {!one.is_environment && (
              <button
                type="button"
                className="btn s"
                aria-label={`${t("ui.edit")} ${one.name}`}
                onClick={() => setEditing(one)}
              >
                {t("ui.edit")}
              </button>
            )}
          </span>
        ),
    },
  ];
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
        <Table
          label={t("models.providers")}
          columns={columns}
          rows={providers}
          keyOf={(one) => one.id}
          rowClass={(one) => (one.is_active ? undefined : "inactive")}
          empty={t("models.none")}
        />
      </section>
      <ModelsLimits key={settings.version} data={models.data} writes={writes} />
      <ModelsEnglish english={models.data.english} />
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

/** The end of the key that is kept; the whole of it is never shown again. */
function Key({ of }: { of: Provider }) {
  const { t } = useTranslation();
  if (!of.has_key) return "—";
  if (!of.key_is_readable) return <span className="chip danger">{t("models.key.unreadable")}</span>;
  return <span className="mono">•••• {of.key_last4}</span>;
}
