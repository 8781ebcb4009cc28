import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Me, Role } from "../../../contract/agent";
import { post } from "../api/client";
import { queryClient } from "../api/queries";
import { Field, values } from "../auth/Gate";
import { may } from "../auth/session";
import { CopyButton } from "../ui/Copy";
import { Dialog } from "../ui/Dialog";
import { ErrorLine } from "../ui/states";
import { when } from "../ui/time";

export const ROLES: Role[] = ["agent", "supervisor", "editor", "admin", "auditor", "owner"];

/** Roles this user may give away. */
export function grantable(me: Me): Role[] {
  return ROLES.filter((role) => role !== "owner" || may(me, "owners.write"));
}

/** Makes a link; the server keeps only its fingerprint, so it is shown once. */
export function InviteDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const { t } = useTranslation();
  const invite = useMutation({
    mutationFn: (body: Record<"email" | "role", string>) =>
      post<{ token: string; url: string; expires_at: string }>("/invitations", body),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ["invitations"] }),
  });
  // The address this page was opened under is the one colleagues can reach.
  const link = invite.data && `${location.origin}/invitations/${invite.data.token}`;
  return (
    <Dialog
      title={t("users.invite")}
      onClose={onClose}
      footer={
        link ? (
          <button type="button" className="btn" onClick={onClose}>
            {t("ui.close")}
          </button>
        ) : (
          <button type="submit" form="invite" className="btn main" disabled={invite.isPending}>
            {t("users.invite.make")}
          </button>
        )
      }
    >
      {link ? (
        <div className="body">
          <p>{t("users.invite.done", { time: when(invite.data?.expires_at) })}</p>
          <code className="secret">{link}</code>
          <CopyButton big text={link} label={t("ui.copy")} />
        </div>
      ) : (
        <form
          id="invite"
          className="body"
          onSubmit={(event) => {
            event.preventDefault();
            invite.mutate(values<"email" | "role">(event.currentTarget));
          }}
        >
          <Field label={t("field.email")} name="email" type="email" autoComplete="off" autoFocus />
          <label className="field">
            <span>{t("field.role")}</span>
            <select className="input" name="role" defaultValue="agent">
              {grantable(me).map((role) => (
                <option key={role} value={role}>
                  {t(`role.${role}`)}
                </option>
              ))}
            </select>
          </label>
          <ErrorLine error={invite.error} />
        </form>
      )}
    </Dialog>
  );
}
