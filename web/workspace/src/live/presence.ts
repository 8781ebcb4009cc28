// What we say about ourselves, and what the team's list says.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Presence } from "../../../contract/agent";
import { put } from "../api/client";
import { presenceQuery } from "../api/names";
import { errorText } from "../ui/states";
import { toast } from "../ui/toast";
import { dispatch, useLive } from "./store";

export function usePresence(me: Me) {
  const { t } = useTranslation();
  const team = useQuery(presenceQuery);
  useEffect(() => {
    if (team.data) dispatch({ t: "team", team: team.data });
  }, [team.data]);
  const own = useLive((s) => s.team[me.id]);
  const change = useMutation({
    mutationFn: (next: Presence) => put("/presence", { state: next }),
    onMutate: (next) => {
      if (own) dispatch({ t: "presence", ...own, state: next });
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => void team.refetch(),
  });
  return { state: own?.state ?? me.presence, set: change.mutate, pending: change.isPending };
}
