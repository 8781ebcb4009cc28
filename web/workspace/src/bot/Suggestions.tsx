import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get } from "../api/client";

interface Listed {
  id: string;
  title: string;
  questions: string[];
}

const MOST = 3;

/** Questions to begin with, out of what was published last. */
export function Suggestions({ language, onAsk }: { language: string; onAsk: (text: string) => void }) {
  const { t } = useTranslation();
  const articles = useQuery({
    queryKey: ["articles", "newest", language],
    queryFn: ({ signal }) =>
      get<{ items: Listed[] }>("/articles", { status: "published", language, limit: MOST }, signal),
    select: (page) => page.items.map((each) => ({ id: each.id, text: each.questions[0] ?? each.title })),
    retry: false,
  });
  if (!articles.data?.length) return null;
  return (
    <div className="stack tight">
      <p className="small muted">{t("bot.try.ask")}</p>
      <div className="flex wrap">
        {articles.data.map(({ id, text }) => (
          <button key={id} type="button" className="btn s" onClick={() => onAsk(text)}>
            <span className="cut">{text}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
