import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Row } from "../../../contract/agent";
import { post } from "../api/client";
import { queuesQuery, targetsQuery } from "../api/names";
import { queryClient } from "../api/queries";
import { dispatch } from "../live/store";
import { Dialog } from "../ui/Dialog";
import { Seat } from "../ui/Icon";
import { errorText, Failure, Skeleton } from "../ui/states";
import { toast } from "../ui/toast";

/** Passes an agent's conversation on: the supervisor takes it and transfers it in one go. */
export function Reassign({ row, me, onClose }: { row: Row; me: Me; onClose: () => void }) {
  const { t } = useTranslation();
  const [to, setTo] = useState<Record<string, string> | null>(null);
  const agents = useQuery(targetsQuery);
  const queues = useQuery(queuesQuery);
  const pass = useMutation({
    mutationFn: async (target: Record<string, string>) => {
      const mine =
        row.holder.id === me.id ? row : await post<Row>(`/conversations/${row.id}/claim`, { epoch: row.epoch });
      return post<Row>(`/conversations/${row.id}/transfer`, { epoch: mine.epoch, ...target });
    },
    onSuccess: (answer) => {
      if (answer?.id) dispatch({ t: "rows", rows: [answer] });
      onClose();
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ["live-rows"] }),
  });
  return (
    <Dialog
      title={t("live.reassign")}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t("ui.cancel")}
          </button>
          <button
            type="button"
            className="btn main"
            disabled={!to || pass.isPending}
            onClick={() => to && pass.mutate(to)}
          >
            {t("live.reassign")}
          </button>
        </>
      }
    >
      <div className="body">
        <p className="muted">{t("live.reassign.hint", { name: row.holder.name ?? t("holder.someone") })}</p>
        {(agents.isPending || queues.isPending) && <Skeleton />}
        {agents.isError && <Failure inline error={agents.error} retry={() => void agents.refetch()} />}
        {queues.data?.map((queue) => (
          <label key={queue.id} className="target">
            <input type="radio" name="to" onChange={() => setTo({ to_queue: queue.id })} />
            <Seat of="queue" />
            <span className="cut grow">{queue.name}</span>
          </label>
        ))}
        {agents.data
          ?.filter((agent) => agent.user.id !== row.holder.id && agent.user.id !== me.id)
          .map((agent) => (
            <label key={agent.user.id} className="target">
              <input
                type="radio"
                name="to"
                disabled={!agent.available}
                onChange={() => setTo({ to_agent: agent.user.id })}
              />
              <Seat of="agent" />
              <span className="cut grow">{agent.user.name}</span>
              <small className="muted nowrap">{t(`presence.${agent.connected ? agent.state : "offline"}`)}</small>
              <small className="muted nowrap">
                {agent.load}/{agent.capacity}
              </small>
            </label>
          ))}
      </div>
    </Dialog>
  );
}
