import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Row } from "../../../../contract/agent";
import { useTopicNames } from "../../api/names";
import { Failure, Skeleton } from "../../ui/states";
import { when } from "../../ui/time";
import { useContact } from "./contact";

/** Earlier conversations with their outcome, and the pages the customer looked at. */
export function History({ row }: { row: Row }) {
  const { t, i18n } = useTranslation();
  const names = useTopicNames(i18n.language);
  const contact = useContact(row.contact.id);
  if (contact.isPending) return <Skeleton lines={6} gap={14} />;
  if (contact.isError && !contact.data) return <Failure error={contact.error} retry={() => void contact.refetch()} />;
  const earlier = (contact.data.conversations ?? []).filter((each) => each.id !== row.id);
  const pages = contact.data.pages ?? [];
  return (
    <>
      <section className="blk">
        <h3 className="sect">{t("history.conversations")}</h3>
        {!earlier.length && <p className="muted small">{t("history.none")}</p>}
        <ul className="past">
          {earlier.map((each) => (
            <li key={each.id}>
              <Link to="/inbox/$number" params={{ number: String(each.number) }} search={(s) => s} preload={false}>
                <span className="flex">
                  <b className="grow cut">
                    #{each.number}{" "}
                    {each.subject && (names[each.subject] ?? t(`topic.${each.subject}`, { defaultValue: "" }))}
                  </b>
                  <small className="faint nowrap">{when(each.created_at)}</small>
                </span>
                <span className="flex wrap tight">
                  <span className="chip">
                    {t(each.outcome ? `outcome.${each.outcome}` : `state.of.${each.state}`, {
                      defaultValue: each.outcome ?? each.state,
                    })}
                  </span>
                  {typeof each.csat === "number" && (
                    <span className="chip line">{t("event.rated.csat", { n: each.csat })}</span>
                  )}
                </span>
                {each.summary && <span className="muted small clamp">{each.summary}</span>}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section className="blk">
        <h3 className="sect">{t("history.pages")}</h3>
        {!pages.length && (
          <p className="muted small">{t(contact.data.browsing_opt_out ? "history.pages.off" : "history.pages.none")}</p>
        )}
        <ul className="visits">
          {pages.map((page, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same page may be seen twice in one moment
            <li key={i}>
              <span className="cut grow" title={page.url}>
                {page.title || page.url}
              </span>
              <small className="faint nowrap">{when(page.at)}</small>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
