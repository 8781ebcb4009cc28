import type { TFunction } from "i18next";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { ApiError } from "../api/problem";
import { queryClient } from "../api/queries";
import { ErrorLine, errorText } from "../ui/states";
import { clock } from "../ui/time";
import { Field, Gate, values } from "./Gate";
import { statusQuery } from "./session";

export function Login() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { next } = useSearch({ strict: false }) as { next?: string };
  const status = useQuery(statusQuery);
  const login = useMutation({
    mutationFn: (body: Record<"email" | "password", string>) => post("/auth/login", body),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ to: safe(next), replace: true });
    },
  });
  const firstRun = status.data?.first_run ?? false;
  useEffect(() => {
    if (firstRun) void navigate({ to: "/start", replace: true });
  }, [firstRun, navigate]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    login.mutate(values<"email" | "password">(event.currentTarget));
  };
  return (
    <Gate
      title={t("login.title")}
      lead={t("login.tagline")}
      foot={
        status.isError ? t("login.unreachable") : status.data && t("login.server", { version: status.data.version })
      }
    >
      <form onSubmit={submit}>
        <Field label={t("login.email")} name="email" type="email" autoComplete="username" autoFocus />
        <Field label={t("login.password")} name="password" type="password" autoComplete="current-password" />
        {login.isError && <ErrorLine error={login.error} text={refusal(t, login.error)} />}
        <button className="btn main" type="submit" disabled={login.isPending}>
          {t("login.go")}
        </button>
      </form>
    </Gate>
  );
}

/** Never says which part was wrong; a lock names its end. */
function refusal(t: TFunction, error: unknown): string {
  if (!(error instanceof ApiError)) return errorText(t, error);
  const wait = error.problem.retry_after;
  if (wait && (error.status === 429 || error.code === "locked")) {
    const until = new Date(Date.now() + wait * 1000).toISOString();
    return t("login.locked", { minutes: Math.max(1, Math.ceil(wait / 60)), time: clock(until) });
  }
  if (error.status === 401 || error.status === 422) return t("login.wrong");
  return errorText(t, error);
}

/** Only paths of this site. */
function safe(next: string | undefined): string {
  return next?.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/";
}
