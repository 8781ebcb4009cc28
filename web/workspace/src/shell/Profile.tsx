// Me: name, language, look, sounds, password, where I am signed in.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { get, patch, post, remove } from "../api/client";
import { queryClient } from "../api/queries";
import { Field, values } from "../auth/Gate";
import { meQuery, useMe } from "../auth/session";
import { LANGUAGES } from "../i18n";
import { useTitle } from "../ui/hooks";
import { Icon } from "../ui/Icon";
import { setSound, soundOn } from "../ui/sound";
import { ErrorLine, errorText, Failure, Skeleton } from "../ui/states";
import { THEMES } from "../ui/theme";
import { when } from "../ui/time";
import { toast } from "../ui/toast";
import { KeysList } from "./KeysHelp";

export function Profile() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  useTitle(`${t("me.title")} · ${t("app.name")}`);
  const change = useMutation({
    mutationFn: (body: Partial<Pick<Me, "name" | "locale" | "theme">>) => patch<Me>("/auth/me", body),
    onSuccess: (next) => {
      queryClient.setQueryData(meQuery.queryKey, next);
      toast(t("state.saved"), { tone: "good" });
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  const leave = useMutation({
    mutationFn: () => post("/auth/logout"),
    onSuccess: async () => {
      await navigate({ to: "/login" });
      queryClient.clear();
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  const [sound, setOn] = useState(soundOn);
  return (
    <main className="page">
      <header className="head">
        <h1 className="grow">{me.name}</h1>
        <span className="chip">{t(`role.${me.role}`)}</span>
        <button type="button" className="btn" disabled={leave.isPending} onClick={() => leave.mutate()}>
          <Icon name="out" size="s" />
          {t("me.logout")}
        </button>
      </header>
      <div className="body">
        <div className="narrow">
          <section className="card">
            <h2 className="cardhead">{t("me.profile")}</h2>
            <form
              className="cardbody"
              onSubmit={(event: FormEvent<HTMLFormElement>) => {
                event.preventDefault();
                change.mutate(values<"name">(event.currentTarget));
              }}
            >
              <Field label={t("field.name")} name="name" defaultValue={me.name} autoComplete="name" />
              <p className="muted">{[me.email, me.title].filter(Boolean).join(" · ")}</p>
              <div>
                <button type="submit" className="btn" disabled={change.isPending}>
                  {t("ui.save")}
                </button>
              </div>
            </form>
          </section>
          <section className="card">
            <h2 className="cardhead">{t("me.look")}</h2>
            <div className="cardbody pair">
              <label className="field">
                <span>{t("ui.language")}</span>
                <select className="input" value={me.locale} onChange={(e) => change.mutate({ locale: e.target.value })}>
                  {LANGUAGES.map((each) => (
                    <option key={each} value={each}>
                      {t(`ui.language.${each}`)}
                    </option>
                  ))}
                </select>
              </label>
              <label className="field">
                <span>{t("ui.theme")}</span>
                <select className="input" value={me.theme} onChange={(e) => change.mutate({ theme: e.target.value })}>
                  {THEMES.map((each) => (
                    <option key={each} value={each}>
                      {t(`ui.theme.${each}`)}
                    </option>
                  ))}
                </select>
              </label>
              <label className="tick">
                <input
                  type="checkbox"
                  checked={sound}
                  onChange={(e) => {
                    setSound(e.target.checked);
                    setOn(e.target.checked);
                  }}
                />
                {t("me.sounds.on")}
              </label>
            </div>
          </section>
          <PasswordCard />
          <SessionsCard />
          <section className="card">
            <h2 className="cardhead">{t("me.keys")}</h2>
            <div className="cardbody">
              <KeysList />
            </div>
          </section>
        </div>
      </div>
    </main>
  );
}

function PasswordCard() {
  const { t } = useTranslation();
  const change = useMutation({
    mutationFn: ({ form }: { form: HTMLFormElement }) => {
      const given = values<"password_old" | "password_new">(form);
      return post("/auth/password", { old: given.password_old, new: given.password_new });
    },
    onSuccess: (_, { form }) => {
      form.reset();
      toast(t("me.password.done"), { tone: "good" });
      void queryClient.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return (
    <section className="card">
      <h2 className="cardhead">{t("me.password")}</h2>
      <form
        className="cardbody"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ form: event.currentTarget });
        }}
      >
        <Field
          label={t("field.password.current")}
          name="password_old"
          type="password"
          autoComplete="current-password"
        />
        <Field
          label={t("field.password.new")}
          name="password_new"
          type="password"
          autoComplete="new-password"
          minLength={10}
          hint={t("field.password.hint", { n: 10 })}
        />
        <ErrorLine error={change.error} />
        <div>
          <button type="submit" className="btn" disabled={change.isPending}>
            {t("me.password")}
          </button>
        </div>
      </form>
    </section>
  );
}

interface Session {
  id: string;
  current: boolean;
  last_seen_at: string;
  ip: string;
  user_agent: string;
}

function SessionsCard() {
  const { t } = useTranslation();
  const sessions = useQuery({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => get<{ items: Session[] }>("/auth/sessions", undefined, signal),
  });
  const end = useMutation({
    mutationFn: (id: string) => remove(`/auth/sessions/${id}`),
    onSettled: () => void sessions.refetch(),
  });
  return (
    <section className="card">
      <h2 className="cardhead">{t("me.sessions")}</h2>
      {sessions.isPending && <Skeleton />}
      {sessions.isError && <Failure inline error={sessions.error} retry={() => void sessions.refetch()} />}
      <ul>
        {sessions.data?.items.map((session) => (
          <li key={session.id} className="flex line">
            <span className="grow">
              <span className="block cut" title={session.user_agent}>
                {agentName(session.user_agent)} <span className="faint">{session.ip}</span>
              </span>
              <small className="muted">{t("me.session.seen", { time: when(session.last_seen_at) })}</small>
            </span>
            {session.current ? (
              <span className="chip">{t("me.session.this")}</span>
            ) : (
              <button type="button" className="btn s" disabled={end.isPending} onClick={() => end.mutate(session.id)}>
                {t("me.session.end")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Browser and system out of a user agent; the whole text is in the tooltip. */
function agentName(text: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\/[\d]+/.exec(text)?.[0]?.replace("/", " ") ?? text.slice(0, 40);
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(text)?.[0] ?? "";
  return [browser, system].filter(Boolean).join(" · ");
}
