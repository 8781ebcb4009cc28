import { useTranslation } from "react-i18next";
import { Dialog } from "../../ui/Dialog";
import { Empty } from "../../ui/states";
import type { Actions } from "./actions";

interface Props {
  can: Actions;
  onClose: () => void;
  onTransfer: () => void;
  onMove: (move: "claim" | "give-back" | "end") => void;
}

/** Everything that can be done with this conversation, by one key. */
export function ActionsDialog({ can, onClose, onTransfer, onMove }: Props) {
  const { t } = useTranslation();
  const choices = [
    can.claim && { label: t("thread.take"), run: () => onMove("claim") },
    can.transfer && { label: t("thread.transfer"), run: onTransfer },
    can.giveBack && { label: t("thread.give_back"), run: () => onMove("give-back") },
    can.end && { label: t("thread.end"), run: () => onMove("end") },
  ].filter((choice) => choice !== false);
  return (
    <Dialog title={t("keys.actions")} onClose={onClose}>
      <div className="body">
        {!choices.length && <Empty text={t("actions.none")} />}
        {choices.map((choice, i) => (
          <button
            key={choice.label}
            type="button"
            className="btn"
            // biome-ignore lint/a11y/noAutofocus: opened by a key, used by a key
            autoFocus={i === 0}
            onClick={() => {
              onClose();
              choice.run();
            }}
          >
            {choice.label}
          </button>
        ))}
      </div>
    </Dialog>
  );
}
