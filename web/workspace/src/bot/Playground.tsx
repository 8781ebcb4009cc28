import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { get, post } from "../api/client";
import { may, useMe } from "../auth/session";
import { Files } from "../ui/Files";
import { Icon } from "../ui/Icon";
import { MOD } from "../ui/keys";
import { nameOf } from "../ui/names";
import { Markdown } from "../ui/Prose";
import { errorText } from "../ui/states";
import { liveName, type Trace } from "./model";
import { Suggestions } from "./Suggestions";
import { TraceView } from "./Trace";
import type { DraftState } from "./useDraft";

interface Said {
  text: string;
  quickReply?: string | undefined;
  trace?: Trace;
  error?: unknown;
}

interface Row {
  contact: { id: string; name: string; verified: boolean; tier: string };
}

/** Type as a customer; beside the answer stands how it came about. Nothing is stored, nothing is changed. */
export function Playground({ draft, canWrite }: { draft: DraftState; canWrite: boolean }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const [talk, setTalk] = useState<Said[]>([]);
  const [text, setText] = useState("");
  const [language, setLanguage] = useState(i18n.language === "en" ? "en" : "zh");
  const [settings, setSettings] = useState<"live" | "draft">("draft");
  const [who, setWho] = useState("guest");
  const [inbox, setInbox] = useState("");
  const [useModel, setUseModel] = useState(false);
  const [override, setOverride] = useState<Record<string, unknown> | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const inboxes = useQuery({
    queryKey: ["inboxes", "names"],
    queryFn: ({ signal }) =>
      get<{ items: { id: string; name: string }[] }>("/inboxes", { limit: 200 }, signal).then((page) => page.items),
  });
  const people = useQuery({
    queryKey: ["conversations", "people"],
    queryFn: ({ signal }) =>
      get<{ items: Row[] }>("/conversations", { limit: 30 }, signal).then((page) => [
        ...new Map(page.items.map((row) => [row.contact.id, row.contact])).values(),
      ]),
    enabled: may(me, "conversations.read"),
    staleTime: 60_000,
  });
  const last = talk.at(-1);
  const run = useMutation({
    mutationFn: async ({ said, changes }: { said: Said; changes: Record<string, unknown> | null }) => {
      if (settings === "draft" && draft.isDirty && canWrite) await draft.save.mutateAsync();
      const before = talk.filter((each) => each.trace && each !== said).at(-1);
      return post<Trace>("/bot/playground", {
        text: said.text,
        language,
        settings,
        inbox_id: inbox || null,
        contact: who === "guest" || who === "signed" ? { verified: who === "signed" } : { id: who },
        memory: before?.trace?.memory ?? {},
        quick_reply: said.quickReply ?? null,
        override: changes,
        use_model: useModel,
      });
    },
    onSuccess: (trace, { said }) =>
      setTalk((held) =>
        held.map((each) => (each.text === said.text && each === held.at(-1) ? { ...each, trace } : each)),
      ),
    onError: (error) => setTalk((held) => held.map((each, i) => (i === held.length - 1 ? { ...each, error } : each))),
  });
  const send = (words: string, quickReply?: string) => {
    const trimmed = words.trim();
    if (!trimmed || run.isPending) return;
    const said: Said = { text: trimmed, quickReply };
    setOverride(null);
    setTalk((held) => [...held, said]);
    setText("");
    run.mutate({ said, changes: null });
  };
  const reconsider = (changes: Record<string, unknown> | null) => {
    if (!last || run.isPending) return;
    setOverride(changes);
    run.mutate({ said: last, changes });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line is brought into view
  useEffect(() => {
    void end.current?.scrollIntoView({ block: "nearest" });
  }, [talk]);
  const forget = () => {
    setTalk([]);
    setOverride(null);
  };
  return (
    <aside className="playground" aria-label={t("bot.try")}>
      <div className="phead">
        <h2 className="grow">{t("bot.try")}</h2>
        <button type="button" className="btn s" onClick={forget} disabled={!talk.length}>
          <Icon name="refresh" size="s" />
          {t("bot.try.again")}
        </button>
      </div>
      <div className="phead filters">
        <select
          className="input"
          aria-label={t("bot.try.settings")}
          value={settings}
          onChange={(e) => setSettings(e.target.value as "live")}
        >
          <option value="draft">{t("bot.try.draft")}</option>
          <option value="live">{liveName(t, draft.current.data?.version ?? 0)}</option>
        </select>
        <select
          className="input"
          aria-label={t("bot.try.as")}
          value={who}
          onChange={(e) => {
            setWho(e.target.value);
            forget();
          }}
        >
          <option value="guest">{t("bot.try.guest")}</option>
          <option value="signed">{t("bot.try.signed")}</option>
          {people.data?.map((each) => (
            <option key={each.id} value={each.id}>
              {t("bot.try.person", { name: nameOf(each, t) })}
            </option>
          ))}
        </select>
        {(inboxes.data?.length ?? 0) > 1 && (
          <select
            className="input"
            aria-label={t("bot.welcome.inbox")}
            value={inbox}
            onChange={(e) => setInbox(e.target.value)}
          >
            <option value="">{t("bot.try.inbox")}</option>
            {inboxes.data?.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
        )}
        <select
          className="input"
          aria-label={t("ui.language")}
          value={language}
          onChange={(e) => setLanguage(e.target.value)}
        >
          <option value="zh">中文</option>
          <option value="en">English</option>
        </select>
        {draft.current.data?.has_model && (
          <label className="tick">
            <input type="checkbox" checked={useModel} onChange={(e) => setUseModel(e.target.checked)} />
            {t("bot.try.model")}
          </label>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the talk and its trace must scroll by keyboard */}
      <div className="talk" tabIndex={0}>
        {!talk.length && <p className="muted hello">{t("bot.try.empty")}</p>}
        {!talk.length && <Suggestions language={language} onAsk={send} />}
        {talk.map((each, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the talk
          <div key={i} className="turn">
            <p className="asks">{each.text}</p>
            {each.trace && (
              <div
                className={each.trace.decision.choice === "hand_off" ? "says handed" : "says"}
                lang={each.trace.language}
              >
                {each.trace.reply.text ? <Markdown source={each.trace.reply.text} /> : null}
                {each.trace.decision.choice === "hand_off" && <p className="c-queue">{t("bot.try.handed")}</p>}
                {!!each.trace.reply.content.media?.length && (
                  <Files
                    files={each.trace.reply.content.media.map((file) => ({ ...file, url: `/api/v1/media/${file.id}` }))}
                  />
                )}
                {each.trace.reply.content.sources?.map((source) => (
                  <small key={source.title} className="muted block">
                    {[source.title, source.section].filter(Boolean).join(" · ")}
                  </small>
                ))}
                {each === last && each.trace.reply.content.quick_replies && (
                  <div className="flex wrap">
                    {each.trace.reply.content.quick_replies.map((reply) => (
                      <button
                        key={reply.id}
                        type="button"
                        className="btn s"
                        onClick={() => send(reply.label, reply.id)}
                      >
                        {reply.label}
                      </button>
                    ))}
                  </div>
                )}
              </div>
            )}
            {Boolean(each.error) && !each.trace && (
              <p className="errortext" role="alert">
                {errorText(t, each.error)}
              </p>
            )}
          </div>
        ))}
        {run.isPending && (
          <p className="muted" role="status">
            {t("bot.try.thinking")}
          </p>
        )}
        <div ref={end} />
        {last?.trace && <TraceView trace={last.trace} override={override} onOverride={reconsider} />}
      </div>
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          send(text);
        }}
      >
        <textarea
          className="input"
          rows={2}
          maxLength={8000}
          aria-label={t("bot.try.type")}
          placeholder={t("bot.try.type")}
          value={text}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              send(text);
            }
          }}
        />
        <button type="submit" className="btn main" disabled={!text.trim() || run.isPending}>
          {t("bot.try.run")} <kbd>{MOD} ↵</kbd>
        </button>
      </form>
    </aside>
  );
}
