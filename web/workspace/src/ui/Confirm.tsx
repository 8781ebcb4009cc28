import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "./Dialog";
import { ErrorLine } from "./states";

interface Props {
  /** What is done, on the button and in the question's heading. */
  label: string;
  /** What it means; one or two sentences. */
  ask: string;
  /** Rejects when it was not done; the question stays open with the reason. */
  act: () => Promise<unknown>;
  className?: string;
  disabled?: boolean;
  children?: ReactNode;
}

/** A button for what cannot be taken back: asks first, on top of whatever is open. */
export function Confirm({ label, ask, act, className = "btn risk", disabled = false, children }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const close = () => {
    setOpen(false);
    setError(null);
  };
  const go = async () => {
    setBusy(true);
    try {
      await act();
      close();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" className={className} disabled={disabled} onClick={() => setOpen(true)}>
        {children ?? label}
      </button>
      {isOpen && (
        <Dialog
          title={label}
          onClose={close}
          footer={
            <>
              <button type="button" className="btn" onClick={close}>
                {t("ui.cancel")}
              </button>
              <button type="button" className="btn risk" disabled={isBusy} onClick={() => void go()}>
                {label}
              </button>
            </>
          }
        >
          <div className="body">
            <p>{ask}</p>
            <ErrorLine error={error} />
          </div>
        </Dialog>
      )}
    </>
  );
}
