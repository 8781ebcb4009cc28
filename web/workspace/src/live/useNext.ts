// Taking whoever has waited longest.
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Row } from "../../../contract/agent";
import { post } from "../api/client";
import { queryClient } from "../api/queries";
import { useWhereabouts } from "../ui/hooks";
import { errorText } from "../ui/states";
import { toast } from "../ui/toast";
import { dispatch } from "./store";

/** Takes whoever has waited longest and opens the conversation, unless the agent has gone elsewhere meanwhile. */
export function useNext() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const whereabouts = useWhereabouts();
  return useMutation({
    mutationFn: () => post<Row>("/queue/next"),
    onMutate: whereabouts,
    onSuccess: (row, _, stillHere) => {
      dispatch({ t: "rows", rows: [row] });
      void queryClient.invalidateQueries({ queryKey: ["rows"] });
      if (stillHere())
        void navigate({ to: "/inbox/$number", params: { number: String(row.number) }, search: (s) => s });
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
}
