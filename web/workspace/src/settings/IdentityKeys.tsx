import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { queryClient } from "../api/queries";
import { CopyButton } from "../ui/Copy";
import { Dialog } from "../ui/Dialog";
import { errorText } from "../ui/states";
import { when } from "../ui/time";
import { toast } from "../ui/toast";
import type { InboxRow } from "./inbox";

/** Keys with which the shop signs who a customer is. A new one is shown once; the one before stays valid. */
export function IdentityKeys({ inbox, canWrite }: { inbox: InboxRow; canWrite: boolean }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const rotate = useMutation({
    mutationFn: () => post<{ id: string; secret: string }>(`/inboxes/${inbox.id}/rotate-secret`),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ["inboxes"] }),
    onError: (error) => {
      setAsking(false);
      toast(errorText(t, error), { tone: "warn" });
    },
  });
  const close = () => {
    setAsking(false);
    rotate.reset();
  };
  return (
    <>
      <ul className="stack tight">
        {inbox.identity_keys.map((key) => (
          <li key={key.id} className="flex">
            <span className="mono">{key.id}</span>
            {key.last4 && <span className="mono faint">…{key.last4}</span>}
            <small className="muted">{when(key.created_at)}</small>
          </li>
        ))}
        {!inbox.identity_keys.length && <li className="muted">{t("inboxes.keys.none")}</li>}
      </ul>
      {canWrite && (
        <div>
          <button type="button" className="btn" onClick={() => setAsking(true)}>
            {t("inboxes.rotate")}
          </button>
        </div>
      )}
      {asking && (
        <Dialog
          title={t("inboxes.rotate")}
          onClose={close}
          footer={
            rotate.data ? (
              <button type="button" className="btn" onClick={close}>
                {t("ui.close")}
              </button>
            ) : (
              <>
                <button type="button" className="btn" onClick={close}>
                  {t("ui.cancel")}
                </button>
                <button type="button" className="btn main" disabled={rotate.isPending} onClick={() => rotate.mutate()}>
                  {t("inboxes.rotate")}
                </button>
              </>
            )
          }
        >
          <div className="body">
            {rotate.data ? (
              <>
                <p>{t("inboxes.rotate.once")}</p>
                <p className="small">
                  kid <code className="mono">{rotate.data.id}</code>
                </p>
                <code className="secret">{rotate.data.secret}</code>
                <CopyButton big text={rotate.data.secret} label={t("ui.copy")} />
              </>
            ) : (
              <p>{t("inboxes.rotate.ask")}</p>
            )}
          </div>
        </Dialog>
      )}
    </>
  );
}
