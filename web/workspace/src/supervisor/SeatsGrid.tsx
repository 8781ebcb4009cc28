import { useTranslation } from "react-i18next";
import type { TeamMember } from "../../../contract/agent";
import { useLive } from "../live/store";
import { Empty, Failure, Skeleton } from "../ui/states";

const MOST = 12;

/** Every agent with the seats they have: filled, free, and whether they are here. */
export function SeatsGrid({ loading, failed, retry }: { loading: boolean; failed: unknown; retry: () => void }) {
  const { t } = useTranslation();
  const team = useLive((s) => s.team);
  const people = Object.values(team).sort(
    (a, b) => rank(a) - rank(b) || b.load - a.load || a.user.name.localeCompare(b.user.name),
  );
  const here = people.filter((each) => each.connected && each.state === "online").length;
  return (
    <section className="card">
      <div className="cardhead">
        <h2>{t("live.seats", { n: people.length })}</h2>
        <span className="chip">{t("live.here", { n: here })}</span>
        <span className="grow" />
        <small className="faint">{t("live.seats.hint")}</small>
      </div>
      {loading && !people.length && <Skeleton lines={3} />}
      {failed && !people.length ? <Failure error={failed} retry={retry} /> : null}
      {!loading && !failed && !people.length && <Empty text={t("live.nobody")} />}
      <ul className="agents">
        {people.map((each) => {
          const state = each.connected || each.state === "away" ? each.state : "offline";
          const full = each.capacity > 0 && each.load >= each.capacity;
          return (
            <li
              key={each.user.id}
              className={`ag${!each.connected && each.load ? " hot" : full ? " hot2" : ""}${each.state !== "online" ? " off" : ""}`}
            >
              <div className="l">
                <b className="cut grow">{each.user.name}</b>
                <span className="nowrap">{t(`presence.${state}`)}</span>
              </div>
              <div className="cs" aria-hidden="true">
                {Array.from({ length: Math.min(MOST, Math.max(each.capacity, each.load)) }, (_, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: seats have no identity
                  <i key={i} className={i < each.load ? (each.connected ? "" : "u") : "e"} />
                ))}
              </div>
              <div className="l">
                <span className="grow cut">{each.reason || each.user.title}</span>
                <span className="nowrap">{t("inbox.load", { n: each.load, max: each.capacity })}</span>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function rank(member: TeamMember): number {
  if (!member.connected && member.load) return 0;
  return member.connected ? { online: 1, break: 2, away: 3 }[member.state] : 4;
}
