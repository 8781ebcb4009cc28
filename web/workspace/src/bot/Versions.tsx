import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { queryClient } from "../api/queries";
import { Icon } from "../ui/Icon";
import { errorText, Failure, Skeleton } from "../ui/states";
import { when } from "../ui/time";
import { toast } from "../ui/toast";
import { Changes } from "./Changes";
import { renewed, versionsQuery } from "./model";
import type { DraftState } from "./useDraft";

/** What was published, by whom, what it changed; any of them is live again with one click. */
export function Versions({ draft, canWrite }: { draft: DraftState; canWrite: boolean }) {
  const { t } = useTranslation();
  const versions = useQuery(versionsQuery);
  const [open, setOpen] = useState<number | null>(null);
  const live = draft.current.data?.version ?? 0;
  const restore = useMutation({
    mutationFn: (version: number) => post<{ version: number }>(`/bot/versions/${version}/restore`, { after: live }),
    onSuccess: (made, version) => {
      renewed();
      void queryClient.invalidateQueries({ queryKey: ["inboxes"] });
      toast(t(version ? "bot.versions.restored" : "bot.versions.restored.product", { version, made: made.version }), {
        tone: "good",
      });
    },
    onError: (error) => {
      renewed();
      toast(errorText(t, error), { tone: "warn" });
    },
  });
  if (versions.isPending) return <Skeleton lines={6} gap={16} />;
  if (versions.isError) return <Failure error={versions.error} retry={() => void versions.refetch()} />;
  const back = (version: number) =>
    canWrite &&
    version !== live && (
      <button type="button" className="btn s" disabled={restore.isPending} onClick={() => restore.mutate(version)}>
        {t("bot.versions.restore")}
      </button>
    );
  return (
    <section className="card narrow versionlist">
      <h2 className="cardhead">{t("bot.page.versions")}</h2>
      <ul>
        {versions.data.map((version) => (
          <li key={version.version} className="line">
            <div className="flex">
              <button
                type="button"
                className="flex grow"
                aria-expanded={open === version.version}
                onClick={() => setOpen(open === version.version ? null : version.version)}
              >
                <Icon name={open === version.version ? "down" : "right"} size="s" />
                <b className="nowrap">{t("bot.versions.n", { n: version.version })}</b>
                {version.version === live && <span className="chip good">{t("bot.versions.live")}</span>}
                <span className="muted cut grow">
                  {version.restored_from === null
                    ? version.note || t("bot.versions.changes", { count: version.changes.length })
                    : t(version.restored_from ? "bot.versions.from" : "bot.versions.from.product", {
                        version: version.restored_from,
                      })}
                </span>
                <small className="faint nowrap">
                  {version.author ?? t("bot.versions.nobody")} · {when(version.at)}
                </small>
              </button>
              {back(version.version)}
            </div>
            {open === version.version && <Changes changes={version.changes} />}
          </li>
        ))}
        <li className="line flex">
          <span className="grow">
            <b>{t("bot.versions.product")}</b>
            {!versions.data.length && <small className="muted block">{t("bot.versions.none")}</small>}
          </span>
          {live === 0 ? <span className="chip good">{t("bot.versions.live")}</span> : back(0)}
        </li>
      </ul>
    </section>
  );
}
