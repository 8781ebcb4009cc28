import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Page } from "../../../contract/agent";
import { get } from "../api/client";
import { Empty, Failure, Skeleton } from "../ui/states";
import { stamp } from "../ui/time";

interface Entry {
  seq: number;
  at: string;
  actor: string | null;
  action: string;
  subject: string;
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
  const items = log.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card">
      {log.isPending && <Skeleton lines={10} gap={14} />}
      {log.isError && !log.data && <Failure error={log.error} retry={() => void log.refetch()} />}
      {log.data && !items.length && <Empty text={t("audit.none")} />}
      {items.length > 0 && (
        <div className="tablebox">
          <table className="audit">
            <thead>
              <tr>
                <th className="r">#</th>
                <th>{t("audit.when")}</th>
                <th>{t("audit.who")}</th>
                <th>{t("audit.what")}</th>
                <th>{t("audit.subject")}</th>
                <th>{t("audit.from")}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((entry) => (
                <tr key={entry.seq}>
                  <td className="r faint">{entry.seq}</td>
                  <td className="nowrap">{stamp(entry.at)}</td>
                  <td>{entry.actor ?? "—"}</td>
                  <td>
                    {t(`audit.action.${entry.action}`, { defaultValue: entry.action })}
                    <DataLine data={entry.data} />
                  </td>
                  <td className="mono">{entry.subject}</td>
                  <td className="mono nowrap">{entry.ip}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {log.hasNextPage && (
        <button
          type="button"
          className="btn quiet more"
          disabled={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
        >
          {t("ui.load_more")}
        </button>
      )}
    </section>
  );
}

function DataLine({ data }: { data: Record<string, unknown> }) {
  const text = Object.entries(data)
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
  return text ? <small className="faint block">{text}</small> : null;
}
