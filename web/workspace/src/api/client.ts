// One way to the server: JSON in, JSON out, problem+json thrown as ApiError.
import type { Problem } from "../../../contract/agent";
import { ApiError } from "./problem";

const BASE = "/api/v1";
const TIMEOUT_MS = 20_000;

/** Server time minus ours in ms; the Date header has whole seconds, so smaller differences count as none. */
let offset = 0;

/** Now, by the server's clock, in ms. */
export function serverNow(): number {
  return Date.now() + offset;
}

let signedOut: () => void = () => undefined;

/** Called when the server no longer knows who asks. */
export function whenSignedOut(act: () => void): void {
  signedOut = act;
}

type Query = Record<string, string | number | boolean | null | undefined>;

interface Options {
  query?: Query | undefined;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

export async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-Tongxi"] = "1";
  const form = options.body instanceof FormData;
  if (options.body !== undefined && !form) headers["Content-Type"] = "application/json";
  const limit = AbortSignal.timeout(form ? 10 * TIMEOUT_MS : TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(BASE + path + search(options.query), {
      method,
      headers,
      credentials: "same-origin",
      body: options.body === undefined ? null : form ? (options.body as FormData) : JSON.stringify(options.body),
      signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, { code: limit.aborted ? "timeout" : "offline" });
  }
  learnTime(response);
  if (response.status === 204) return undefined as T;
  const json = (response.headers.get("content-type") ?? "").includes("json");
  const value: unknown = json ? await response.json().catch(() => null) : null;
  if (response.ok && json) return value as T;
  if (response.ok) return undefined as T;
  const problem = value as Problem | null;
  if (problem?.code === "unauthenticated" && !path.startsWith("/auth/")) signedOut();
  throw new ApiError(response.status, problem?.code ? problem : { code: `http_${response.status}` });
}

function search(query: Query | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, v]) => v !== undefined && v !== null && v !== "");
  return given.length ? `?${new URLSearchParams(given.map(([k, v]) => [k, String(v)]))}` : "";
}

function learnTime(response: Response): void {
  const date = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(date)) return;
  const difference = date + 500 - Date.now();
  offset = Math.abs(difference) > 1500 ? difference : 0;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => request<T>("GET", path, { query, signal });
export const post = <T>(path: string, body: unknown = {}) => request<T>("POST", path, { body });
export const put = <T>(path: string, body: unknown = {}) => request<T>("PUT", path, { body });
export const patch = <T>(path: string, body: unknown = {}) => request<T>("PATCH", path, { body });
export const remove = <T>(path: string) => request<T>("DELETE", path);
