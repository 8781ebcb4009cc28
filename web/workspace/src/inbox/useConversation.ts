// The open conversation: its snapshot by HTTP, then everything by the socket.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Conversation, Row } from "../../../contract/agent";
import { get } from "../api/client";
import { socket } from "../live/socket";
import { dispatch, useLive } from "../live/store";

export function useConversation(number: string | undefined) {
  const snapshot = useQuery({
    queryKey: ["conversation", number],
    queryFn: async ({ signal }) => {
      const { entries, more, capabilities, ...row } = await get<Conversation>(
        `/conversations/${encodeURIComponent(number ?? "")}`,
        undefined,
        signal,
      );
      dispatch({ t: "opened", row, entries, more });
      return { id: row.id, capabilities, contact: row.contact };
    },
    enabled: number !== undefined,
    staleTime: 0,
  });
  const id = snapshot.data?.id;
  const row = useLive((s) => (id ? s.rows[id] : undefined)) as Row | undefined;
  const loaded = useLive((s) => (id ? id in s.threads : false));
  const history = useLive((s) => s.history);
  useEffect(() => {
    if (!id) return;
    socket.watch(id);
    return () => {
      socket.unwatch(id);
      dispatch({ t: "closed", conversation: id });
    };
  }, [id]);
  const { refetch } = snapshot;
  useEffect(() => {
    // Another history, or the list dropped it: the snapshot is the way back in.
    if (id && history && (!row || !loaded)) void refetch({ cancelRefetch: false });
  }, [id, history, row, loaded, refetch]);
  return {
    row: loaded ? row : undefined,
    capabilities: snapshot.data?.capabilities,
    error: loaded && row ? null : snapshot.error,
    retry: () => void refetch(),
  };
}
