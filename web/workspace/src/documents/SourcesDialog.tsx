import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Page } from "../../../contract/agent";
import { get, post, remove } from "../api/client";
import { queryClient } from "../api/queries";
import { Confirm } from "../ui/Confirm";
import { Dialog } from "../ui/Dialog";
import { Empty, ErrorLine, errorText, Failure, Skeleton } from "../ui/states";
import { when } from "../ui/time";
import { toast } from "../ui/toast";
import type { Source } from "./model";
import "./documents.css";

const KEY = ["knowledge", "sources"];
const SCOPES = ["page", "site", "sitemap"] as const;
const EVERY = [0, 24, 168];

/** Pages and sites that knowledge is read from, and what became of each reading. */
export function SourcesDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const list = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await get<Page<Source>>("/knowledge/sources", {}, signal)).items,
    refetchInterval: (query) => (query.state.data?.some(busy) ? 2_000 : false),
  });
  const working = list.data?.some(busy) ?? false;
  const worked = useRef(working);
  useEffect(() => {
    // A reading has ended: its articles are there now.
    if (worked.current && !working) void queryClient.invalidateQueries({ queryKey: ["articles"] });
    worked.current = working;
  }, [working]);
  return (
    <Dialog title={t("knowledge.sources.title")} kind="wide" onClose={onClose}>
      <div className="body stack">
        <AddSource />
        <p className="faint small">{t("knowledge.sources.hint")}</p>
        {list.isPending && <Skeleton lines={3} gap={16} />}
        {list.isError && !list.data && <Failure inline error={list.error} retry={() => void list.refetch()} />}
        {list.data && !list.data.length && <Empty text={t("knowledge.sources.none")} />}
        <ul>
          {list.data?.map((each) => (
            <Line key={each.id} of={each} />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

const busy = (source: Source) => source.state === "running" || source.state === "waiting";

function AddSource() {
  const { t } = useTranslation();
  const [url, setUrl] = useState("");
  const [scope, setScope] = useState<Source["scope"]>("site");
  const [every, setEvery] = useState(0);
  const [pages, setPages] = useState(100);
  const add = useMutation({
    mutationFn: () =>
      post<Source>("/knowledge/sources", { url: url.trim(), scope, every_hours: every, max_pages: pages }),
    onSuccess: () => {
      setUrl("");
      void queryClient.invalidateQueries({ queryKey: KEY });
    },
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <label className="field">
        <span>{t("knowledge.sources.url")}</span>
        <input
          className="input"
          type="url"
          required
          value={url}
          placeholder="https://help.example.com/zh/"
          onChange={(e) => setUrl(e.target.value)}
        />
      </label>
      <div className="flex wrap sourcefields">
        <label className="field">
          <span>{t("knowledge.sources.scope")}</span>
          <select className="input" value={scope} onChange={(e) => setScope(e.target.value as Source["scope"])}>
            {SCOPES.map((each) => (
              <option key={each} value={each}>
                {t(`knowledge.sources.scope.${each}`)}
              </option>
            ))}
          </select>
        </label>
        {scope !== "page" && (
          <label className="field">
            <span>{t("knowledge.sources.pages")}</span>
            <input
              className="input"
              type="number"
              min={1}
              max={500}
              value={pages}
              onChange={(e) => setPages(Number(e.target.value))}
            />
          </label>
        )}
        <label className="field">
          <span>{t("knowledge.sources.every")}</span>
          <select className="input" value={every} onChange={(e) => setEvery(Number(e.target.value))}>
            {EVERY.map((each) => (
              <option key={each} value={each}>
                {t(`knowledge.sources.every.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="btn main" disabled={add.isPending}>
          {t("knowledge.sources.add")}
        </button>
      </div>
      <ErrorLine error={add.error} />
    </form>
  );
}

const TONE: Record<Source["state"], string> = { waiting: "", running: "queue", done: "good", failed: "danger" };

function Line({ of }: { of: Source }) {
  const { t } = useTranslation();
  const done = () => void queryClient.invalidateQueries({ queryKey: KEY });
  const fetch = useMutation({
    mutationFn: () => post(`/knowledge/sources/${of.id}/fetch`),
    onSuccess: done,
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  const report = of.report;
  const said = (reason: string) => t(`knowledge.import.reason.${reason}`, { defaultValue: reason });
  return (
    <li className="line stack tight">
      <div className="flex wrap">
        <b className="cut grow source">{of.url}</b>
        <span className={`chip ${TONE[of.state]}`}>{t(`knowledge.sources.state.${of.state}`)}</span>
        <button
          type="button"
          className="btn s"
          disabled={of.state === "running" || fetch.isPending}
          onClick={() => fetch.mutate()}
        >
          {t("knowledge.sources.fetch")}
        </button>
        <Confirm
          className="btn s quiet"
          label={t("knowledge.sources.delete")}
          ask={t("knowledge.sources.delete.ask", { url: of.url })}
          act={() => remove(`/knowledge/sources/${of.id}`).then(done)}
        />
      </div>
      <div className="flex wrap muted small">
        <span>{t(`knowledge.sources.scope.${of.scope}`)}</span>
        {of.finished_at && <span>{when(of.finished_at)}</span>}
        {of.state === "done" && of.every_hours > 0 && of.due_at && (
          <span>{t("knowledge.sources.next", { at: when(of.due_at) })}</span>
        )}
        {report.error && <span className="c-warn">{said(report.error)}</span>}
        {report.pages !== undefined && <span>{t("knowledge.sources.result", { ...report })}</span>}
      </div>
      {!!report.left_out?.length && (
        <details className="small">
          <summary>{t("knowledge.sources.left_out", { n: report.left_out_count })}</summary>
          <ul>
            {report.left_out.map((each) => (
              <li key={each.url} className="flex">
                <span className="cut grow">{each.url}</span>
                <span className="muted nowrap">{said(each.reason)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {!!report.pictures?.length && (
        <details className="small">
          <summary>{t("knowledge.sources.pictures", { n: report.pictures_count })}</summary>
          <ul>
            {report.pictures.map((each, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one picture may be missed on several pages
              <li key={i} className="flex">
                <span className="cut grow">{each.picture}</span>
                <span className="muted nowrap">
                  {t(`knowledge.import.picture.${each.reason}`, { defaultValue: each.reason })}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}
