// One line under the header: no connection, or what has just been done.
import { useEffect, useState } from "preact/hooks";
import type { Client } from "../live/client.ts";
import { t } from "../text/words.ts";
import { Icon } from "./icons.tsx";

const LATE_MS = 1500;

export interface Line {
  text: string;
  bad: boolean;
}

export function Status({ client, page, line }: { client: Client; page: boolean; line: Line | null }) {
  const { link } = client.talk;
  const waiting = client.talk.outbox.some((it) => it.status === "waiting");
  // A reconnection of a moment is not worth a word.
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (link === "online") return;
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, [link]);
  if (client.refused) {
    return (
      <p class="strip warn" role="status">
        <Icon name="warn" small />
        <span class="grow">{t("blocked")}</span>
        {!page && (
          <a href={client.pageUrl} target="_blank" rel="noopener">
            {t("blocked.open")}
          </a>
        )}
      </p>
    );
  }
  if (late && link !== "online") {
    return (
      <p class="strip warn" role="status">
        <Icon name="clock" small />
        {t(link === "offline" || waiting ? "offline" : "reconnecting")}
      </p>
    );
  }
  return line ? (
    <p class={line.bad ? "strip danger" : "strip"} role="status">
      <Icon name={line.bad ? "warn" : "check"} small />
      {line.text}
    </p>
  ) : null;
}
