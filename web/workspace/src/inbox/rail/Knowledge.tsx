import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media, Row } from "../../../../contract/agent";
import { get } from "../../api/client";
import { items } from "../../api/names";
import { useLive } from "../../live/store";
import { useSettled } from "../../ui/hooks";
import { Files } from "../../ui/Files";
import { Icon } from "../../ui/Icon";
import { Empty, Failure, Skeleton } from "../../ui/states";
import { when } from "../../ui/time";
import { insertText } from "../composer/insert";

export interface Hit {
  article_id: string;
  title: string;
  section?: string | null;
  text?: string | null;
  quote?: string | null;
  score?: number | null;
  updated_at?: string | null;
  audience?: string | null;
  media?: Media[];
}

/** What goes with the text: not what stands in articles for agents only. */
function along(hit: Hit): Media[] {
  return hit.audience === "agents" ? [] : (hit.media ?? []);
}

/** The bot's own search, for the agent; starts with what the customer said last. A hit goes into the composer as text. */
export function Knowledge({ row }: { row: Row }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const last = useLive(
    (s) =>
      s.threads[row.id]?.entries.findLast((e) => e.type === "message" && e.by.kind === "customer" && !e.erased)?.text,
  );
  const [own, setOwn] = useState("");
  const asked = useSettled((own.trim() || last || "").slice(0, 300), 250);
  const found = useQuery({
    queryKey: ["knowledge-search", asked, row.language],
    queryFn: ({ signal }) =>
      get<{ items: Hit[] } | Hit[]>("/knowledge/search", { q: asked, language: row.language }, signal).then(items),
    enabled: asked.length > 0,
    placeholderData: (before) => before,
  });
  useEffect(() => field.current?.focus(), []);
  return (
    <>
      <div className="railsearch">
        <div className="search">
          <Icon name="search" size="s" />
          <input
            ref={field}
            type="search"
            value={own}
            placeholder={t("knowledge.search")}
            aria-label={t("knowledge.search")}
            onChange={(e) => setOwn(e.target.value)}
          />
        </div>
        {!own.trim() && last && <small className="faint">{t("knowledge.follows")}</small>}
      </div>
      {found.isPending && asked && <Skeleton lines={6} gap={14} />}
      {found.isError && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data && !found.data.length && <Empty text={t("knowledge.nothing")} />}
      {found.data?.map((hit) => (
        <section className="blk hit" key={hit.article_id}>
          <h3 className="flex top">
            <span className="c-ai">
              <Icon name="knowledge" size="s" />
            </span>
            <b className="grow">
              {hit.title}
              {hit.section && <span className="muted plain"> · {hit.section}</span>}
            </b>
            {hit.audience === "agents" && <span className="chip note">{t("knowledge.audience.agents")}</span>}
          </h3>
          <p className="muted small clamp6">{hit.text ?? hit.quote}</p>
          {!!hit.media?.length && <Files files={hit.media} />}
          <div className="flex">
            <small className="faint grow">
              {[
                typeof hit.score === "number" && t("knowledge.score", { n: hit.score.toFixed(2) }),
                hit.updated_at && t("thread.source.updated", { date: when(hit.updated_at) }),
              ]
                .filter(Boolean)
                .join(" · ")}
            </small>
            <button
              type="button"
              className="btn s"
              onClick={() => insertText(hit.text ?? hit.quote ?? hit.title, along(hit))}
            >
              {t("knowledge.insert")}
            </button>
          </div>
        </section>
      ))}
    </>
  );
}
