import { useTranslation } from "react-i18next";

interface Props {
  /** Id of the form the button sends. */
  form: string;
  onClose: () => void;
  /** What the button does; without it: save. */
  label?: string;
  disabled: boolean;
}

/** How a dialog with a form ends: leave it, or send it. */
export function DialogEnd({ form, onClose, label, disabled }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <button type="button" className="btn" onClick={onClose}>
        {t("ui.cancel")}
      </button>
      <button type="submit" form={form} className="btn main" disabled={disabled}>
        {label ?? t("ui.save")}
      </button>
    </>
  );
}
