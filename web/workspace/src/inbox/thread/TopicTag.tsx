import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Entry, Row } from "../../../../contract/agent";
import { post } from "../../api/client";
import { topicsQuery, useTopicNames } from "../../api/names";
import { may, useMe } from "../../auth/session";
import { dispatch, useLive } from "../../live/store";
import { Dialog } from "../../ui/Dialog";
import { errorText } from "../../ui/states";
import { toast } from "../../ui/toast";

interface Decided {
  features?: { intent?: string; intent_score?: number };
}

/** How sure the bot was of this topic when it decided last. */
function confidenceOf(entries: Entry[] | undefined, subject: string): number | undefined {
  const decided = entries?.findLast((entry) => (entry.data as { decision?: Decided } | undefined)?.decision?.features);
  const features = (decided?.data as { decision?: Decided } | undefined)?.decision?.features;
  return features?.intent === subject ? features.intent_score : undefined;
}

/** What it is about, how sure that is, and one click to say it better; the correction teaches the bot. */
export function TopicTag({ row, fallback }: { row: Row; fallback: string }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const names = useTopicNames(i18n.language);
  const entries = useLive((s) => s.threads[row.id]?.entries);
  const [open, setOpen] = useState(false);
  const score = confidenceOf(entries, row.subject);
  const said = entries?.findLast((entry) => entry.by.kind === "customer" && entry.type === "message");
  const name = names[row.subject] ?? fallback;
  const canCorrect = may(me, "conversations.answer") && Boolean(said) && Object.keys(names).length > 0;
  if (!name && !canCorrect) return null;
  const label = (
    <>
      <span className="cut">{name || t("topic.none")}</span>
      {score !== undefined && <span className="faint"> {Math.round(score * 100)}%</span>}
    </>
  );
  return (
    <>
      {canCorrect ? (
        <button type="button" className="chip" title={t("topic.correct")} onClick={() => setOpen(true)}>
          {label}
        </button>
      ) : (
        <span className="chip">{label}</span>
      )}
      {open && said && <Correct row={row} seq={said.seq} onClose={() => setOpen(false)} />}
    </>
  );
}

function Correct({ row, seq, onClose }: { row: Row; seq: number; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const topics = useQuery(topicsQuery);
  const [q, setQ] = useState("");
  const run = useMutation({
    mutationFn: (intent: string) => post("/intents/corrections", { conversation: row.id, seq, intent }),
    onSuccess: (_, intent) => {
      dispatch({ t: "rows", rows: [{ ...row, subject: intent }] });
      toast(t("topic.corrected"), { tone: "good" });
      onClose();
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  const named = (topics.data ?? [])
    .filter((each) => each.enabled)
    .map((each) => ({ code: each.code, name: (i18n.language === "zh" ? each.name_zh : each.name_en) || each.code }))
    .filter(({ code, name }) => `${code} ${name}`.toLowerCase().includes(q.trim().toLowerCase()));
  return (
    <Dialog title={t("topic.correct")} onClose={onClose}>
      <div className="body">
        <p className="muted">{t("topic.correct.say")}</p>
        <input
          className="input"
          type="search"
          aria-label={t("ui.search")}
          placeholder={t("ui.search")}
          value={q}
          onChange={(e) => setQ(e.target.value)}
        />
        <ul className="menulist">
          {named.slice(0, 40).map(({ code, name }) => (
            <li key={code}>
              <button
                type="button"
                className="btn quiet"
                aria-pressed={code === row.subject}
                disabled={run.isPending}
                onClick={() => run.mutate(code)}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
        {!named.length && <p className="muted">{t("topic.nothing")}</p>}
      </div>
    </Dialog>
  );
}
