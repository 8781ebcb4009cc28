// One click says whether a bot answer is right; it counts towards a promise when the answer was drawn and judged blind.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get, post } from "../../api/client";
import { errorText } from "../../ui/states";
import { toast } from "../../ui/toast";

const VERDICTS = ["right", "incomplete", "wrong"] as const;

const mine = (conversation: string) =>
  queryOptions({
    queryKey: ["verdicts", conversation],
    queryFn: ({ signal }) =>
      get<{ items: Record<string, string> }>(`/conversations/${conversation}/verdicts`, undefined, signal),
    staleTime: 5 * 60_000,
  });

export function Judge({ conversation, seq, sawScore }: { conversation: string; seq: number; sawScore: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const said = useQuery(mine(conversation)).data?.items[String(seq)];
  const give = useMutation({
    mutationFn: (verdict: string) =>
      post<{ counts: boolean }>(`/conversations/${conversation}/answers/${seq}/verdict`, {
        verdict,
        saw_score: sawScore,
      }),
    onSuccess: (result) => toast(t(result.counts ? "verdict.counts" : "verdict.thanks"), { tone: "good" }),
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => void client.invalidateQueries({ queryKey: mine(conversation).queryKey }),
  });
  return (
    <fieldset className="flex tight verdict">
      <legend className="hidden-text">{t("verdict.ask")}</legend>
      {VERDICTS.map((verdict) => (
        <button
          key={verdict}
          type="button"
          className="textlink"
          aria-pressed={said === verdict}
          title={t(`verdict.${verdict}.means`)}
          disabled={give.isPending}
          onClick={() => give.mutate(verdict)}
        >
          {t(`verdict.${verdict}`)}
        </button>
      ))}
    </fieldset>
  );
}
