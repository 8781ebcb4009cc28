import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Page } from "../../../contract/agent";
import { get } from "../api/client";
import { type Column, Table } from "../ui/Table";
import { stamp } from "../ui/time";

interface Entry {
  seq: number;
  at: string;
  actor: string | null;
  action: string;
  /** `kind:id` */
  subject: string;
  /** What the subject is called today. */
  name: string | null;
  data: Record<string, unknown>;
  ip: string;
}

/** Who did what to what, when, from where; newest first. */
export function Audit() {
  const { t } = useTranslation();
  const log = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam, signal }) =>
      get<{ items: Entry[]; next: number | null } & Omit<Page<Entry>, "next">>(
        "/audit",
        { cursor: pageParam, limit: 100 },
        signal,
      ),
    initialPageParam: "" as string | number,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const items = log.data?.pages.flatMap((page) => page.items);
  const columns: Column<Entry>[] = [
    { key: "seq", title: "#", isFigure: true, className: "faint", cell: (entry) => entry.seq },
    { key: "when", title: t("audit.when"), className: "nowrap", cell: (entry) => stamp(entry.at) },
    { key: "who", title: t("audit.who"), className: "nowrap", cell: (entry) => entry.actor ?? "—" },
    {
      key: "what",
      title: t("audit.what"),
      cell: (entry) => (
        <>
          {t(`audit.action.${entry.action}`, { defaultValue: entry.action })}
          <DataLine data={entry.data} />
        </>
      ),
    },
    { key: "subject", title: t("audit.subject"), cell: (entry) => <Subject of={entry} /> },
    { key: "from", title: t("audit.from"), className: "mono nowrap", cell: (entry) => entry.ip },
  ];
  return (
    <section className="card">
      <Table
        label={t("settings.audit")}
        className="audit"
        columns={columns}
        query={log}
        rows={items}
        keyOf={(entry) => String(entry.seq)}
        empty={t("audit.none")}
      />
    </section>
  );
}

/** What it was done to: its kind and its name, else the end of its id. */
function Subject({ of: { subject, name } }: { of: Entry }) {
  const { t } = useTranslation();
  const [kind = "", id = ""] = subject.split(":");
  if (!kind) return null;
  return (
    <span title={subject}>
      <span className="muted">{t(`audit.kind.${kind}`, { defaultValue: kind })}</span>{" "}
      {name ?? <span className="mono faint">{id.slice(-8)}</span>}
    </span>
  );
}

function DataLine({ data }: { data: Record<string, unknown> }) {
  const text = Object.entries(data)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(", ") : shown(value)}`)
    .join(" · ");
  return text ? <small className="faint block">{text}</small> : null;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
