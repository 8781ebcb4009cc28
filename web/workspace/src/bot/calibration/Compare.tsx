// Blind comparison: what several engines say to one question, without their names; which of it is right?
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../../api/client";
import { useKeys } from "../../ui/keys";
import { Markdown } from "../../ui/Prose";
import { errorText } from "../../ui/states";
import { toast } from "../../ui/toast";
import { type Comparison, comparisonQuery } from "./model";
import { Waiting } from "./Waiting";

const letter = (place: number) => String.fromCharCode(65 + place);

export function Compare() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const queue = useQuery(comparisonQuery);
  const item = queue.data?.item ?? null;
  const give = useMutation({
    mutationFn: (right: number[] | null) => post(`/comparisons/${item?.id}`, { right }),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["bakeoffs"] });
      return client.invalidateQueries({ queryKey: comparisonQuery.queryKey });
    },
  });
  if (!item || queue.isError) return <Waiting queue={queue} empty={t("compare.empty")} />;
  return (
    <Choosing
      key={item.id}
      item={item}
      busy={give.isPending}
      judge={(right) => !give.isPending && give.mutate(right)}
    />
  );
}

function Choosing({ item, busy, judge }: { item: Comparison; busy: boolean; judge: (right: number[] | null) => void }) {
  const { t } = useTranslation();
  const [right, setRight] = useState<number[]>([]);
  const places = item.answers.map((_, place) => place);
  const isPair = places.length === 2;
  const toggle = (place: number) =>
    setRight(right.includes(place) ? right.filter((each) => each !== place) : [...right, place]);
  // Two answers: one key says it all. More: keys tick, Enter saves.
  const choices: { key: string; name: string; choose: () => void; on?: boolean }[] = isPair
    ? [
        ...places.map((place) => ({
          key: String(place + 1),
          name: t("compare.right", { letter: letter(place) }),
          choose: () => judge([place]),
        })),
        { key: "3", name: t("compare.both"), choose: () => judge(places) },
        { key: "4", name: t("compare.neither"), choose: () => judge([]) },
      ]
    : places.map((place) => ({
        key: String(place + 1),
        name: t("compare.right", { letter: letter(place) }),
        choose: () => toggle(place),
        on: right.includes(place),
      }));
  const save = () => judge(right);
  const skip = () => judge(null);
  useKeys({
    ...Object.fromEntries(choices.map(({ key, choose }) => [key, choose])),
    ...(isPair ? {} : { Enter: save }),
    s: skip,
  });
  return (
    <div className="judging wide">
      <section className="card" aria-label={t("compare.question")}>
        <ol className="case">
          <li>
            <small className="muted">{t("compare.question")}</small>
            <p lang={item.language}>{item.question}</p>
          </li>
        </ol>
        <div className="sides">
          {item.answers.map((answer, place) => (
            <article
              key={letter(place)}
              className={right.includes(place) ? "side on" : "side"}
              aria-label={t("compare.answer", { letter: letter(place) })}
            >
              <h2>{letter(place)}</h2>
              {answer.kind === "answered" ? (
                <Markdown source={answer.text} />
              ) : (
                <p className="muted">{t(`compare.kind.${answer.kind}`)}</p>
              )}
              {answer.source && <small className="muted">{answer.source}</small>}
            </article>
          ))}
        </div>
      </section>
      <section className="card verdicts" aria-label={t("compare.verdict")}>
        <b>{t("compare.verdict")}</b>
        {choices.map(({ key, name, choose, on }) => (
          <button key={key} type="button" className="btn" disabled={busy} aria-pressed={on} onClick={choose}>
            <kbd>{key}</kbd>
            <span className="grow">{name}</span>
          </button>
        ))}
        {!isPair && (
          <button type="button" className="btn main" disabled={busy} onClick={save}>
            <kbd>↵</kbd>
            <span className="grow">{right.length ? t("compare.save") : t("compare.neither")}</span>
          </button>
        )}
        <button type="button" className="btn" disabled={busy} onClick={skip}>
          <kbd>S</kbd>
          <span className="grow">{t("compare.skip")}</span>
        </button>
        <small className="muted">{t("compare.about")}</small>
      </section>
    </div>
  );
}
