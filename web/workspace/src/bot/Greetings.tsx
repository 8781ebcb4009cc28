// The versions of an inbox's welcome and guided questions: what each changed, and the way back in one click.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get, post } from "../api/client";
import { queryClient } from "../api/queries";
import { Icon } from "../ui/Icon";
import { Empty, errorText, Failure, Skeleton } from "../ui/states";
import { when } from "../ui/time";
import { toast } from "../ui/toast";
import { Changes } from "./Changes";
import type { Change } from "./model";

interface Version {
  version: number;
  at: string;
  author: string | null;
  restored_from: number | null;
  changes: Change[];
}

export function Greetings({
  inbox,
  canWrite,
  onRestored,
}: {
  inbox: string;
  canWrite: boolean;
  onRestored: () => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<number | null>(null);
  const versions = useQuery({
    queryKey: ["inboxes", inbox, "greetings"],
    queryFn: ({ signal }) =>
      get<{ items: Version[] }>(`/inboxes/${inbox}/greetings`, { limit: 50 }, signal).then((page) => page.items),
  });
  const live = versions.data?.[0]?.version ?? 0;
  const restore = useMutation({
    mutationFn: (version: number) =>
      post<{ version: number }>(`/inboxes/${inbox}/greetings/${version}/restore`, { after: live }),
    onSuccess: async (made, version) => {
      await queryClient.invalidateQueries({ queryKey: ["inboxes"] });
      onRestored();
      toast(t("bot.versions.restored", { version, made: made.version }), { tone: "good" });
    },
    onError: (error) => {
      void versions.refetch();
      toast(errorText(t, error), { tone: "warn" });
    },
  });
  return (
    <section className="card versionlist">
      <h2 className="cardhead">{t("bot.page.versions")}</h2>
      {versions.isPending && <Skeleton lines={3} gap={12} />}
      {versions.isError && <Failure error={versions.error} retry={() => void versions.refetch()} />}
      {versions.data && !versions.data.length && <Empty text={t("bot.welcome.versions.none")} />}
      {!!versions.data?.length && (
        <ul>
          {versions.data.map((each) => (
            <li key={each.version} className="line">
              <div className="flex">
                <button
                  type="button"
                  className="flex grow"
                  aria-expanded={open === each.version}
                  onClick={() => setOpen(open === each.version ? null : each.version)}
                >
                  <Icon name={open === each.version ? "down" : "right"} size="s" />
                  <b className="nowrap">{t("bot.versions.n", { n: each.version })}</b>
                  {each.version === live && <span className="chip good">{t("bot.versions.live")}</span>}
                  <span className="muted cut grow">
                    {each.restored_from !== null
                      ? t("bot.versions.from", { version: each.restored_from })
                      : each.changes.length
                        ? t("bot.versions.changes", { count: each.changes.length })
                        : t("bot.welcome.versions.first")}
                  </span>
                  <small className="faint nowrap">
                    {each.author && `${each.author} · `}
                    {when(each.at)}
                  </small>
                </button>
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
              {open === each.version && <Changes changes={each.changes} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
