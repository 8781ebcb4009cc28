// The starter pack: tick what this shop is asked, with its sample answers if wanted.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, post } from "../../api/client";
import { queryClient } from "../../api/queries";
import { Dialog } from "../../ui/Dialog";
import { errorText, Failure, Skeleton } from "../../ui/states";
import { toast } from "../../ui/toast";
import { domainName, refreshIntents } from "./IntentsPage";
import { nameOf, type Starter } from "./model";

const ANSWERS = ["none", "draft", "published"] as const;

export function StarterDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [answers, setAnswers] = useState<(typeof ANSWERS)[number]>("none");
  const pack = useQuery({
    queryKey: ["intents", "starter"],
    queryFn: ({ signal }) => get<Starter>("/intents/starter", undefined, signal),
  });
  const bring = useMutation({
    mutationFn: () =>
      post<{ intents: string[]; articles: number }>("/intents/starter", { intents: [...ticked], answers }),
    onSuccess: (made) => {
      refreshIntents();
      if (made.articles) void queryClient.invalidateQueries({ queryKey: ["articles"] });
      toast(t("intents.starter.done", { n: ticked.size, articles: made.articles }), { tone: "good" });
      onClose();
    },
  });
  const tick = (codes: string[], on: boolean) => {
    const next = new Set(ticked);
    for (const code of codes) on ? next.add(code) : next.delete(code);
    setTicked(next);
  };
  return (
    <Dialog
      kind="wide"
      title={t("intents.starter")}
      onClose={onClose}
      footer={
        <>
          <label className="flex tight grow">
            <span className="muted nowrap">{t("intents.starter.answers")}</span>
            <select
              className="input"
              value={answers}
              onChange={(e) => setAnswers(e.target.value as (typeof ANSWERS)[number])}
            >
              {ANSWERS.map((each) => (
                <option key={each} value={each}>
                  {t(`intents.starter.answers.${each}`)}
                </option>
              ))}
            </select>
          </label>
          <button type="button" className="btn" onClick={onClose}>
            {t("ui.cancel")}
          </button>
          <button
            type="button"
            className="btn main"
            disabled={!ticked.size || bring.isPending}
            onClick={() => bring.mutate()}
          >
            {t("intents.starter.bring", { n: ticked.size })}
          </button>
        </>
      }
    >
      <div className="body stack starter">
        <p className="muted">{t("intents.starter.about")}</p>
        {answers === "published" && <p className="muted">{t("intents.starter.places")}</p>}
        {bring.isError && (
          <p className="errortext" role="alert">
            {errorText(t, bring.error)}
          </p>
        )}
        {pack.isPending && <Skeleton lines={10} gap={14} />}
        {pack.isError && <Failure error={pack.error} retry={() => void pack.refetch()} />}
        {pack.data?.domains.map(({ domain, intents }) => {
          const free = intents.filter((each) => !each.is_on).map((each) => each.code);
          const all = free.length > 0 && free.every((code) => ticked.has(code));
          return (
            <details key={domain}>
              <summary>
                <b>{domainName(t, domain)}</b>{" "}
                <span className="muted">
                  {t("intents.starter.on", { on: intents.length - free.length, n: intents.length })}
                </span>
              </summary>
              {free.length > 0 && (
                <label className="tick">
                  <input type="checkbox" checked={all} onChange={(e) => tick(free, e.target.checked)} />
                  {t("ui.all")}
                </label>
              )}
              <div className="pack">
                {intents.map((each) => (
                  <label
                    key={each.code}
                    className="tick"
                    title={i18n.language.startsWith("zh") ? each.about_zh : each.about_en}
                  >
                    <input
                      type="checkbox"
                      checked={each.is_on || ticked.has(each.code)}
                      disabled={each.is_on}
                      onChange={(e) => tick([each.code], e.target.checked)}
                    />
                    <span>
                      {nameOf(each, i18n.language)} <small className="muted">{each.examples}</small>
                    </span>
                  </label>
                ))}
              </div>
            </details>
          );
        })}
      </div>
    </Dialog>
  );
}
