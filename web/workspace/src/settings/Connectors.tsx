import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { post } from "../api/client";
import { may } from "../auth/session";
import { Empty, errorText, Failure, Skeleton } from "../ui/states";
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
        {list.isPending && <Skeleton lines={4} gap={16} />}
        {list.isError && !list.data && <Failure error={list.error} retry={() => void list.refetch()} />}
        {list.data && !list.data.length && <Empty text={t("connectors.none")} />}
        {!!list.data?.length && (
          <div className="tablebox">
            <table>
              <thead>
                <tr>
                  <th>{t("connectors.system")}</th>
                  <th>{t("connectors.state")}</th>
                  <th>{t("connectors.last_ok")}</th>
                  <th>{t("connectors.tools")}</th>
                  <th>
                    <span className="hidden-text">{t("ui.actions")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {list.data.map((each) => (
                  <Row key={each.id ?? each.title} of={each} writes={writes} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      <InternalHosts writes={writes} />
    </div>
  );
}

function Row({ of, writes }: { of: Connector | Fixed; writes: boolean }) {
  const { t } = useTranslation();
  const test = useMutation({
    mutationFn: () => post<Tested>(`/connectors/${of.id}/test`),
    onSuccess: (found) =>
      toast(found.ok ? t("connectors.test.ok", { system: of.title }) : failed(t, of.title, found.code), {
        tone: found.ok ? "good" : "warn",
      }),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  const changing = of.tools.filter((tool) => tool.effect === "write").length;
  return (
    <tr className={of.enabled ? undefined : "inactive"}>
      <td>
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
      </td>
      <td>
        <span className={`chip ${TONE[of.state]}`}>{t(`connectors.state.${of.state}`)}</span>{" "}
        {of.problem && <small className="muted">{reason(t, of.problem)}</small>}
      </td>
      <td className="nowrap">{of.last_ok_at ? when(of.last_ok_at) : "—"}</td>
      <td>
        {t("connectors.count", { n: of.tools.length })}{" "}
        {changing > 0 && <span className="chip warn">{t("connectors.count.write", { n: changing })}</span>}
      </td>
      <td className="r">
        {of.id && writes && (
          <button type="button" className="btn s" disabled={test.isPending} onClick={() => test.mutate()}>
            {t("connectors.test")}
          </button>
        )}
      </td>
    </tr>
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
