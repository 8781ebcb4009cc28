// The visitor's token: kept per inbox in local storage, renewed when refused, gone after sign-out.
import type { Page, Problem, Session, SessionRequest } from "../../../contract/widget.ts";
import type { Kept } from "./kept.ts";
import type { Config, Failure, Locale } from "./shell.ts";

export interface Sessions {
  current: Session | null;
  locale: Locale;
  /** Start or renew; calls at the same time share one request. */
  renew(): Promise<Session>;
  /** From now on speak as the customer the host site vouches for. */
  identify(jwt: string): Promise<Session>;
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Sign out: the token dies on the server, nothing of the conversation stays in this browser. */
  end(): Promise<void>;
}

export function createSessions(
  config: Config,
  kept: Kept,
  locale: Locale,
  page: () => Page,
  changed: (session: Session) => void,
  identityRefused: () => void,
): Sessions {
  let identity = config.identity;
  let pending: Promise<Session> | null = null;

  const call = async <T>(method: string, path: string, body?: unknown, token?: string): Promise<T> => {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Bearer ${token}`;
    let answer: Response;
    try {
      answer = await fetch(`${config.base}api/v1/widget/${path}`, {
        method,
        headers,
        credentials: "omit",
        body: body === undefined ? null : JSON.stringify(body),
      });
    } catch {
      throw { code: "network", status: 0, detail: "", retryAfter: null } satisfies Failure;
    }
    const value = (answer.status === 204 ? null : await answer.json().catch(() => null)) as unknown;
    if (answer.ok) return value as T;
    const problem = value as Problem | null;
    throw {
      code: problem?.code ?? "unavailable",
      status: answer.status,
      detail: problem?.detail ?? "",
      retryAfter: Number(problem?.retry_after ?? answer.headers.get("Retry-After")) || null,
    } satisfies Failure;
  };

  const ask = (token: string | null): Promise<Session> => {
    const body: SessionRequest = { inbox: config.inbox, locale: self.locale };
    if (token) body.token = token;
    if (identity) body.identity = identity;
    if (!config.browsing) body.browsing_consent = false;
    else if (!self.current?.browsing_opt_out) body.page = page();
    return call("POST", "session", body);
  };

  const start = async (): Promise<Session> => {
    let token = self.current?.token ?? kept.get("token");
    let session: Session;
    try {
      session = await ask(token);
    } catch (error) {
      const { code } = error as Failure;
      if (code === "identity_invalid" && identity) {
        // An expired identity must not lock the customer out; the host is asked for a fresh one.
        identity = null;
        identityRefused();
      } else if (code === "unauthenticated" && token) {
        token = null;
      } else {
        throw error;
      }
      session = await ask(token);
    }
    self.current = session;
    kept.set("token", session.token);
    changed(session);
    return session;
  };

  const self: Sessions = {
    current: null,
    locale,
    renew() {
      pending ??= start().finally(() => {
        pending = null;
      });
      return pending;
    },
    async identify(jwt) {
      await pending?.catch(() => undefined);
      identity = jwt;
      return self.renew();
    },
    async request<T>(method: string, path: string, body?: unknown) {
      try {
        return await call<T>(method, path, body, self.current?.token);
      } catch (error) {
        if ((error as Failure).code !== "unauthenticated") throw error;
        return call<T>(method, path, body, (await self.renew()).token);
      }
    },
    async end() {
      const token = self.current?.token;
      self.current = null;
      kept.clear();
      if (token) await call("DELETE", "session", undefined, token).catch(() => undefined);
    },
  };
  return self;
}
