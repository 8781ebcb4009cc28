import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Row } from "../../../contract/agent";
import { post } from "../api/client";
import { queryClient } from "../api/queries";
import { dispatch } from "../live/store";
import { useWhereabouts } from "../ui/hooks";
import { errorText } from "../ui/states";
import { toast } from "../ui/toast";

/** Takes a conversation, also from an agent, and opens it. */
export function useTakeOver(done: () => void) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const whereabouts = useWhereabouts();
  return useMutation({
    mutationFn: (row: Row) => post<Row>(`/conversations/${row.id}/claim`, { epoch: row.epoch }),
    onMutate: whereabouts,
    onSuccess: (answer, row, stillHere) => {
      if (answer?.id) dispatch({ t: "rows", rows: [answer] });
      if (stillHere()) void navigate({ to: "/inbox/$number", params: { number: String(row.number) } });
    },
    onError: (error) => {
      toast(errorText(t, error), { tone: "warn" });
      void queryClient.invalidateQueries({ queryKey: ["live-rows"] });
    },
    onSettled: done,
  });
}
