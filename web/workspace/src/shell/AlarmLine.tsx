// A promised error rate that no longer holds: said above every screen until somebody has looked.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { get } from "../api/client";
import { may, useMe } from "../auth/session";
import { Icon } from "../ui/Icon";

interface Alarm {
  id: string;
  group: string;
  to_threshold: number | null;
}

const LOOK_MS = 60_000;

export function AlarmLine() {
  const { t } = useTranslation();
  const me = useMe();
  const alarms = useQuery({
    queryKey: ["calibration", "alarms"],
    queryFn: ({ signal }) =>
      get<{ items: Alarm[] }>("/calibration/alarms", undefined, signal).then((page) => page.items),
    enabled: may(me, "configuration.read"),
    refetchInterval: LOOK_MS,
  });
  const [first, ...others] = alarms.data ?? [];
  if (!first) return null;
  return (
    <div className="notebar danger offline" role="status">
      <Icon name="warn" size="s" />
      <span className="grow">
        {t(
          first.group.startsWith("write:")
            ? "promise.line.write"
            : first.to_threshold === null
              ? "promise.line.stopped"
              : "promise.line.tightened",
          { group: first.group },
        )}
        {others.length > 0 && ` ${t("promise.line.more", { count: others.length })}`}
      </span>
      <Link className="textlink" to="/bot/{-$page}/{-$id}" params={{ page: "promise", id: first.group }}>
        {t("promise.line.look")}
      </Link>
    </div>
  );
}
