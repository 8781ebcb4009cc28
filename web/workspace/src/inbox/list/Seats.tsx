import { useTranslation } from "react-i18next";
import type { Row } from "../../../../contract/agent";
import { useLive } from "../../live/store";
import { useNow } from "../../ui/time";

const MOST_DRAWN = 10;
const LATE_MS = 60_000;

/** Capacity as seats: one per conversation, filled, free, or warm when its clock runs out. */
export function Seats({ rows, capacity, me }: { rows: Row[]; capacity: number | undefined; me: string }) {
  const { t } = useTranslation();
  const own = useLive((s) => s.team[me]);
  const now = useNow();
  const max = own?.capacity ?? capacity;
  if (!max) return null;
  const late = rows.filter(
    (row) =>
      row.state === "active" && row.responsible === "agent" && Date.parse(row.next_action_at ?? "9999") - now < LATE_MS,
  ).length;
  const text = t("inbox.load", { n: rows.length, max });
  return (
    <>
      {max <= MOST_DRAWN && (
        <span className="seats" aria-hidden="true">
          {Array.from({ length: Math.max(max, rows.length) }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: seats have no identity
            <i key={i} className={i >= rows.length ? "free" : i < late ? "warm" : ""} />
          ))}
        </span>
      )}
      <small className="muted nowrap">{text}</small>
    </>
  );
}
