import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Dialog } from "../ui/Dialog";

/**
 * While `when` holds, leaving the screen asks first; the browser asks when the tab is closed.
 *
 * `within`: paths that begin so are the same screen, going there keeps what was typed.
 */
export function Unsaved({ when, within }: { when: boolean; within?: string }) {
  const { t } = useTranslation();
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      when && current.pathname !== next.pathname && !(within && next.pathname.startsWith(within)),
    enableBeforeUnload: when,
    withResolver: true,
  });
  if (leaving.status !== "blocked") return null;
  return (
    <Dialog
      title={t("unsaved.title")}
      onClose={leaving.reset}
      footer={
        <>
          <button type="button" className="btn risk" onClick={leaving.proceed}>
            {t("unsaved.leave")}
          </button>
          <button type="button" className="btn main" onClick={leaving.reset}>
            {t("unsaved.stay")}
          </button>
        </>
      }
    >
      <div className="body">
        <p>{t("unsaved.say")}</p>
      </div>
    </Dialog>
  );
}
