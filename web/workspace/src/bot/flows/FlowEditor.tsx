// One flow: the source on the left, its steps on the right, mistakes by line; tried, published and taken back below.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { post, put, remove, request } from "../../api/client";
import { codeOf } from "../../api/problem";
import { may, useMe } from "../../auth/session";
import { Unsaved } from "../../shell/Unsaved";
import { Icon } from "../../ui/Icon";
import { MOD } from "../../ui/keys";
import { errorText, Failure, Skeleton } from "../../ui/states";
import { toast } from "../../ui/toast";
import { DryRun } from "./DryRun";
import { History } from "./History";
import { type Checked, type FlowDetail, flowQuery, renewed, template } from "./model";
import { Runs } from "./Runs";
import { Steps } from "./Steps";

const CHECK_AFTER_MS = 350;

export function FlowEditor({ name }: { name: string }) {
  const flow = useQuery(flowQuery(name));
  if (flow.isPending) return <Skeleton lines={12} gap={14} />;
  if (flow.isError && codeOf(flow.error) !== "not_found") {
    return <Failure error={flow.error} retry={() => void flow.refetch()} />;
  }
  return <Opened key={flow.data?.draft?.revision ?? ""} name={name} flow={flow.data ?? null} />;
}

function Opened({ name, flow }: { name: string; flow: FlowDetail | null }) {
  const { t } = useTranslation();
  const canWrite = may(useMe(), "bot.write");
  const stored = flow?.draft?.source ?? flow?.live?.source ?? template(name);
  const [source, setSource] = useState(stored);
  const [tab, setTab] = useState<"try" | "runs" | "versions">("try");
  const [note, setNote] = useState("");
  const [checked, setChecked] = useState<Checked>({ problems: flow?.problems ?? [], outline: flow?.outline ?? null });
  const field = useRef<HTMLTextAreaElement>(null);
  const isDirty = source !== stored || !flow;
  const isChanged = Boolean(flow?.draft) || isDirty;

  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      request<Checked>("POST", "/flows/check", { body: { source }, signal: stop.signal }).then(
        // With a mistake in the source the last good list of steps stays, greyed.
        (found) => setChecked((held) => ({ problems: found.problems, outline: found.outline ?? held.outline })),
        () => undefined,
      );
    }, CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [source]);

  const failed = (error: unknown) => toast(errorText(t, error), { tone: "warn" });
  const save = useMutation({
    mutationFn: () => put<{ revision: string }>(`/flows/${name}/draft`, { source, seen: flow?.draft?.revision ?? "" }),
    onSuccess: renewed,
    onError: failed,
  });
  const publish = useMutation({
    mutationFn: async () => {
      const seen = isDirty ? (await save.mutateAsync()).revision : (flow?.draft?.revision ?? "");
      return post<{ version: number }>(`/flows/${name}/publish`, { seen, note });
    },
    onSuccess: ({ version }) => {
      setNote("");
      renewed();
      toast(t("bot.published", { version }), { tone: "good" });
    },
    onError: failed,
  });
  const discard = useMutation({
    mutationFn: async (_held: string) => (flow?.draft ? remove<void>(`/flows/${name}/draft`) : undefined),
    onSuccess: (_, held) => {
      setSource(flow?.live?.source ?? template(name));
      renewed();
      const back = () => put(`/flows/${name}/draft`, { source: held, seen: "" }).then(renewed, failed);
      toast(t("bot.discarded"), { action: { label: t("ui.undo"), run: () => void back() } });
    },
    onError: failed,
  });

  const show = (line: number) => {
    const node = field.current;
    if (!node) return;
    const start =
      source
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length + (line > 1 ? 1 : 0);
    node.focus();
    node.setSelectionRange(start, start + (source.split("\n")[line - 1]?.length ?? 0));
    node.scrollTop = Math.max(0, (line - 4) * 19);
  };
  const bad = checked.problems.length > 0;
  return (
    <div className="floweditor">
      <Unsaved when={source !== stored && !save.isPending && !publish.isPending} />
      <header className="flex wrap">
        <Link className="btn s" to="/bot/{-$page}/{-$id}" params={{ page: "flows", id: undefined }}>
          <Icon name="left" size="s" />
          {t("flows.all")}
        </Link>
        <h2 className="grow">
          {checked.outline?.title ?? name} <code className="faint">{name}</code>
        </h2>
        {flow?.live && (
          <span className="muted nowrap">
            {flow.live.version ? t("bot.versions.n", { n: flow.live.version }) : t("flows.shipped")}
          </span>
        )}
        {canWrite && isChanged && (
          <button type="button" className="btn s" disabled={discard.isPending} onClick={() => discard.mutate(source)}>
            {t("bot.discard")}
          </button>
        )}
        {canWrite && (
          <button type="button" className="btn s" disabled={!isDirty || save.isPending} onClick={() => save.mutate()}>
            {t("bot.save")} <kbd>{MOD} S</kbd>
          </button>
        )}
        {canWrite && (
          <button
            type="button"
            className="btn s main"
            disabled={!isChanged || bad || publish.isPending}
            onClick={() => publish.mutate()}
          >
            {t("flows.publish")}
          </button>
        )}
      </header>
      <div className="sides">
        <section className="card source">
          <h3 className="cardhead">YAML</h3>
          <textarea
            ref={field}
            className="code"
            aria-label="YAML"
            aria-describedby="flow-problems"
            aria-invalid={bad}
            spellCheck={false}
            readOnly={!canWrite}
            value={source}
            onChange={(event) => setSource(event.target.value)}
            onKeyDown={(event) => {
              if ((event.metaKey || event.ctrlKey) && event.key === "s") {
                event.preventDefault();
                event.stopPropagation();
                if (canWrite && isDirty) save.mutate();
              }
            }}
          />
          <div id="flow-problems" className="problems" aria-live="polite">
            {bad ? (
              <ul>
                {checked.problems.map((each) => (
                  <li key={`${each.line}${each.code}${each.where}`}>
                    <button type="button" className="textlink" onClick={() => show(each.line)}>
                      {t("flows.line", { line: each.line })}
                    </button>{" "}
                    {each.text}
                  </li>
                ))}
              </ul>
            ) : (
              <p className="c-good small">{t("flows.fine")}</p>
            )}
          </div>
        </section>
        <Steps
          outline={checked.outline}
          stale={bad}
          source={source}
          canWrite={canWrite}
          onSource={setSource}
          onShow={show}
        />
      </div>
      {canWrite && isChanged && (
        <label className="field narrow">
          <span>
            {t("bot.note")} · {t("ui.optional")}
          </span>
          <input className="input" maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />
        </label>
      )}
      <section className="card">
        <div className="tabs bare" role="tablist">
          {(["try", "runs", "versions"] as const).map((each) => (
            <button key={each} type="button" role="tab" aria-selected={tab === each} onClick={() => setTab(each)}>
              {t(`flows.tab.${each}`)}
            </button>
          ))}
        </div>
        {tab === "try" && <DryRun source={source} disabled={bad} />}
        {tab === "runs" && <Runs name={name} />}
        {tab === "versions" && (
          <History name={name} live={flow?.live?.version ?? null} hasLive={Boolean(flow?.live)} canWrite={canWrite} />
        )}
      </section>
    </div>
  );
}
