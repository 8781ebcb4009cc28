// What is being edited: the stored draft, or what is live, with this screen's changes on top until they are saved.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post, put, remove } from "../api/client";
import { codeOf } from "../api/problem";
import { queryClient } from "../api/queries";
import { errorText } from "../ui/states";
import { toast } from "../ui/toast";
import { type BotSettings, type Current, changesOf, currentQuery, renewed, same } from "./model";

export function useDraft() {
  const { t } = useTranslation();
  const current = useQuery(currentQuery);
  const [edited, setEdited] = useState<BotSettings | null>(null);
  const data = current.data;
  const stored = data ? (data.draft?.value ?? data.value) : null;
  const value = edited ?? stored;
  const isDirty = Boolean(edited && stored && !same(edited, stored));
  const failed = (error: unknown) => {
    toast(errorText(t, error), { tone: "warn" });
    // Somebody else saved: what is stored is shown anew, what was typed here stays until the next save.
    if (codeOf(error) === "stale_version") renewed();
  };
  const save = useMutation({
    mutationFn: async () => {
      if (!data || !edited) return data;
      const saved = await put<Pick<Current, "draft" | "changes">>("/bot/draft", {
        value: edited,
        revision: data.draft?.revision ?? 0,
      });
      const next = { ...data, ...saved };
      queryClient.setQueryData(currentQuery.queryKey, next);
      setEdited((held) => (same(held, edited) ? null : held));
      return next;
    },
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ["bot", "rules"] }),
    onError: failed,
  });
  const publish = useMutation({
    mutationFn: async (note: string) => {
      const held = isDirty ? await save.mutateAsync() : data;
      return post<{ version: number }>("/bot/publish", { revision: held?.draft?.revision ?? 1, note });
    },
    onSuccess: ({ version }) => {
      setEdited(null);
      renewed();
      void queryClient.invalidateQueries({ queryKey: ["inboxes"] });
      toast(t("bot.published", { version }), { tone: "good" });
    },
    onError: failed,
  });
  const discard = useMutation({
    mutationFn: async (_held: BotSettings) => (data?.draft ? remove<void>("/bot/draft") : undefined),
    onSuccess: (_, held) => {
      setEdited(null);
      renewed();
      const back = () => put("/bot/draft", { value: held, revision: 0 }).then(renewed, failed);
      toast(t("bot.discarded"), { action: { label: t("ui.undo"), run: () => void back() } });
    },
    onError: failed,
  });
  return {
    current,
    value,
    isDirty,
    changes: data && value ? changesOf(data.value, value) : [],
    edit: (change: (held: BotSettings) => BotSettings) => {
      if (value) setEdited(change(value));
    },
    save,
    publish,
    discard,
  };
}

export type DraftState = ReturnType<typeof useDraft>;
