import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../../../contract/agent";
import { get, post } from "../api/client";
import { useQueueNames } from "../api/names";
import { queryClient } from "../api/queries";
import { Field, values } from "../auth/Gate";
import { may } from "../auth/session";
import { Dialog } from "../ui/Dialog";
import { useWhereabouts } from "../ui/hooks";
import { Empty, ErrorLine, Failure, Skeleton } from "../ui/states";
import { InboxPage } from "./InboxPage";
import type { InboxRow } from "./inbox";

export function Inboxes({ me, id }: { me: Me; id: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const whereabouts = useWhereabouts();
  const queues = useQueueNames();
  const [adding, setAdding] = useState(false);
  const inboxes = useQuery({
    queryKey: ["inboxes", "full"],
    queryFn: ({ signal }) => get<{ items: InboxRow[] }>("/inboxes", { limit: 200 }, signal).then((page) => page.items),
  });
  const make = useMutation({
    mutationFn: (body: Record<"name", string>) => post<InboxRow>("/inboxes", body),
    onMutate: whereabouts,
    onSuccess: (made, _, stillHere) => {
      void queryClient.invalidateQueries({ queryKey: ["inboxes"] });
      setAdding(false);
      if (stillHere()) void navigate({ to: "/settings/{-$page}/{-$id}", params: { page: "inboxes", id: made.id } });
    },
  });
  if (inboxes.isPending) return <Skeleton lines={6} gap={16} />;
  if (inboxes.isError) return <Failure error={inboxes.error} retry={() => void inboxes.refetch()} />;
  const open = id && inboxes.data.find((each) => each.id === id);
  if (open) return <InboxPage key={open.id} inbox={open} canWrite={may(me, "inboxes.write")} />;
  return (
    <section className="card">
      <div className="cardhead">
        <h2 className="grow">{t("settings.inboxes")}</h2>
        {may(me, "inboxes.write") && (
          <button type="button" className="btn main" onClick={() => setAdding(true)}>
            {t("inboxes.new")}
          </button>
        )}
      </div>
      {!inboxes.data.length && <Empty text={t("inboxes.none")} />}
      <ul>
        {inboxes.data.map((inbox) => (
          <li key={inbox.id} className="flex line">
            <span className="swatch" style={{ background: inbox.settings.brand_color }} />
            <Link className="grow inboxlink" to="/settings/{-$page}/{-$id}" params={{ page: "inboxes", id: inbox.id }}>
              <b>{inbox.name}</b>
              <small className="muted block cut">
                {[
                  t(`channel.${inbox.channel}`, { defaultValue: inbox.channel }),
                  inbox.queue_id && queues[inbox.queue_id],
                  inbox.settings.allowed_origins.join(" "),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </small>
            </Link>
            {inbox.settings.enforce_identity && <span className="chip">{t("inboxes.enforced")}</span>}
            {!inbox.is_active && <span className="chip warn">{t("inboxes.off")}</span>}
          </li>
        ))}
      </ul>
      {adding && (
        <Dialog
          title={t("inboxes.new")}
          onClose={() => setAdding(false)}
          footer={
            <button type="submit" form="new-inbox" className="btn main" disabled={make.isPending}>
              {t("ui.add")}
            </button>
          }
        >
          <form
            id="new-inbox"
            className="body"
            onSubmit={(event) => {
              event.preventDefault();
              make.mutate(values<"name">(event.currentTarget));
            }}
          >
            <Field label={t("field.thing")} name="name" autoFocus autoComplete="off" hint={t("inboxes.new.hint")} />
            <ErrorLine error={make.error} />
          </form>
        </Dialog>
      )}
    </section>
  );
}
