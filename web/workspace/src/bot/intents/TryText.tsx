import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../../api/client";
import { errorText } from "../../ui/states";
import type { Reading } from "./model";

/** A sentence as the bot reads it: its guesses, or that it is none of them. */
export function TryText({ names }: { names: Map<string, string> }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const run = useMutation({ mutationFn: () => post<Reading>("/intents/read", { text }) });
  const name = (code: string) => names.get(code) ?? code;
  return (
    <section className="card" aria-label={t("intents.try")}>
      <form
        className="cardbody stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) run.mutate();
        }}
      >
        <label className="field">
          <span>{t("intents.try")}</span>
          <span className="flex">
            <input
              className="input grow"
              value={text}
              maxLength={2000}
              placeholder={t("intents.try.hint")}
              onChange={(e) => setText(e.target.value)}
            />
            <button type="submit" className="btn" disabled={!text.trim() || run.isPending}>
              {t("intents.try.read")}
            </button>
          </span>
        </label>
        {run.isError && (
          <p className="errortext" role="alert">
            {errorText(t, run.error)}
          </p>
        )}
        {run.data && (
          <div className="stack" role="status">
            <p className="flex wrap">
              <span className={`chip ${run.data.is_out_of_scope ? "warn" : "good"}`}>
                {t(run.data.is_out_of_scope ? "intents.out" : "intents.in")}
              </span>
              <small className="muted">
                {t("intents.out.score", { share: Math.round(run.data.out_of_scope * 100) })}
              </small>
            </p>
            {run.data.several.length > 1 && (
              <p>{t("intents.several", { names: run.data.several.map(name).join("、") })}</p>
            )}
            <ul className="guesses">
              {run.data.guesses.map((guess) => (
                <li key={guess.intent}>
                  <span className="cut">{name(guess.intent)}</span>
                  <span className="likely" aria-hidden="true">
                    <i style={{ width: `${guess.probability * 100}%` }} />
                  </span>
                  <span className="r">{Math.round(guess.probability * 100)}%</span>
                </li>
              ))}
            </ul>
            {!run.data.guesses.length && <p className="muted">{t("intents.try.nothing")}</p>}
          </div>
        )}
      </form>
    </section>
  );
}
