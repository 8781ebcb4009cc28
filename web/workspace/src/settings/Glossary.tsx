// Words with a fixed translation.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post, remove as removed } from "../api/client";
import { queryClient } from "../api/queries";
import { Icon } from "../ui/Icon";
import { errorText } from "../ui/states";
import { type Column, Table } from "../ui/Table";
import { toast } from "../ui/toast";
import type { TranslationOverview } from "./Translation";

type Term = TranslationOverview["glossary"][number];

const EMPTY = { source_language: "zh", target_language: "en", source: "", target: "" };

export function Glossary({ data, writes }: { data: TranslationOverview; writes: boolean }) {
  const { t } = useTranslation();
  const [term, setTerm] = useState(EMPTY);
  const refresh = () => void queryClient.invalidateQueries({ queryKey: ["translation"] });
  const add = useMutation({
    mutationFn: () => post("/translation/glossary", term),
    onSuccess: () => {
      setTerm({ ...term, source: "", target: "" });
      refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (each: Term) => removed(`/translation/glossary/${each.id}`),
    onSuccess: (_, { id: _id, ...term }) =>
      toast(t("translation.term.removed", { term: term.source }), {
        action: { label: t("ui.undo"), run: () => void post("/translation/glossary", term).finally(refresh) },
      }),
    onSettled: refresh,
  });
  const name = (language: string) => t(`language.${language}`, { defaultValue: language });
  const pick = (field: "source_language" | "target_language", label: string) => (
    <label className="field">
      <span>{label}</span>
      <select className="input" value={term[field]} onChange={(e) => setTerm({ ...term, [field]: e.target.value })}>
        {data.languages.map((language) => (
          <option key={language} value={language}>
            {name(language)}
          </option>
        ))}
      </select>
    </label>
  );
  const columns: Column<Term>[] = [
    {
      key: "source",
      title: t("translation.term.source"),
      by: (each) => each.source,
      cell: (each) => <span lang={each.source_language}>{each.source}</span>,
    },
    {
      key: "target",
      title: t("translation.term.target"),
      by: (each) => each.target,
      cell: (each) => <span lang={each.target_language}>{each.target}</span>,
    },
    {
      key: "from",
      title: t("translation.term.from"),
      className: "nowrap",
      by: (each) => name(each.source_language),
      cell: (each) => name(each.source_language),
    },
    {
      key: "to",
      title: t("translation.term.to"),
      className: "nowrap",
      by: (each) => name(each.target_language),
      cell: (each) => name(each.target_language),
    },
    {
      key: "",
      title: "",
      className: "r",
      cell: (each) =>
        writes && (
          <button
            type="button"
            className="btn quiet icon"
            aria-label={t("translation.term.remove", { term: each.source })}
            title={t("translation.term.remove", { term: each.source })}
            disabled={remove.isPending && remove.variables.id === each.id}
            onClick={() => remove.mutate(each)}
          >
            <Icon name="trash" />
          </button>
        ),
    },
  ];
  const error = add.error ?? remove.error;
  return (
    <section className="card">
      <div className="cardhead">
        <h2 className="grow">{t("translation.glossary")}</h2>
      </div>
      <p className="cardbody muted">{t("translation.glossary.hint")}</p>
      <Table
        label={t("translation.glossary")}
        columns={columns}
        rows={data.glossary}
        keyOf={(each) => each.id}
        empty={t("translation.glossary.none")}
      />
      {writes && (
        <form
          className="cardbody stack"
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <div className="pair grid two">
            {pick("source_language", t("translation.term.from"))}
            {pick("target_language", t("translation.term.to"))}
            {(["source", "target"] as const).map((field) => (
              <label key={field} className="field">
                <span>{t(`translation.term.${field}`)}</span>
                <input
                  className="input"
                  required
                  maxLength={200}
                  value={term[field]}
                  onChange={(e) => setTerm({ ...term, [field]: e.target.value })}
                />
              </label>
            ))}
          </div>
          {error && (
            <p className="c-danger" role="alert">
              {errorText(t, error)}
            </p>
          )}
          <div className="flex">
            <button type="submit" className="btn" disabled={add.isPending}>
              {t("translation.term.add")}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
