import { type ReactNode, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";

/** What the dialog is about comes first: the first thing to fill in, else the answer it asks for. */
const FIRST = [
  ":scope :is(.body, .palette-field) :is(input, select, textarea, button, a[href]):not(:disabled, [hidden], [type=file])",
  ":scope > footer .btn.main:not(:disabled)",
  ":scope > footer button",
];

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  kind?: "wide" | "palette" | undefined;
}

/** A modal on the browser's own dialog: focus stays inside, Escape closes, focus returns. */
export function Dialog({ title, onClose, children, footer, kind }: Props) {
  const { t } = useTranslation();
  const ref = useRef<HTMLDialogElement>(null);
  // Before it leaves the page: only then the browser gives the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) {
      dialog.showModal();
      // The browser would take the close button.
      const found = FIRST.map((each) => dialog.querySelector<HTMLElement>(each)).find(Boolean);
      found?.focus();
    }
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={kind}
      aria-label={title}
      // A dialog on top of this one closes by itself; React lets its events through to here.
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      onClose={(event) => event.target === event.currentTarget && onClose()}
      onKeyDown={(event) => event.stopPropagation()}
      onMouseDown={(event) => event.target === ref.current && onClose()}
    >
      {kind !== "palette" && (
        <header>
          <h2 className="grow cut">{title}</h2>
          <button type="button" className="btn quiet icon" aria-label={t("ui.close")} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
      )}
      {children}
      {footer && <footer>{footer}</footer>}
    </dialog>
  );
}
