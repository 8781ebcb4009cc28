import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/client";
import { Files } from "../ui/Files";
import { Failure, Skeleton } from "../ui/states";
import { when } from "../ui/time";
import { diff } from "./diff";
import { readable } from "./media";
import type { Article, Version } from "./model";

/** What the article said before, and what each version changed; readable without colour by + and −. */
export function Versions({
  article,
  canRestore,
  onRestore,
}: {
  article: Article;
  canRestore: boolean;
  onRestore: (version: Version) => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<number | null>(null);
  const versions = useQuery({
    queryKey: ["article-versions", article.id],
    queryFn: ({ signal }) => get<{ items: Version[] }>(`/articles/${article.id}/versions`, undefined, signal),
  });
  if (versions.isPending) return <Skeleton lines={5} gap={16} />;
  if (versions.isError) return <Failure error={versions.error} retry={() => void versions.refetch()} />;
  const list = versions.data.items;
  const text = (version: Version | undefined) =>
    version
      ? [version.title, "", readable(version.body, version.media), "", ...version.questions].join("\n").trim()
      : "";
  return (
    <ul className="versions">
      {list.map((version, i) => {
        const shown = open === version.version;
        return (
          <li key={version.version}>
            <div className="flex">
              <button
                type="button"
                className="flex grow"
                aria-expanded={shown}
                onClick={() => setOpen(shown ? null : version.version)}
              >
                <b className="nowrap">{t("knowledge.version.n", { n: version.version })}</b>
                {version.published && <span className="chip good">{t("knowledge.status.published")}</span>}
                <span className="muted cut grow">{version.author ?? t("knowledge.imported")}</span>
                <small className="faint nowrap">{when(version.at)}</small>
              </button>
              {canRestore && version.version !== article.version && (
                <button type="button" className="btn s" onClick={() => onRestore(version)}>
                  {t("knowledge.restore")}
                </button>
              )}
            </div>
            {shown && (
              <pre className="diff">
                {diff(text(list[i + 1]), text(version)).map((line, n) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
                  <div key={n} className={line.sign === "+" ? "plus" : line.sign === "-" ? "minus" : ""}>
                    <span aria-hidden="true">{line.sign === "-" ? "−" : line.sign}</span>
                    {line.sign !== " " && (
                      <span className="hidden-text">
                        {t(line.sign === "+" ? "knowledge.added" : "knowledge.removed")}
                      </span>
                    )}{" "}
                    {line.text}
                  </div>
                ))}
              </pre>
            )}
            {shown && version.media.length > 0 && <Files files={version.media} />}
          </li>
        );
      })}
    </ul>
  );
}
