// Flows: what the bot can carry out; each opens in the editor.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { patch } from "../../api/client";
import { queryClient } from "../../api/queries";
import { may, useMe } from "../../auth/session";
import { Icon } from "../../ui/Icon";
import { SavedTick } from "../../ui/SavedTick";
import { Empty, Failure, Skeleton } from "../../ui/states";
import { FlowEditor } from "./FlowEditor";
import { type FlowRow, flowsQuery, renewed } from "./model";
import "../../ui/list.css";
import "./flows.css";

export function FlowsPage() {
  const { id } = useParams({ strict: false }) as { id?: string };
  return id ? <FlowEditor key={id} name={id} /> : <FlowList />;
}

function FlowList() {
  const { t } = useTranslation();
  const canWrite = may(useMe(), "bot.write");
  const flows = useQuery(flowsQuery);
  const go = useNavigate();
  const [name, setName] = useState("");
  if (flows.isPending) return <Skeleton lines={10} gap={16} />;
  if (flows.isError) return <Failure error={flows.error} retry={() => void flows.refetch()} />;
  const isNew = /^[a-z][a-z0-9_]{1,39}$/.test(name) && !flows.data.some((each) => each.name === name);
  return (
    <div className="flowlist">
      <p className="muted">{t("flows.about")}</p>
      <section className="card">
        {!flows.data.length && <Empty text={t("flows.none")} />}
        <ul>
          {flows.data.map((flow) => (
            <Row key={flow.name} flow={flow} canWrite={canWrite} />
          ))}
        </ul>
      </section>
      {canWrite && (
        <form
          className="flex wrap newflow"
          onSubmit={(event) => {
            event.preventDefault();
            if (isNew) void go({ to: "/bot/{-$page}/{-$id}", params: { page: "flows", id: name } });
          }}
        >
          <label className="field">
            <span>{t("flows.name")}</span>
            <input
              className="input"
              value={name}
              maxLength={40}
              placeholder="opening_hours"
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <button type="submit" className="btn" disabled={!isNew}>
            <Icon name="plus" size="s" />
            {t("flows.new")}
          </button>
        </form>
      )}
    </div>
  );
}

function Row({ flow, canWrite }: { flow: FlowRow; canWrite: boolean }) {
  const { t } = useTranslation();
  const save = async (enabled: boolean) => {
    try {
      await patch<void>(`/flows/${flow.name}`, { enabled });
      queryClient.setQueryData<{ items: FlowRow[] }>(
        flowsQuery.queryKey,
        (held) => held && { items: held.items.map((row) => (row.name === flow.name ? { ...row, enabled } : row)) },
      );
    } finally {
      renewed();
    }
  };
  return (
    <li className="line flex">
      <Link className="grow flowname" to="/bot/{-$page}/{-$id}" params={{ page: "flows", id: flow.name }}>
        <span>
          <b>{flow.title}</b> <code className="faint">{flow.name}</code>
        </span>
        <small className="muted">{flow.about}</small>
      </Link>
      {flow.writes && <span className="chip warn nowrap">{t("flows.writes")}</span>}
      {flow.for === "anyone" && <span className="chip line nowrap">{t("flows.anyone")}</span>}
      {flow.has_draft && <span className="chip nowrap">{t("flows.draft")}</span>}
      <span className="muted nowrap">
        {flow.version
          ? t("bot.versions.n", { n: flow.version })
          : t(flow.version === 0 ? "flows.shipped" : "flows.unpublished")}
      </span>
      <SavedTick checked={flow.enabled} disabled={!canWrite} name={t("flows.on.of", { name: flow.title })} save={save}>
        {t("flows.on")}
      </SavedTick>
    </li>
  );
}
