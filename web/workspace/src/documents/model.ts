// How documents come in: from files, and from pages that are read again.

export interface Source {
  id: string;
  url: string;
  scope: "page" | "site" | "sitemap";
  state: "waiting" | "running" | "done" | "failed";
  every_hours: number;
  due_at: string | null;
  finished_at: string | null;
  articles: number;
  report: {
    error?: string;
    pages?: number;
    created?: number;
    updated?: number;
    unchanged?: number;
    archived?: number;
    left_out?: { url: string; reason: string }[];
    left_out_count?: number;
    pictures?: LeftOut[];
    pictures_count?: number;
  };
}

export interface Report {
  created: number;
  updated: number;
  skipped: { file: string; reason: string; line?: number }[];
  files?: { file: string; created: number; updated: number; unchanged: number }[];
  /** Pictures that texts name and that were left out. */
  pictures?: LeftOut[];
}

export interface LeftOut {
  file: string;
  picture: string;
  reason: string;
  line?: number;
}
