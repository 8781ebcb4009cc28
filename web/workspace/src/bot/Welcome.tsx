import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, patch, post } from "../api/client";
import { queryClient } from "../api/queries";
import { may, useMe } from "../auth/session";
import { Unsaved } from "../shell/Unsaved";
import { Both, type Localized } from "../ui/Both";
import { Icon } from "../ui/Icon";
import { Empty, errorText, Failure, Skeleton } from "../ui/states";
import { toast } from "../ui/toast";
import { Goal } from "./Goal";
import { Greetings } from "./Greetings";
import type { Trace } from "./model";
import { choiceKey } from "./rules";
import { useTopics } from "./topics";

interface Guided {
  id: string;
  label: Localized;
  text: Localized;
  leads_to?: string;
}

interface Greeting {
  welcome: Localized;
  guided_questions: Guided[];
}

interface InboxRow {
  id: string;
  name: string;
  settings: Greeting;
}

const MOST = 8;

/** What an inbox says before anybody asked, and where each of its buttons leads. */
export function Welcome() {
  const { t } = useTranslation();
  const canWrite = may(useMe(), "inboxes.write");
  const inboxes = useQuery({
    queryKey: ["inboxes", "full"],
    queryFn: ({ signal }) => get<{ items: InboxRow[] }>("/inboxes", { limit: 200 }, signal).then((page) => page.items),
  });
  const [id, setId] = useState<string>();
  const [restored, setRestored] = useState(0);
  if (inboxes.isPending) return <Skeleton lines={6} gap={16} />;
  if (inboxes.isError) return <Failure error={inboxes.error} retry={() => void inboxes.refetch()} />;
  const inbox = inboxes.data.find((each) => each.id === id) ?? inboxes.data[0];
  if (!inbox) return <Empty text={t("inboxes.none")} />;
  return (
    <div className="narrow stack">
      {inboxes.data.length > 1 && (
        <label className="field">
          <span>{t("bot.welcome.inbox")}</span>
          <select className="input" value={inbox.id} onChange={(e) => setId(e.target.value)}>
            {inboxes.data.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
        </label>
      )}
      <Form key={`${inbox.id}:${restored}`} inbox={inbox} />
      <Greetings inbox={inbox.id} canWrite={canWrite} onRestored={() => setRestored(restored + 1)} />
    </div>
  );
}

function Form({ inbox }: { inbox: InboxRow }) {
  const { t } = useTranslation();
  const canWrite = may(useMe(), "inboxes.write");
  const [welcome, setWelcome] = useState(inbox.settings.welcome);
  const [questions, setQuestions] = useState(inbox.settings.guided_questions);
  const save = useMutation({
    mutationFn: () => patch<InboxRow>(`/inboxes/${inbox.id}`, { settings: { welcome, guided_questions: questions } }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["inboxes"] });
      toast(t("state.saved"), { tone: "good" });
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  const isDirty =
    JSON.stringify([welcome, questions]) !== JSON.stringify([inbox.settings.welcome, inbox.settings.guided_questions]);
  const change = (at: number, next: Partial<Guided>) =>
    setQuestions(questions.map((each, i) => (i === at ? { ...each, ...next } : each)));
  return (
    <fieldset className="stack" disabled={!canWrite}>
      <section className="card">
        <h2 className="cardhead">{t("bot.welcome.text")}</h2>
        <div className="cardbody">
          <Both label={t("bot.welcome.greeting")} long value={welcome} onChange={setWelcome} />
          <small className="muted">{t("bot.welcome.hint")}</small>
        </div>
      </section>
      <section className="card">
        <h2 className="cardhead">{t("inboxes.guided")}</h2>
        <div className="cardbody">
          <p className="muted">{t("bot.welcome.guided")}</p>
          {questions.map((question, i) => (
            <div key={question.id} className="redline">
              <Both
                label={t("inboxes.guided.label", { n: i + 1 })}
                most={200}
                value={question.label}
                onChange={(label) => change(i, { label })}
              />
              <div className="flex wrap leads">
                <Goal n={i + 1} value={question.leads_to ?? ""} onChange={(leads_to) => change(i, { leads_to })} />
                <Landing inbox={inbox.id} question={question} isDirty={isDirty} />
                <button
                  type="button"
                  className="btn quiet icon"
                  aria-label={`${t("ui.remove")} ${i + 1}`}
                  title={t("ui.remove")}
                  onClick={() => setQuestions(questions.filter((_, at) => at !== i))}
                >
                  <Icon name="trash" size="s" />
                </button>
              </div>
            </div>
          ))}
          {questions.length < MOST && (
            <div>
              <button
                type="button"
                className="btn s"
                onClick={() =>
                  setQuestions([
                    ...questions,
                    { id: free(questions), label: { zh: "", en: "" }, text: { zh: "", en: "" } },
                  ])
                }
              >
                <Icon name="plus" size="s" />
                {t("ui.add")}
              </button>
            </div>
          )}
        </div>
      </section>
      <Unsaved when={isDirty && !save.isPending} />
      {isDirty && canWrite && (
        <div className="savebar">
          <span className="grow muted">{t("bot.welcome.now")}</span>
          <button type="button" className="btn main" disabled={save.isPending} onClick={() => save.mutate()}>
            {t("ui.save")}
          </button>
        </div>
      )}
    </fieldset>
  );
}

/** Click the button as a customer would, in both languages, and say where it lands. */
function Landing({ inbox, question, isDirty }: { inbox: string; question: Guided; isDirty: boolean }) {
  const { t } = useTranslation();
  const topics = useTopics();
  const run = useMutation({
    mutationFn: () =>
      Promise.all(
        (["zh", "en"] as const)
          .map((language) => ({ language, text: question.text[language] || question.label[language] }))
          .filter(({ text }) => text)
          .map(({ language, text }) =>
            post<Trace>("/bot/playground", { text, language, inbox_id: inbox, quick_reply: question.id }),
          ),
      ),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  return (
    <div className="landing">
      <button
        type="button"
        className="btn"
        disabled={isDirty || run.isPending || !(question.label.zh || question.label.en)}
        title={isDirty ? t("bot.welcome.test.first") : undefined}
        onClick={() => run.mutate()}
      >
        {t("bot.welcome.test")}
      </button>
      {run.data?.map((trace) => (
        <small key={trace.language} role="status">
          {trace.language === "zh" ? "中" : "EN"} → {t(`bot.choice.${choiceKey(trace.decision.choice)}`)}
          {trace.topic && ` · ${topics(trace.topic)}`}
          {trace.decision.choice === "answer" && trace.passages[0] && ` · ${trace.passages[0].title}`}
        </small>
      ))}
    </div>
  );
}

function free(questions: Guided[]): string {
  for (let n = questions.length + 1; ; n++) if (!questions.some((each) => each.id === `q${n}`)) return `q${n}`;
}
