import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";

/** A field of a contact with how sure we are of it, or just its value. */
export type Known<T> = T | { value: T; verified?: boolean; source?: string } | null | undefined;

export interface Profile {
  id: string;
  name: Known<string>;
  email?: Known<string>;
  phone?: Known<string>;
  tier?: Known<string>;
  is_verified?: boolean;
  verified?: boolean;
  created_at?: string;
  last_seen_at?: string;
  pages?: Visit[];
  conversations?: Past[];
  attributes?: Record<string, unknown>;
  browsing_opt_out?: boolean;
}

export interface Visit {
  id?: number;
  url: string;
  title: string;
  referrer?: string;
  at: string;
}

export interface Past {
  id: string;
  number: number;
  state: string;
  subject?: string;
  outcome?: string | null;
  disposition?: string | null;
  summary?: string | null;
  csat?: number | null;
  resolved?: boolean | null;
  created_at: string;
  updated_at?: string;
}

export function given<T>(known: Known<T>): T | null {
  if (known === null || known === undefined) return null;
  return typeof known === "object" && "value" in (known as object) ? (known as { value: T }).value : (known as T);
}

export function useContact(id: string) {
  return useQuery({
    queryKey: ["contact", id],
    queryFn: ({ signal }) => get<Profile>(`/contacts/${id}`, undefined, signal),
    staleTime: 60_000,
  });
}
