// What an agent does with a conversation as a whole. The answer is the new row; a refusal brings the true one.
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Conversation, Row } from "../../../contract/agent";
import { get, post } from "../api/client";
import { ApiError } from "../api/problem";
import { queryClient } from "../api/queries";
import { dispatch } from "../live/store";
import { errorText } from "../ui/states";
import { toast } from "../ui/toast";

export type Move = "claim" | "give-back" | "end" | "transfer";

interface Act {
  row: Row;
  move: Move;
  body?: Record<string, unknown>;
}

/** News of a conversation names it to whoever has another one before him. */
export function about(row: Row, text: string): string {
  return location.pathname === `/inbox/${row.number}` ? text : `#${row.number} · ${text}`;
}

function learn(answer: unknown): Row | undefined {
  const row = answer as Row | undefined;
  if (row?.id && row.state) dispatch({ t: "rows", rows: [row] });
  return row;
}

/** Reads a conversation's row anew, e.g. after the server said that ours is old. */
export async function refresh(id: string): Promise<void> {
  const { entries, more, capabilities: _, ...row } = await get<Conversation>(`/conversations/${id}`);
  dispatch({ t: "opened", row, entries, more });
}

export function useMove() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: ({ row, move, body }: Act) =>
      post<Row>(`/conversations/${row.id}/${move}`, { epoch: row.epoch, ...body }),
    onSuccess: (answer) => {
      learn(answer);
      void queryClient.invalidateQueries({ queryKey: ["rows"] });
      void queryClient.invalidateQueries({ queryKey: ["briefing"] });
    },
    onError: (error, { row }) => {
      toast(about(row, errorText(t, error)), { tone: "warn" });
      if (error instanceof ApiError && error.status === 409) void refresh(row.id).catch(() => undefined);
    },
  });
}
