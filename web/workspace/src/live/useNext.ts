// Taking whoever has waited longest.
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Row } from "../../../contract/agent";
import { post } from "../api/client";
import { queryClient } from "../api/queries";
import { useWhereabouts } from "../ui/hooks";
import { nameOf } from "../ui/names";
import { errorText } from "../ui/states";
import { toast } from "../ui/toast";
import { dispatch } from "./store";

export const NEXT = ["next"];

/** Takes whoever has waited longest and opens the conversation; an agent who has gone elsewhere meanwhile is told. */
export function useNext() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const whereabouts = useWhereabouts();
  return useMutation({
    mutationKey: NEXT,
    mutationFn: () => post<Row>("/queue/next"),
    onMutate: whereabouts,
    onSuccess: (row, _, stillHere) => {
      dispatch({ t: "rows", rows: [row] });
      void queryClient.invalidateQueries({ queryKey: ["rows"] });
      const open = () => void navigate({ to: "/inbox/$number", params: { number: String(row.number) } });
      if (stillHere()) open();
      else
        toast(t("inbox.assigned", { name: nameOf(row.contact, t) }), {
          tone: "good",
          about: row.id,
          action: { label: t("inbox.open"), run: open },
        });
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
  });
}
