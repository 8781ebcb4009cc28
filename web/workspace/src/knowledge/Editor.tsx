import { useMutation, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { get, patch, post, remove } from "../api/client";
import { ApiError } from "../api/problem";
import { queryClient } from "../api/queries";
import { may } from "../auth/session";
import { Icon } from "../ui/Icon";
import { MOD, useKeys } from "../ui/keys";
import { Files } from "../ui/Files";
import { Markdown } from "../ui/Prose";
import { errorText, Failure, Skeleton } from "../ui/states";
import { when } from "../ui/time";
import { toast } from "../ui/toast";
import { type Draft, Fields } from "./Fields";
import { keep, readKept } from "./kept";
import { type MediaFile, remember, remembered } from "./media";
import type { Article } from "./model";
import { Versions } from "./Versions";

interface Props {
  id: string;
  me: Me;
  onOpen: (id: string) => void;
  onClose: () => void;
}

const BLANK: Draft = {
  title: "",
  body: "",
  language: "zh",
  audience: "everyone",
  questions: "",
  valid_from: "",
  valid_until: "",
};

const NONE: MediaFile[] = [];

function shown(id: string, alt: string, caption: string, files: MediaFile[] = NONE) {
  const file = files.find((each) => each.id === id) ?? remembered()[id];
  return file ? <Files files={[{ ...file, alt, caption }]} /> : null;
}

function draftOf(article: Article): Draft {
  const { title, body, language, audience } = article;
  return {
    title,
    body,
    language,
    audience,
    questions: article.questions.join("\n"),
    valid_from: article.valid_from ?? "",
    valid_until: article.valid_until ?? "",
  };
}

export function Editor(props: Props) {
  const fresh = props.id === "new";
  const article = useQuery({
    queryKey: ["article", props.id],
    queryFn: ({ signal }) => get<Article>(`/articles/${props.id}`, undefined, signal),
    enabled: !fresh,
    staleTime: 0,
  });
  if (!fresh && article.isPending)
    return (
      <section className="editor">
        <Skeleton lines={10} gap={18} />
      </section>
    );
  if (!fresh && !article.data)
    return (
      <section className="editor">
        <Failure error={article.error} retry={() => void article.refetch()} />
      </section>
    );
  // A new version of somebody else starts a new form; what is being typed here is kept until then.
  return (
    <Form key={article.data?.version ?? 0} {...props} article={article.data} reload={() => void article.refetch()} />
  );
}

function Form({
  id,
  me,
  onOpen,
  onClose,
  article,
  reload,
}: Props & { article: Article | undefined; reload: () => void }) {
  const { t, i18n } = useTranslation();
  const version = article?.version ?? 0;
  const [stored] = useState<Draft>(article ? draftOf(article) : { ...BLANK, language: i18n.language });
  const [draft, setDraft] = useState(() => readKept(id, version) ?? stored);
  const [restored, setRestored] = useState(() => readKept(id, version) !== null);
  const [view, setView] = useState<"write" | "preview" | "versions">("write");
  const publishes = may(me, "knowledge.publish");
  const writes = article && article.status !== "draft" ? publishes : may(me, "knowledge.propose");
  const dirty = JSON.stringify(draft) !== JSON.stringify(stored);
  useEffect(() => keep(id, version, dirty ? draft : null), [id, version, dirty, draft]);
  const set = <K extends keyof Draft>(key: K, value: Draft[K]) => setDraft((held) => ({ ...held, [key]: value }));
  const edit = useCallback(
    (change: (body: string) => string) => setDraft((held) => ({ ...held, body: change(held.body) })),
    [],
  );
  const learn = (next: Article) => {
    queryClient.setQueryData(["article", next.id], next);
    void queryClient.invalidateQueries({ queryKey: ["articles"] });
    void queryClient.invalidateQueries({ queryKey: ["article-versions", next.id] });
  };
  const body = () => ({
    ...draft,
    questions: draft.questions
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean),
    valid_from: draft.valid_from || null,
    valid_until: draft.valid_until || null,
  });
  const store = async () =>
    article
      ? dirty
        ? patch<Article>(`/articles/${article.id}`, { ...body(), version: article.version })
        : article
      : post<Article>("/articles", body());
  const act = useMutation({
    mutationFn: async (what: "save" | "publish" | "unpublish" | "archive") => {
      if (what === "archive" && article) return remove<Article>(`/articles/${article.id}`);
      const saved = await store();
      return what === "save" ? saved : post<Article>(`/articles/${saved.id}/${what}`);
    },
    onSuccess: (next, what) => {
      keep(id, version, null);
      learn(next);
      toast(t(what === "save" ? "state.saved" : `knowledge.done.${what}`), { tone: "good" });
      if (!article) onOpen(next.id);
    },
    onError: (error) => {
      toast(errorText(t, error), { tone: "warn" });
      if (!(error instanceof ApiError) || error.code !== "stale_version") return;
      // What was typed goes on top of the version that came in between; its own versions show what that changed.
      const { version: newer } = error.problem as { version?: number };
      if (newer) keep(id, newer, draft);
      reload();
    },
  });
  const ready = draft.title.trim() && draft.body.trim() && !act.isPending && writes;
  useKeys({ "mod+s": () => ready && dirty && act.mutate("save") });
  return (
    <section className="editor" aria-label={draft.title || t("knowledge.new")}>
      <header className="ehead">
        <button type="button" className="btn quiet icon" aria-label={t("ui.close")} onClick={onClose}>
          <Icon name="left" />
        </button>
        <span className={`chip ${article?.status === "published" ? "good" : ""}`}>
          {t(`knowledge.status.${article?.status ?? "draft"}`)}
        </span>
        {article && (
          <small className="faint cut grow">
            {t("knowledge.version", { n: article.version, time: when(article.updated_at) })} {article.updated_by?.name}
          </small>
        )}
        <span className="grow" />
        {writes && (
          <button type="button" className="btn s" disabled={!ready || !dirty} onClick={() => act.mutate("save")}>
            {t("knowledge.save")} <kbd>{MOD} S</kbd>
          </button>
        )}
        {publishes && article?.status === "published" && !dirty && (
          <button type="button" className="btn s" disabled={act.isPending} onClick={() => act.mutate("unpublish")}>
            {t("knowledge.unpublish")}
          </button>
        )}
        {publishes && (article?.status !== "published" || dirty) && (
          <button type="button" className="btn s main" disabled={!ready} onClick={() => act.mutate("publish")}>
            {t("knowledge.publish")}
          </button>
        )}
      </header>
      <div className="tabs" role="tablist" aria-label={t("knowledge.view")}>
        {(["write", "preview", "versions"] as const).map((each) =>
          each === "versions" && !article ? null : (
            <button key={each} type="button" role="tab" aria-selected={view === each} onClick={() => setView(each)}>
              {t(`knowledge.view.${each}`)}
            </button>
          ),
        )}
      </div>
      {restored && dirty && (
        <div className="notebar agent" role="status">
          <span className="grow">{t("knowledge.kept")}</span>
          <button
            type="button"
            className="btn s"
            onClick={() => {
              setDraft(stored);
              setRestored(false);
            }}
          >
            {t("knowledge.kept.drop")}
          </button>
        </div>
      )}
      <div className="ebody">
        {view === "versions" && article && (
          <Versions
            article={article}
            canRestore={!!writes}
            onRestore={(version) => {
              for (const file of version.media) remember(file);
              setDraft((held) => ({
                ...held,
                title: version.title,
                body: version.body,
                questions: version.questions.join("\n"),
              }));
              setView("write");
            }}
          />
        )}
        {view === "preview" && (
          <article>
            <h2 className="ptitle">{draft.title}</h2>
            <Markdown source={draft.body} picture={(id, alt, caption) => shown(id, alt, caption, article?.media)} />
          </article>
        )}
        {view === "write" && (
          <>
            <Fields
              draft={draft}
              set={set}
              edit={edit}
              files={article?.media ?? NONE}
              disabled={!writes}
              source={article?.source}
            />
            {publishes && article && article.status !== "archived" && id !== "new" && (
              <div>
                <button
                  type="button"
                  className="btn s risk"
                  disabled={act.isPending}
                  onClick={() => act.mutate("archive")}
                >
                  {t("knowledge.archive")}
                </button>
              </div>
            )}
          </>
        )}
      </div>
    </section>
  );
}
