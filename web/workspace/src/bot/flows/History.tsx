// What was published: compare with what is live, go back in one click.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, post } from "../../api/client";
import { Empty, errorText, Failure, Skeleton } from "../../ui/states";
import { when } from "../../ui/time";
import { toast } from "../../ui/toast";
import { type DiffLine, renewed, versionsQuery } from "./model";

interface Props {
  name: string;
  live: number | null;
  hasLive: boolean;
  canWrite: boolean;
}

export function History({ name, live, hasLive, canWrite }: Props) {
  const { t } = useTranslation();
  const versions = useQuery({ ...versionsQuery(name), enabled: hasLive });
  const [shown, show] = useState<number | null>(null);
  const lines = useQuery({
    queryKey: ["flows", name, "diff", shown, live],
    queryFn: ({ signal }) =>
      get<{ lines: DiffLine[] }>(`/flows/${name}/diff`, { before: shown ?? 0, after: live ?? 0 }, signal),
    enabled: shown !== null,
  });
  const restore = useMutation({
    mutationFn: (version: number) => post<{ version: number }>(`/flows/${name}/restore`, { version }),
    onSuccess: (made, version) => {
      renewed();
      toast(t("bot.versions.restored", { version, made: made.version }), { tone: "good" });
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
  if (!hasLive) return <Empty text={t("flows.unpublished")} />;
  if (versions.isPending) return <Skeleton lines={4} gap={14} />;
  if (versions.isError) return <Failure error={versions.error} retry={() => void versions.refetch()} />;
  return (
    <ul className="flowversions">
      {versions.data.map((each) => (
        <li key={each.version} className="line">
          <div className="flex wrap">
            <b>{each.version ? t("bot.versions.n", { n: each.version }) : t("flows.shipped")}</b>
            {each.version === live && <span className="chip good">{t("bot.versions.live")}</span>}
            <span className="muted cut grow">{each.note}</span>
            {each.published_at && (
              <small className="faint nowrap">
                {each.author} · {when(each.published_at)}
              </small>
            )}
            {each.version !== live && (
              <button
                type="button"
                className="btn s"
                aria-expanded={shown === each.version}
                onClick={() => show(shown === each.version ? null : each.version)}
              >
                {t("bot.compare")}
              </button>
            )}
            {canWrite && each.version !== live && (
              <button
                type="button"
                className="btn s"
                disabled={restore.isPending}
                onClick={() => restore.mutate(each.version)}
              >
                {t("bot.versions.restore")}
              </button>
            )}
          </div>
          {shown === each.version && lines.isPending && <Skeleton lines={6} />}
          {shown === each.version && lines.isError && (
            <Failure inline error={lines.error} retry={() => void lines.refetch()} />
          )}
          {shown === each.version && lines.data && <Diff lines={lines.data.lines} />}
        </li>
      ))}
    </ul>
  );
}

function Diff({ lines }: { lines: DiffLine[] }) {
  const { t } = useTranslation();
  const changed = lines.filter((line) => line.kind !== "same");
  if (!changed.length) return <p className="small muted">{t("flows.same")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines must scroll by keyboard
    <pre className="flowdiff" tabIndex={0}>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
        <span key={at} className={line.kind}>
          {MARK[line.kind]}
          {line.text}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}

const MARK = { same: "  ", added: "+ ", removed: "− " } as const;
