// The promised error rate of each group of questions: state, figures, curve, the next promise.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { post } from "../../api/client";
import { may, useMe } from "../../auth/session";
import { Empty, errorText, Failure, Skeleton } from "../../ui/states";
import { type Column, Table } from "../../ui/Table";
import { useNow, when } from "../../ui/time";
import { toast } from "../../ui/toast";
import { Curve } from "./Curve";
import {
  type Alarm,
  daysUntil,
  type Group,
  type GroupDetail,
  groupName,
  groupQuery,
  groupsQuery,
  percent,
} from "./model";
import { Planning } from "./Planning";
import { State, Why } from "./State";
import "../../ui/list.css";
import "./calibration.css";

export function PromisePage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id?: string };
  const groups = useQuery(groupsQuery);
  if (groups.isPending) return <Skeleton lines={8} gap={16} />;
  if (groups.isError) return <Failure error={groups.error} retry={() => void groups.refetch()} />;
  const chosen = groups.data.find((each) => each.group === id) ?? groups.data[0];
  if (!chosen) return <Empty text={t("promise.empty")} />;
  return (
    <div className="promise">
      <p className="muted">{t("promise.about")}</p>
      <Groups groups={groups.data.filter((each) => !each.flow)} chosen={chosen.group} />
      <FlowGroups groups={groups.data.filter((each) => each.flow)} chosen={chosen} />
      <p className="small muted">{t("promise.exchangeable")}</p>
      <Detail key={chosen.group} group={chosen.group} />
    </div>
  );
}

/** Flows that change something; open when there is more to tell than that nobody has audited them. */
function FlowGroups({ groups, chosen }: { groups: Group[]; chosen: Group }) {
  const { t } = useTranslation();
  const told = groups.filter((each) => each.plan || each.certificate).length;
  if (!groups.length) return null;
  return (
    <details open={told > 0 || chosen.flow !== null}>
      <summary>{t("promise.flows", { n: groups.length, told })}</summary>
      <Groups groups={groups} chosen={chosen.group} />
    </details>
  );
}

function Groups({ groups, chosen }: { groups: Group[]; chosen: string }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const promised = (each: Group) =>
    each.state === "certified" && each.certificate?.threshold != null ? each.certificate : null;
  const made = (each: Group) => (each.certificate?.threshold == null ? null : each.certificate);
  const columns: Column<Group>[] = [
    {
      key: "topic",
      title: t("promise.topic"),
      by: (each) => groupName(each, t("promise.general"), i18n.language),
      cell: (each) => (
        <>
          <Link
            className="textlink"
            to="/bot/{-$page}/{-$id}"
            params={{ page: "promise", id: each.group }}
            aria-current={each.group === chosen ? "true" : undefined}
          >
            {groupName(each, t("promise.general"), i18n.language)}
          </Link>{" "}
          <span className="chip line">
            {each.flow ? t("promise.flow") : t(`promise.language.${each.language}`, { defaultValue: each.language })}
          </span>
        </>
      ),
    },
    { key: "state", title: t("promise.state"), cell: (each) => <State of={each} /> },
    {
      key: "labelled",
      title: t("promise.labelled"),
      isFigure: true,
      className: "nowrap",
      cell: (each) => {
        const one = made(each);
        if (one) return t("promise.of", { wrong: one.wrong, n: one.n });
        return each.plan ? t("promise.settled", { n: each.plan.settled, of: each.plan.drawn }) : "—";
      },
    },
    {
      key: "promised",
      title: t("promise.promised"),
      isFigure: true,
      className: "nowrap",
      by: (each) => promised(each)?.alpha ?? null,
      cell: (each) => share(promised(each)?.alpha, "≤ "),
    },
    {
      key: "coverage",
      title: t("promise.coverage"),
      isFigure: true,
      by: (each) => made(each)?.coverage ?? null,
      cell: (each) => share(made(each)?.coverage),
    },
    {
      key: "since",
      title: t("promise.since"),
      isFigure: true,
      className: "nowrap",
      cell: ({ audits }) =>
        audits?.n ? (
          <>
            {percent(audits.wrong / audits.n)}{" "}
            <small className="muted">
              {percent(audits.low)}–{percent(audits.high)}
            </small>
          </>
        ) : (
          "—"
        ),
    },
    {
      key: "days",
      title: t("promise.left.days"),
      isFigure: true,
      cell: (each) => {
        const one = promised(each);
        return one ? t("promise.days", { count: daysUntil(one.expires_at, now) }) : "—";
      },
    },
  ];
  return (
    <section className="card">
      <Table
        label={t("promise.about.groups")}
        columns={columns}
        rows={groups}
        keyOf={(each) => each.group}
        rowClass={(each) => (each.group === chosen ? "on" : undefined)}
      />
    </section>
  );
}

