// Words with a fixed translation.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post, remove as removed } from "../api/client";
import { queryClient } from "../api/queries";
import { Icon } from "../ui/Icon";
import { Empty, errorText } from "../ui/states";
import type { TranslationOverview } from "./Translation";

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
    mutationFn: (id: string) => removed(`/translation/glossary/${id}`),
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
  const error = add.error ?? remove.error;
  return (
    <section className="card">
      <div className="cardhead">
        <h2 className="grow">{t("translation.glossary")}</h2>
      </div>
      <p className="cardbody muted">{t("translation.glossary.hint")}</p>
      {!data.glossary.length && <Empty text={t("translation.glossary.none")} />}
      {!!data.glossary.length && (
        <div className="tablebox">
          <table>
            <thead>
              <tr>
                <th>{t("translation.term.source")}</th>
                <th>{t("translation.term.target")}</th>
                <th>{t("translation.term.from")}</th>
                <th>{t("translation.term.to")}</th>
                <th>
                  <span className="hidden-text">{t("ui.actions")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.glossary.map((each) => (
                <tr key={each.id}>
                  <td lang={each.source_language}>{each.source}</td>
                  <td lang={each.target_language}>{each.target}</td>
                  <td>{name(each.source_language)}</td>
                  <td>{name(each.target_language)}</td>
                  <td className="r">
                    {writes && (
                      <button
                        type="button"
                        className="btn quiet icon"
                        aria-label={t("translation.term.remove", { term: each.source })}
                        disabled={remove.isPending}
                        onClick={() => remove.mutate(each.id)}
                      >
                        <Icon name="trash" />
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {writes && (
        <form
          className="cardbody stack"
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <div className="pair grid">
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
