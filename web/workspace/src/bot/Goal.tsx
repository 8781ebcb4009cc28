// What a guided question is tied to: the words as they are, an intent, a flow, or one article.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/client";
import { topicsQuery } from "../api/names";
import { Search } from "../ui/list";
import { flowsQuery } from "./flows/model";

const KINDS = ["", "intent", "flow", "article"] as const;
type Kind = (typeof KINDS)[number];

interface Choice {
  id: string;
  name: string;
}

interface ArticleRow {
  id: string;
  title: string;
  language: string;
  audience: string;
}

/** `value`: `<kind>:<name>`, or empty for words that are read as if typed. */
export function Goal({ n, value, onChange }: { n: number; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>((value.split(":")[0] ?? "") as Kind);
  const chosen = value.startsWith(`${kind}:`) ? value.slice(kind.length + 1) : "";
  const choose = (id: string) => onChange(id ? `${kind}:${id}` : "");
  return (
    <>
      <label className="field grow">
        <span>{t("bot.welcome.leads")}</span>
        <select
          className="input"
          value={kind}
          onChange={(e) => {
            setKind(e.target.value as Kind);
            onChange("");
          }}
        >
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {t(`bot.welcome.leads.${each || "text"}`)}
            </option>
          ))}
        </select>
      </label>
      {kind === "intent" && <Intents n={n} chosen={chosen} onChoose={choose} />}
      {kind === "flow" && <Flows n={n} chosen={chosen} onChoose={choose} />}
      {kind === "article" && <Articles n={n} chosen={chosen} onChoose={choose} />}
    </>
  );
}

interface Picking {
  n: number;
  chosen: string;
  onChoose: (id: string) => void;
}

function Intents(props: Picking) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery({ ...topicsQuery, retry: false });
  const choices = data
    ?.filter((each) => each.enabled)
    .map((each) => ({ id: each.code, name: (i18n.language === "zh" ? each.name_zh : each.name_en) || each.code }))
    .sort((a, b) => a.name.localeCompare(b.name, i18n.language));
  return <Pick {...props} label={t("bot.welcome.leads.intent.which")} choices={choices} />;
}

function Flows(props: Picking) {
  const { t } = useTranslation();
  const { data } = useQuery({ ...flowsQuery, retry: false });
  const choices = data?.filter((each) => each.enabled).map((each) => ({ id: each.name, name: each.title }));
  return <Pick {...props} label={t("bot.welcome.leads.flow.which")} choices={choices} />;
}

function Articles(props: Picking) {
  const { t } = useTranslation();
  const [q, setQ] = useState("");
  const found = useQuery<ArticleRow[]>({
    queryKey: ["articles", "public", q],
    queryFn: ({ signal }) =>
      get<{ items: ArticleRow[] }>("/articles", { q, status: "published", limit: 50 }, signal).then((page) =>
        page.items.filter((each) => each.audience === "everyone"),
      ),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const held = useQuery({
    queryKey: ["articles", props.chosen],
    queryFn: ({ signal }) => get<ArticleRow>(`/articles/${props.chosen}`, undefined, signal),
    enabled: !!props.chosen,
    retry: false,
  });
  const rows = [...(held.data ? [held.data] : []), ...(found.data ?? [])];
  const choices = rows
    .filter((each, at) => rows.findIndex((other) => other.id === each.id) === at)
    .map((each) => ({ id: each.id, name: `${each.title} · ${t(`language.${each.language}`)}` }));
  return (
    <>
      <div className="field grow">
        <span>{t("bot.welcome.leads.article.find")}</span>
        <Search label={t("bot.welcome.leads.article.find")} value={q} onSearch={setQ} />
      </div>
      <Pick {...props} label={t("bot.welcome.leads.article.which")} choices={found.data ? choices : undefined} />
    </>
  );
}

/** One of the choices; a goal that is no longer among them stays and says so. */
function Pick({ n, label, chosen, choices, onChoose }: Picking & { label: string; choices: Choice[] | undefined }) {
  const { t } = useTranslation();
  const isGone = !!choices && !!chosen && !choices.some((each) => each.id === chosen);
  return (
    <label className="field grow">
      <span>{label}</span>
      <select
        className="input"
        aria-label={`${label} ${n}`}
        value={chosen}
        disabled={!choices}
        onChange={(e) => onChoose(e.target.value)}
      >
        <option value="">{t(choices ? "bot.welcome.leads.choose" : "state.loading")}</option>
        {isGone && <option value={chosen}>{t("bot.welcome.leads.gone", { name: chosen })}</option>}
        {!choices && chosen && <option value={chosen}>{chosen}</option>}
        {choices?.map((each) => (
          <option key={each.id} value={each.id}>
            {each.name}
          </option>
        ))}
      </select>
    </label>
  );
}
