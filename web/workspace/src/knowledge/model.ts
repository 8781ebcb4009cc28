import type { Page } from "../../../contract/agent";
import type { MediaFile } from "./media";

export type Status = "draft" | "published" | "archived";
export const STATUSES: Status[] = ["published", "draft", "archived"];

export interface Article {
  id: string;
  slug: string | null;
  language: string;
  title: string;
  body: string;
  questions: string[];
  audience: "everyone" | "agents";
  status: Status;
  version: number;
  source: string;
  collection: string;
  valid_from: string | null;
  valid_until: string | null;
  updated_by: { id: string; name: string | null } | null;
  created_at: string;
  updated_at: string;
  published_at: string | null;
  /** The files its text names. */
  media: MediaFile[];
}

export type Listed = Omit<Article, "body"> & { excerpt: string };
export type Listing = Page<Listed> & { counts: Record<Status, number> };

export interface Version {
  version: number;
  title: string;
  body: string;
  questions: string[];
  at: string;
  published: boolean;
  author: string | null;
  media: MediaFile[];
}
