// Takes the rail's place when the customer's side has ended: what it was, how it came out, what to keep.
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Row, WrapUpDraft } from "../../../../contract/agent";
import { get, post } from "../../api/client";
import { queryClient } from "../../api/queries";
import { focusIfFree } from "../../ui/focus";
import { Icon } from "../../ui/Icon";
import { MOD, useKeys } from "../../ui/keys";
import { errorText, Failure, Skeleton } from "../../ui/states";
import { toast } from "../../ui/toast";
import { minutes, useNow, when } from "../../ui/time";
import { about } from "../moves";
import { keep, kept } from "./kept";
import { Ref } from "../rail/Ref";

const OUTCOMES = ["resolved", "follow_up", "unresolved", "spam"] as const;
const DISPOSITIONS = [
  "answered",
  "refund",
  "exchange",
  "order",
  "delivery",
  "complaint",
  "account",
  "product",
  "other",
] as const;

export function WrapUp({ row, onNext }: { row: Row; onNext: () => void }) {
  const draft = useQuery({
    queryKey: ["wrap-up", row.id, row.episode],
    queryFn: ({ signal }) => get<WrapUpDraft>(`/conversations/${row.id}/wrap-up`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (draft.isPending) return <Skeleton lines={9} gap={16} />;
  if (draft.isError) return <Failure error={draft.error} retry={() => void draft.refetch()} />;
  return <Form row={row} draft={draft.data} onNext={onNext} />;
}

interface Filled {
  disposition: string;
  outcome: string;
  summary: string;
  tags: string[];
  hard_case: boolean;
  worth_writing: boolean;
}

function sentences(summary: WrapUpDraft["summary"]): { text: string; seq: number | null }[] {
  if (!summary) return [];
  if (typeof summary === "string") return [{ text: summary, seq: null }];
  return summary.map((each) => (typeof each === "string" ? { text: each, seq: null } : each));
}

function Form({ row, draft, onNext }: { row: Row; draft: WrapUpDraft; onNext: () => void }) {
  const { t } = useTranslation();
  const lines = sentences(draft.summary);
  const prefilled: Filled = {
    disposition: draft.disposition ?? "",
    outcome: draft.outcome ?? "",
    summary: lines.map((line) => line.text).join("\n"),
    tags: draft.tags ?? [],
    hard_case: draft.hard_case ?? false,
    worth_writing: draft.worth_writing ?? false,
  };
  const [form, setForm] = useState(() => kept(row.id, row.episode, prefilled));
  const [tag, setTag] = useState("");
  const set = <K extends keyof Filled>(key: K, value: Filled[K]) => {
    const next = { ...form, [key]: value };
    setForm(next);
    keep(row.id, row.episode, next);
  };
  const typed = tag.trim().slice(0, 40);
  const tags = typed && !form.tags.includes(typed) ? [...form.tags, typed] : form.tags;
  const done = useMutation({
    mutationFn: (_: { next: boolean }) => post(`/conversations/${row.id}/wrap-up`, { ...form, tags }),
    onSuccess: (_, { next }) => {
      keep(row.id, row.episode, null);
      void queryClient.invalidateQueries({ queryKey: ["rows"] });
      if (next) onNext();
    },
    onError: (error) => toast(about(row, errorText(t, error)), { tone: "warn" }),
  });
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (!done.isPending) done.mutate({ next: true });
  };
  useKeys({ "mod+Enter": () => submit() });
  const addTag = () => {
    if (tags !== form.tags) set("tags", tags);
    setTag("");
  };
  const outcomes = draft.outcomes ?? OUTCOMES;
  const dispositions = [
    ...new Set([...(draft.disposition ? [draft.disposition] : []), ...(draft.dispositions ?? DISPOSITIONS)]),
  ];
  const changed = (key: keyof Filled) => JSON.stringify(form[key]) !== JSON.stringify(prefilled[key]);
  const mark = (key: keyof Filled) =>
    changed(key) ? <small className="c-agent plain"> · {t("wrap.changed")}</small> : null;
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => focusIfFree(box.current), []);
  return (
    <form ref={box} className="wrapup" tabIndex={-1} onSubmit={submit} aria-label={t("wrap.title")}>
      <div className="wraphead">
        <b>{t("wrap.title")}</b>
        <small className="muted grow">{t("wrap.draft")}</small>
        <Since at={row.changed_at ?? row.updated_at} />
      </div>
      <div className="pane">
        <label className="field">
          <span>
            {t("wrap.disposition")}
            {mark("disposition")}
          </span>
          <select className="input" value={form.disposition} onChange={(e) => set("disposition", e.target.value)}>
            <option value="">{t("wrap.choose")}</option>
            {dispositions.map((each) => (
              <option key={each} value={each}>
                {t(`disposition.${each}`, { defaultValue: t(`topic.${each}`, { defaultValue: each }) })}
              </option>
            ))}
          </select>
        </label>
        <fieldset className="field">
          <legend>
            {t("wrap.outcome")}
            {mark("outcome")}
          </legend>
          <div className="flex wrap">
            {outcomes.map((each) => (
              <label key={each} className="tick">
                <input
                  type="radio"
                  name="outcome"
                  checked={form.outcome === each}
                  onChange={() => set("outcome", each)}
                />
                {t(`outcome.${each}`, { defaultValue: each })}
              </label>
            ))}
          </div>
        </fieldset>
        <label className="field">
          <span>
            {t("wrap.summary")}
            {mark("summary")}
          </span>
          <textarea
            className={`input${changed("summary") ? " ed" : ""}`}
            rows={6}
            maxLength={4000}
            value={form.summary}
            onChange={(e) => set("summary", e.target.value)}
          />
        </label>
        {lines.some((line) => line.seq) && (
          <p className="small muted evidence">
            {t("wrap.evidence")}
            {lines.map((line, i) =>
              line.seq ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: a sentence is its place
                <Ref key={i} conversation={row.id} seq={line.seq} />
              ) : null,
            )}
          </p>
        )}
        {!!draft.promises?.length && (
          <div className="field">
            <span>{t("wrap.promises")}</span>
            <ul className="stack tight">
              {draft.promises.map((promise) => (
                <li key={`${promise.seq}-${promise.text}`} className="flex top">
                  <span className="grow">{promise.text}</span>
                  {promise.due && <span className="chip warn">{when(promise.due)}</span>}
                  {promise.seq && <Ref conversation={row.id} seq={promise.seq} />}
                </li>
              ))}
            </ul>
          </div>
        )}
        <div className="field">
          <label htmlFor="wrap-tag">
            {t("wrap.tags")}
            {mark("tags")}
          </label>
          <div className="flex wrap tight">
            {form.tags.map((each) => (
              <span key={each} className="chip">
                {t(`topic.${each}`, { defaultValue: each })}
                <button
                  type="button"
                  aria-label={`${t("ui.remove")} ${each}`}
                  onClick={() =>
                    set(
                      "tags",
                      form.tags.filter((held) => held !== each),
                    )
                  }
                >
                  <Icon name="close" size="s" />
                </button>
              </span>
            ))}
            <input
              id="wrap-tag"
              className="input taginput"
              value={tag}
              maxLength={40}
              placeholder={t("wrap.tag.add")}
              onChange={(e) => setTag(e.target.value)}
              onBlur={addTag}
              onKeyDown={(e) => {
                if (e.key !== "Enter" || e.nativeEvent.isComposing || e.metaKey || e.ctrlKey) return;
                e.preventDefault();
                addTag();
              }}
            />
          </div>
        </div>
        <label className="tick">
          <input type="checkbox" checked={form.hard_case} onChange={(e) => set("hard_case", e.target.checked)} />
          {t("wrap.hard")}
        </label>
        <label className="tick">
          <input
            type="checkbox"
            checked={form.worth_writing}
            onChange={(e) => set("worth_writing", e.target.checked)}
          />
          {t("wrap.share")}
        </label>
      </div>
      <div className="wrapfoot">
        <button type="button" className="btn" disabled={done.isPending} onClick={() => done.mutate({ next: false })}>
          {t("wrap.only")}
        </button>
        <button type="submit" className="btn main grow" disabled={done.isPending}>
          {t("wrap.done")} <kbd>{MOD} ↵</kbd>
        </button>
      </div>
    </form>
  );
}

function Since({ at }: { at: string }) {
  const now = useNow();
  const [start] = useState(at);
  return <b>{minutes((now - Date.parse(start)) / 1000)}</b>;
}
