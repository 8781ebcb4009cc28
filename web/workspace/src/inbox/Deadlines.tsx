import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Row } from "../../../contract/agent";
import { nameOf } from "../ui/names";
import { play } from "../ui/sound";
import { useNow } from "../ui/time";

const SOON_MS = 60_000;

/** Says once when a reply is due in a minute and once when it is overdue; the second has a sound. */
export function Deadlines({ rows }: { rows: Row[] }) {
  const { t } = useTranslation();
  const now = useNow();
  const told = useRef(new Map<string, "soon" | "over">());
  const [text, setText] = useState("");
  useEffect(() => {
    for (const row of rows) {
      if (!row.next_action_at) continue;
      const key = `${row.id}:${row.next_action_at}`;
      const left = Date.parse(row.next_action_at) - now;
      const level = left <= 0 ? "over" : left <= SOON_MS ? "soon" : null;
      const before = told.current.get(key);
      if (!level || before === level || before === "over") continue;
      told.current.set(key, level);
      // What was overdue before this page was opened is no news.
      if (level === "over" && before === "soon") play("breach");
      setText(t(`deadline.${level}`, { name: nameOf(row.contact, t) }));
    }
  }, [rows, now, t]);
  return (
    <p className="hidden-text" role="status">
      {text}
    </p>
  );
}
