// The promised error rate of each group of questions: state, figures, curve, the next promise.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { post } from "../../api/client";
import { may, useMe } from "../../auth/session";
import { Empty, errorText, Failure, Skeleton } from "../../ui/states";
import { useNow, when } from "../../ui/time";
import { toast } from "../../ui/toast";
import { Curve } from "./Curve";
import { type Alarm, daysUntil, type Group, type GroupDetail, groupQuery, groupsQuery, percent } from "./model";
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
      <Table groups={groups.data} chosen={chosen.group} />
      <p className="small muted">{t("promise.exchangeable")}</p>
      <Detail key={chosen.group} group={chosen.group} />
    </div>
  );
}

function Table({ groups, chosen }: { groups: Group[]; chosen: string }) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <section className="card">
      <div className="tablebox">
        <table>
          <thead>
            <tr>
              <th>{t("promise.topic")}</th>
              <th>{t("promise.state")}</th>
              <th className="r">{t("promise.labelled")}</th>
              <th className="r">{t("promise.promised")}</th>
              <th className="r">{t("promise.coverage")}</th>
              <th className="r">{t("promise.since")}</th>
              <th className="r">{t("promise.left.days")}</th>
            </tr>
          </thead>
          <tbody>
            {groups.map((each) => {
              const made = each.certificate?.threshold == null ? null : each.certificate;
              return (
                <tr key={each.group} className={each.group === chosen ? "on" : undefined}>
                  <td>
                    <Link
                      className="textlink"
                      to="/bot/{-$page}/{-$id}"
                      params={{ page: "promise", id: each.group }}
                      aria-current={each.group === chosen ? "true" : undefined}
                    >
                      {topicName(each.topic, t("promise.general"))}
                    </Link>{" "}
                    <span className="chip line">
                      {t(`promise.language.${each.language}`, { defaultValue: each.language })}
                    </span>
                  </td>
                  <td>
                    <State of={each} />
                  </td>
                  <td className="r nowrap">
                    {made
                      ? t("promise.of", { wrong: made.wrong, n: made.n })
                      : each.plan
                        ? t("promise.settled", { n: each.plan.settled, of: each.plan.drawn })
                        : "—"}
                  </td>
                  <td className="r nowrap">{each.state === "certified" && made ? `≤ ${percent(made.alpha)}` : "—"}</td>
                  <td className="r">{made ? percent(made.coverage) : "—"}</td>
                  <td className="r nowrap">
                    {each.audits?.n ? (
                      <>
                        {percent(each.audits.wrong / each.audits.n)}{" "}
                        <small className="muted">
                          {percent(each.audits.low)}–{percent(each.audits.high)}
                        </small>
                      </>
                    ) : (
                      "—"
                    )}
                  </td>
                  <td className="r">
                    {each.state === "certified" && made
                      ? t("promise.days", { count: daysUntil(made.expires_at, now) })
                      : "—"}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Detail({ group }: { group: string }) {
  const { t } = useTranslation();
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
          {topicName(of.topic, t("promise.general"))} <State of={of} />
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
        {of.certificate && (
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
    [t("promise.threshold"), of.threshold === null ? t("promise.never") : String(of.threshold)],
  ];
  if (made?.bound != null) {
    rows.push(
      [t("promise.labelled"), t("promise.of", { wrong: made.wrong, n: made.n })],
      [t("promise.bound"), percent(made.bound)],
      [t("promise.coverage"), percent(made.coverage)],
    );
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

function topicName(topic: string, general: string): string {
  return topic === "general" ? general : topic;
}
