import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { post } from "../api/client";
import { CopyButton } from "../ui/Copy";
import { Dialog } from "../ui/Dialog";
import { DialogEnd } from "../ui/DialogEnd";
import { ErrorLine } from "../ui/states";
import { toast } from "../ui/toast";
import type { User } from "./Users";

const LEAST = 10;
/** Without letters that look like others: it is read out. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** Four groups of four letters: 79 bits. */
function proposed(): string {
  const letters = Array.from(crypto.getRandomValues(new Uint32Array(16)), (n) => LETTERS[n % LETTERS.length]);
  return [0, 4, 8, 12].map((at) => letters.slice(at, at + 4).join("")).join("-");
}

/** A new password for a colleague who has forgotten his; all his sessions end. */
export function PasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState(proposed);
  const save = useMutation({
    mutationFn: () => post(`/users/${user.id}/password`, { password }),
    onSuccess: () => {
      toast(t("users.password.done", { name: user.name }), { tone: "good" });
      onClose();
    },
  });
  return (
    <Dialog
      title={t("users.password.for", { name: user.name })}
      onClose={onClose}
      footer={
        <DialogEnd
          form="password"
          onClose={onClose}
          label={t("users.password.set")}
          disabled={save.isPending || password.length < LEAST}
        />
      }
    >
      <form
        id="password"
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <p>{t("users.password.say")}</p>
        <label className="field">
          <span>{t("field.password")}</span>
          <span className="flex">
            <input
              className="input mono grow"
              required
              minLength={LEAST}
              maxLength={200}
              autoComplete="off"
              spellCheck={false}
              value={password}
              onChange={(e) => setPassword(e.target.value)}
            />
            <CopyButton big text={password} label={t("ui.copy")} />
          </span>
          <small>{t("field.password.hint", { n: LEAST })}</small>
        </label>
        <ErrorLine error={save.error} />
      </form>
    </Dialog>
  );
}
