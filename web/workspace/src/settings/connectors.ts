// Connectors as the server tells them.
import { queryOptions } from "@tanstack/react-query";
import type { Page } from "../../../contract/agent";
import { get } from "../api/client";
import { queryClient } from "../api/queries";

export const KINDS = ["http", "mcp", "shopify", "woocommerce"] as const;
export type Kind = (typeof KINDS)[number];
export type Effect = "read" | "write";

export interface Tool {
  name: string;
  about: string;
  effect: Effect;
  needs_contact: boolean;
  arguments: { properties?: Record<string, unknown> };
}

/** What a person decided about one tool. */
export interface Decision {
  allowed: boolean;
  effect: Effect;
  contact: string;
  public: boolean;
}

/** A tool as an MCP server describes it. */
export interface Discovered {
  name: string;
  about: string;
  schema: { properties?: Record<string, unknown> };
  read_only: boolean;
  problem: string;
}

export interface State {
  state: "ok" | "error" | "resting" | "unused" | "off";
  problem: string | null;
  last_ok_at: string | null;
  last_error_at: string | null;
}

export interface Fixed extends State {
  id: null;
  kind: "environment";
  name: string;
  title: string;
  enabled: true;
  tools: Tool[];
}

export interface Connector extends State {
  id: string;
  kind: Kind;
  name: string;
  title: string;
  settings: Record<string, unknown>;
  secret: { is_set: boolean; ends_with: string };
  decisions: Record<string, Decision>;
  discovered: Discovered[];
  tools: Tool[];
  enabled: boolean;
  version: number;
  updated_at: string;
}

export interface Tested {
  ok: boolean;
  code: string | null;
  detail: string | null;
  seconds: number;
}

export const connectorsQuery = queryOptions({
  queryKey: ["connectors"],
  queryFn: async ({ signal }) => (await get<Page<Fixed | Connector>>("/connectors", {}, signal)).items,
  staleTime: 5_000,
});

export const refresh = () => void queryClient.invalidateQueries({ queryKey: ["connectors"] });

export const TONE: Record<State["state"], string> = {
  ok: "good",
  error: "danger",
  resting: "warn",
  unused: "",
  off: "",
};

export const START: Record<Kind, Record<string, unknown>> = {
  http: {
    mapping: `base_url: https://api.example.com/v1
auth: {kind: bearer}
tools:
  - name: points
    about: Points the customer has.
    path: /members/{contact}/points
    result: {points: /balance}
`,
  },
  mcp: { transport: "http", url: "", auth: "none" },
  shopify: { shop: "", version: "2026-10", auth: "token", contact: "customer_id" },
  woocommerce: { url: "", contact: "customer_id" },
};
