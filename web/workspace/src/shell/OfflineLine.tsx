import { useTranslation } from "react-i18next";
import { useMe } from "../auth/session";
import { useLive } from "../live/store";
import { Icon } from "../ui/Icon";
import { minutes, useNow } from "../ui/time";

/** The server waits this long for the socket before it takes back what we hold. */
const GRACE_S = 25;
/** A reconnect quicker than this is not worth a word. */
const QUIET_MS = 1500;

/** Amber line while the socket is away: what happens, and when. */
export function OfflineLine() {
  const lostAt = useLive((s) => s.lostAt);
  return lostAt === null ? null : <Line lostAt={lostAt} />;
}

function Line({ lostAt }: { lostAt: number }) {
  const { t } = useTranslation();
  const me = useMe();
  const rows = useLive((s) => s.rows);
  useNow();
  const away = Date.now() - lostAt;
  if (away < QUIET_MS) return null;
  const seconds = Math.floor(away / 1000);
  const holds = Object.values(rows).some((row) => row.state === "active" && row.holder.id === me.id);
  const text = !holds
    ? t("offline.plain", { time: minutes(seconds) })
    : seconds < GRACE_S
      ? t("offline.line", { s: seconds, left: GRACE_S - seconds })
      : t("offline.gone", { time: minutes(seconds) });
  return (
    <div className="notebar warn offline" role="status">
      <Icon name="warn" size="s" />
      <span>{text}</span>
    </div>
  );
}
