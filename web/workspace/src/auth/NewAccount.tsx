// The two ways an account begins: the first owner, and an accepted invitation.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type FormEvent, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { get, patch, post } from "../api/client";
import { codeOf } from "../api/problem";
import { queryClient } from "../api/queries";
import { ErrorLine, Failure, Skeleton } from "../ui/states";
import { Field, Gate, values } from "./Gate";
import { statusQuery } from "./session";

const LEAST = 10;

function useBeginning(path: string, to = "/") {
  const navigate = useNavigate();
  const { i18n } = useTranslation();
  return useMutation({
    mutationFn: async (body: Record<string, string>) => {
      await post(path, body);
      // The account speaks the language it was made in.
      await patch("/auth/me", { locale: i18n.language });
    },
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ to, replace: true });
    },
  });
}

export function Start() {
  const { t } = useTranslation();
  const status = useQuery(statusQuery);
  const begin = useBeginning("/auth/first-owner", "/bot/start");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    begin.mutate(values(event.currentTarget));
  };
  if (status.data && !status.data.first_run && !begin.isPending && !begin.isSuccess)
    return (
      <Gate title={t("start.title")}>
        <p>{t("start.done")}</p>
        <Link className="btn main" to="/login">
          {t("login.title")}
        </Link>
      </Gate>
    );
  return (
    <Gate title={t("start.title")} lead={t("start.lead")}>
      <form onSubmit={submit}>
        <Field label={t("start.code")} name="code" autoComplete="off" autoFocus spellCheck={false} />
        <Field label={t("field.name")} name="name" autoComplete="name" />
        <Field label={t("field.email")} name="email" type="email" autoComplete="username" />
        <NewPassword />
        <Refusal error={begin.error} forbidden={t("start.wrong")} />
        <button className="btn main" type="submit" disabled={begin.isPending}>
          {t("start.go")}
        </button>
      </form>
    </Gate>
  );
}

export function Accept() {
  const { t } = useTranslation();
  const { token } = useParams({ strict: false }) as { token: string };
  const path = `/invitations/${encodeURIComponent(token)}`;
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => get<{ email: string; role: string }>(path, undefined, signal),
    retry: false,
  });
  const begin = useBeginning(`${path}/accept`);
  const code = invitation.error && "code" in invitation.error ? invitation.error.code : "";
  useEffect(() => {
    document.title = t("invite.title");
  }, [t]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    begin.mutate(values(event.currentTarget));
  };
  return (
    <Gate
      title={t("invite.title")}
      {...(invitation.data && {
        lead: t("invite.lead", { email: invitation.data.email, role: t(`role.${invitation.data.role}`) }),
      })}
    >
      {invitation.isPending && <Skeleton />}
      {invitation.isError &&
        (code === "offline" || code === "timeout" ? (
          <Failure error={invitation.error} retry={() => void invitation.refetch()} />
        ) : (
          <p role="alert">{t("invite.expired")}</p>
        ))}
      {invitation.data && (
        <form onSubmit={submit}>
          <Field label={t("field.name")} name="name" autoComplete="name" autoFocus />
          <NewPassword />
          <Refusal error={begin.error} />
          <button className="btn main" type="submit" disabled={begin.isPending}>
            {t("invite.go")}
          </button>
        </form>
      )}
    </Gate>
  );
}

function NewPassword() {
  const { t } = useTranslation();
  return (
    <Field
      label={t("field.password")}
      name="password"
      type="password"
      autoComplete="new-password"
      minLength={LEAST}
      hint={t("field.password.hint", { n: LEAST })}
    />
  );
}

function Refusal({ error, forbidden }: { error: unknown; forbidden?: string }) {
  return codeOf(error) === "forbidden" && forbidden ? (
    <ErrorLine error={error} text={forbidden} />
  ) : (
    <ErrorLine error={error} />
  );
}