const share = (value: number | null | undefined, sign = "") => (value == null ? "—" : sign + percent(value));

function Detail({ group }: { group: string }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const detail = useQuery(groupQuery(group));
  if (detail.isPending) return <Skeleton lines={6} gap={16} />;
  if (detail.isError) return <Failure error={detail.error} retry={() => void detail.refetch()} />;
  const of = detail.data;
  const canWrite = may(me, "bot.write");
  return (
    <div className="promisedetail">
      <section className="card promising" aria-label={group}>
        <h2>
          {groupName(of, t("promise.general"), i18n.language)} <State of={of} />
        </h2>
        <Why of={of} />
        {of.alarm && of.state === "alarm" && <AlarmTask alarm={of.alarm} canWrite={canWrite} />}
        <Figures of={of} />
        {of.signs.answers > 0 && (
          <p className="small muted">
            {t("promise.signs", {
              answers: of.signs.answers,
              wrong: of.signs.agents_say_wrong,
              useless: of.signs.customers_say_useless,
            })}
          </p>
        )}
        {of.certificate && !of.flow && (
          <Curve points={of.curve} alpha={of.certificate.alpha} threshold={of.certificate.threshold} />
        )}
      </section>
      <Planning of={of} canWrite={canWrite} />
    </div>
  );
}

/** An alarm is a task: somebody looks what changed; the threshold stays tightened. */
function AlarmTask({ alarm, canWrite }: { alarm: Alarm; canWrite: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const seen = useMutation({
    mutationFn: () => post(`/calibration/alarms/${alarm.id}/seen`),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => void client.invalidateQueries({ queryKey: ["calibration"] }),
  });
  return (
    <div className="notebar danger">
      <span className="grow">
        {when(alarm.at)} · {t(alarm.seen_at ? "promise.alarm.seen" : "promise.alarm.task")}
      </span>
      {!alarm.seen_at && canWrite && (
        <button type="button" className="btn s" disabled={seen.isPending} onClick={() => seen.mutate()}>
          {t("promise.alarm.tick")}
        </button>
      )}
    </div>
  );
}

function Figures({ of }: { of: GroupDetail }) {
  const { t } = useTranslation();
  const { certificate: made, audits } = of;
  const rows: [string, string][] = [
    of.flow
      ? [t("promise.threshold.write"), t(`promise.threshold.write.${of.threshold === null ? "person" : "bot"}`)]
      : [t("promise.threshold"), of.threshold === null ? t("promise.never") : String(of.threshold)],
  ];
  if (made?.bound != null) {
    rows.push(
      [t("promise.labelled"), t("promise.of", { wrong: made.wrong, n: made.n })],
      [t("promise.bound"), percent(made.bound)],
    );
    if (!of.flow) rows.push([t("promise.coverage"), percent(made.coverage)]);
  }
  if (made) {
    rows.push(
      [t("promise.kappa"), made.kappa === null ? "—" : made.kappa.toFixed(2)],
      [t("promise.missed"), made.planted ? t("promise.of", { wrong: made.overlooked, n: made.planted }) : "—"],
    );
    if (made.miss_rate && made.true_bound !== null) rows.push([t("promise.true_bound"), percent(made.true_bound)]);
  }
  if (audits) {
    rows.push([t("promise.audits"), audits.n ? t("promise.of", { wrong: audits.wrong, n: audits.n }) : "—"]);
  }
  rows.push([
    t("promise.notice"),
    of.days_until_alarm === null ? "—" : t("promise.days", { count: Math.ceil(of.days_until_alarm) }),
  ]);
  return (
    <dl className="figures">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
