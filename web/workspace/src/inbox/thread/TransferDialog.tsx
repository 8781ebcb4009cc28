import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Row } from "../../../../contract/agent";
import { queuesQuery, targetsQuery } from "../../api/names";
import { Dialog } from "../../ui/Dialog";
import { DialogEnd } from "../../ui/DialogEnd";
import { Seat } from "../../ui/Icon";
import { Empty, Failure, Skeleton } from "../../ui/states";
import { useMove } from "../moves";

/** To whom, with their presence and load, or to which queue; with a word for them. */
export function TransferDialog({ row, me, onClose }: { row: Row; me: Me; onClose: () => void }) {
  const { t } = useTranslation();
  const move = useMove();
  const [to, setTo] = useState<{ to_agent?: string; to_queue?: string } | null>(null);
  const agents = useQuery(targetsQuery);
  const queues = useQuery(queuesQuery);
  const others = (agents.data ?? []).filter((agent) => agent.user.id !== me.id);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!to) return;
    const note = String(new FormData(event.currentTarget).get("note") ?? "").trim();
    move.mutate({ row, move: "transfer", body: { ...to, ...(note && { note }) } }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={t("transfer.title")}
      onClose={onClose}
      footer={
        <DialogEnd form="transfer" onClose={onClose} label={t("thread.transfer")} disabled={!to || move.isPending} />
      }
    >
      <form id="transfer" className="body" onSubmit={submit}>
        <fieldset className="stack tight">
          <legend className="sect">{t("transfer.queues")}</legend>
          {queues.isPending && <Skeleton lines={2} />}
          {queues.isError && <Failure inline error={queues.error} retry={() => void queues.refetch()} />}
          {queues.data?.map((queue) => (
            <label key={queue.id} className="target">
              <input type="radio" name="to" onChange={() => setTo({ to_queue: queue.id })} />
              <Seat of="queue" />
              <span className="cut grow">{queue.name}</span>
              {queue.id === row.queue?.id && <small className="faint">{t("transfer.from_here")}</small>}
            </label>
          ))}
        </fieldset>
        <fieldset className="stack tight">
          <legend className="sect">{t("transfer.agents")}</legend>
          {agents.isPending && <Skeleton lines={3} />}
          {agents.isError && <Failure inline error={agents.error} retry={() => void agents.refetch()} />}
          {agents.data && !others.length && <Empty text={t("transfer.nobody")} />}
          {others.map((agent) => (
            <label key={agent.user.id} className="target">
              <input
                type="radio"
                name="to"
                disabled={!agent.available}
                onChange={() => setTo({ to_agent: agent.user.id })}
              />
              <Seat of="agent" />
              <span className="cut grow">
                {agent.user.name} {agent.user.title && <small className="faint">{agent.user.title}</small>}
              </span>
              <small className="muted nowrap">{t(`presence.${agent.connected ? agent.state : "offline"}`)}</small>
              <small className="muted nowrap">
                {agent.load}/{agent.capacity}
              </small>
            </label>
          ))}
        </fieldset>
        <label className="field">
          <span>
            {t("transfer.note")} · {t("ui.optional")}
          </span>
          <textarea className="input" name="note" rows={2} maxLength={2000} placeholder={t("transfer.note.place")} />
        </label>
      </form>
    </Dialog>
  );
}
