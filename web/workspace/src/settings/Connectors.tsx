import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { post } from "../api/client";
import { may } from "../auth/session";
import { errorText } from "../ui/states";
import { type Column, Table } from "../ui/Table";
import { when } from "../ui/time";
import { toast } from "../ui/toast";
import { ConnectorPage } from "./ConnectorPage";
import { type Connector, connectorsQuery, type Fixed, type Tested, TONE } from "./connectors";
import { InternalHosts } from "./InternalHosts";

/** The systems the bot and the agents may ask, and how they are doing. */
export function Connectors({ me, id }: { me: Me; id: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const writes = may(me, "connectors.write");
  const list = useQuery({ ...connectorsQuery, refetchInterval: 15_000 });
  const known = list.data?.find((each): each is Connector => each.id !== null && each.id === id);
  if (id && (id === "new" ? writes : known))
    return <ConnectorPage key={known?.id ?? "new"} connector={known} writes={writes} />;
  const columns: Column<Connector | Fixed>[] = [
    {
      key: "system",
      title: t("connectors.system"),
      by: (of) => of.title,
      cell: (of) => (
        <>
          {of.id ? (
            <Link
              className="inboxlink"
              to="/settings/{-$page}/{-$id}"
              params={{ page: "connectors", id: of.id }}
              preload={false}
            >
              <b>{of.title}</b>
            </Link>
          ) : (
            <b>{of.title}</b>
          )}{" "}
          <span className="chip line">{t(`connectors.kind.${of.kind}`)}</span>
        </>
      ),
    },
    {
      key: "state",
      title: t("connectors.state"),
      by: (of) => t(`connectors.state.${of.state}`),
      cell: (of) => (
        <>
          <span className={`chip ${TONE[of.state]}`}>{t(`connectors.state.${of.state}`)}</span>{" "}
          {of.problem && <small className="muted">{reason(t, of.problem)}</small>}
        </>
      ),
    },
    {
      key: "last_ok",
      title: t("connectors.last_ok"),
      className: "nowrap",
      by: (of) => of.last_ok_at,
      cell: (of) => (of.last_ok_at ? when(of.last_ok_at) : "—"),
    },
    {
      key: "tools",
      title: t("connectors.tools"),
      by: (of) => of.tools.length,
      cell: (of) => {
        const changing = of.tools.filter((tool) => tool.effect === "write").length;
        return (
          <span className="flex tight wrap">
            <span className="nowrap">{t("connectors.count", { n: of.tools.length })}</span>
            {changing > 0 && <span className="chip warn">{t("connectors.count.write", { n: changing })}</span>}
          </span>
        );
      },
    },
    {
      key: "",
      title: "",
      className: "r",
      cell: (of) => of.id !== null && writes && <Test of={of} />,
    },
  ];
  return (
    <div className="stack">
      <section className="card">
        <div className="cardhead">
          <h2 className="grow">{t("connectors.title")}</h2>
          {writes && (
            <button
              type="button"
              className="btn main"
              onClick={() =>
                void navigate({ to: "/settings/{-$page}/{-$id}", params: { page: "connectors", id: "new" } })
              }
            >
              {t("connectors.new")}
            </button>
          )}
        </div>
        <Table
          label={t("connectors.title")}
          columns={columns}
          query={list}
          rows={list.data}
          keyOf={(of) => of.id ?? of.title}
          rowClass={(of) => (of.enabled ? undefined : "inactive")}
          empty={t("connectors.none")}
        />
      </section>
      <InternalHosts writes={writes} />
    </div>
  );
}

function Test({ of }: { of: Connector }) {
  const { t } = useTranslation();
  const test = useMutation({
    mutationFn: () => post<Tested>(`/connectors/${of.id}/test`),
    onSuccess: (found) =>
      toast(found.ok ? t("connectors.test.ok", { system: of.title }) : failed(t, of.title, found.code), {
        tone: found.ok ? "good" : "warn",
      }),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  return (
    <button
      type="button"
      className="btn s"
      aria-label={`${t("connectors.test")} ${of.title}`}
      disabled={test.isPending}
      onClick={() => test.mutate()}
    >
      {t("connectors.test")}
    </button>
  );
}

type T = ReturnType<typeof useTranslation>["t"];

/** Why a system does not answer, in words. */
export function reason(t: T, code: string): string {
  return t(`connectors.reason.${code}`, { defaultValue: code });
}

export function failed(t: T, system: string, code: string | null): string {
  return t("connectors.test.failed", { system, reason: reason(t, code ?? "") });
}
