// Trying a flow: messages one after the other; nothing is changed, every call of a system is shown.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../../api/client";
import { Markdown } from "../../ui/Prose";
import { Failure } from "../../ui/states";
import type { TryTurn } from "./model";

interface Said {
  text: string;
  tap?: string;
}

export function DryRun({ source, disabled }: { source: string; disabled: boolean }) {
  const { t, i18n } = useTranslation();
  const [text, setText] = useState("");
  const [said, setSaid] = useState<Said[]>([]);
  const [language, setLanguage] = useState(i18n.language.startsWith("zh") ? "zh" : "en");
  const run = useMutation({
    mutationFn: (messages: Said[]) => post<{ turns: TryTurn[] }>("/flows/dry-run", { source, messages, language }),
  });
  const say = (message: Said) => {
    const messages = [...said, message];
    setSaid(messages);
    setText("");
    run.mutate(messages);
  };
  const turns = run.data?.turns ?? [];
  return (
    <div className="dryrun">
      <p className="small muted">{t("flows.try.about")}</p>
      <ol className="turns" aria-live="polite">
        {turns.map((turn, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a turn is its place in the talk
          <li key={at}>
            <p className="asks">{turn.said}</p>
            <div className="says">
              <Markdown source={turn.text || t("flows.try.silent")} />
              {at === turns.length - 1 && (
                <p className="flex wrap">
                  {turn.content.quick_replies?.map((reply) => (
                    <button
                      key={reply.id}
                      type="button"
                      className="btn s"
                      onClick={() => say({ text: reply.label, tap: reply.id })}
                    >
                      {reply.label}
                    </button>
                  ))}
                </p>
              )}
            </div>
            <Trace turn={turn} />
          </li>
        ))}
      </ol>
      {run.isError && <Failure error={run.error} inline />}
      <form
        className="flex wrap"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) say({ text: text.trim() });
        }}
      >
        <input
          className="input grow"
          aria-label={t("flows.try.say")}
          placeholder={t("flows.try.say")}
          value={text}
          maxLength={2000}
          disabled={disabled}
          onChange={(event) => setText(event.target.value)}
        />
        <select
          className="input"
          aria-label={t("flows.try.language")}
          value={language}
          onChange={(event) => setLanguage(event.target.value)}
        >
          <option value="zh">中文</option>
          <option value="en">English</option>
        </select>
        <button type="submit" className="btn main" disabled={disabled || !text.trim() || run.isPending}>
          {t("flows.try.send")}
        </button>
        <button
          type="button"
          className="btn"
          disabled={!said.length}
          onClick={() => {
            setSaid([]);
            run.reset();
          }}
        >
          {t("flows.try.again")}
        </button>
      </form>
    </div>
  );
}

function Trace({ turn }: { turn: TryTurn }) {
  const { t } = useTranslation();
  return (
    <details className="small">
      <summary>
        {t(`flows.outcome.${turn.outcome}`)}
        {turn.trace.length > 0 && ` · ${t("flows.try.calls", { n: turn.trace.length })}`}
      </summary>
      <ul>
        {turn.reasons.map((reason, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: reasons are in order and never move
          <li key={at}>{reason.text}</li>
        ))}
        {turn.slots.map((slot) => (
          <li key={slot.name}>
            <code>{slot.name}</code> = {slot.value}
          </li>
        ))}
        {turn.trace.map((call, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: calls are in order and never move
          <li key={at}>
            <span className={call.effect === "write" ? "chip warn" : "chip line"}>
              {t(call.pretended ? "flows.try.pretended" : `flows.effect.${call.effect}`)}
            </span>{" "}
            <code>{call.tool}</code> {call.ms} ms
            <pre>{JSON.stringify({ arguments: call.arguments, result: call.result }, null, 1)}</pre>
          </li>
        ))}
      </ul>
    </details>
  );
}
