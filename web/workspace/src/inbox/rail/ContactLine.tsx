import { useTranslation } from "react-i18next";
import type { Row } from "../../../../contract/agent";
import { when } from "../../ui/time";
import { useContact, given } from "./contact";

/** One line under the name: how we know them, how to reach them, since when. */
export function ContactLine({ row }: { row: Row }) {
  const { t } = useTranslation();
  const { data } = useContact(row.contact.id);
  const parts = [
    t(row.contact.verified ? "contact.verified" : "contact.claimed"),
    given(data?.phone),
    given(data?.email),
    data?.created_at && t("contact.since", { date: when(data.created_at) }),
  ].filter(Boolean);
  return (
    <small className="muted cut block" title={parts.join(" · ")}>
      {parts.join(" · ")}
    </small>
  );
}
