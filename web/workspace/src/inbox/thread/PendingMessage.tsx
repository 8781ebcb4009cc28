import { useTranslation } from "react-i18next";
import type { HolderKind } from "../../../../contract/agent";
import { ApiError } from "../../api/problem";
import { outbox } from "../../live/outbox";
import { socket } from "../../live/socket";
import type { Pending } from "../../live/state";
import { useLive } from "../../live/store";
import { Files } from "../../ui/Files";
import { Icon } from "../../ui/Icon";
import { errorText } from "../../ui/states";
import { clock } from "../../ui/time";

/** Ours, on its way: a clock until it is stored; refused ones stay with the reason. */
export function PendingMessage({ pending, name, holder }: { pending: Pending; name: string; holder: HolderKind }) {
  const { t } = useTranslation();
  const offline = useLive((s) => s.link !== "online");
  const failed = pending.status === "failed";
  return (
    <div className={`row h-${holder}`} aria-live="off">
      <time>{clock(pending.at)}</time>
      <span className="ln" />
      <div className="cell ours">
        <span className={`by${pending.note ? " c-note" : ""}`}>
          {pending.note ? `${t("thread.note")} · ${name}` : name}
          {!failed && (
            <span title={t("thread.waiting")}>
              <Icon name="clock" size="s" />
              <span className="hidden-text">{t("thread.waiting")}</span>
            </span>
          )}
          {!failed && offline && t("composer.queued")}
        </span>
        <div className={`bub ${pending.note ? "note" : "me"} unsent`}>
          <p className="said">{pending.text}</p>
        </div>
        {!!pending.media?.length && <Files files={pending.media} />}
        {failed && (
          <span className="by under c-danger" role="alert">
            {t("thread.failed", { why: errorText(t, new ApiError(0, pending.problem ?? { code: "unexpected" })) })}
            <button type="button" className="textlink" onClick={() => outbox.again(pending, socket)}>
              {t("thread.again")}
            </button>
            <button type="button" className="textlink" onClick={() => outbox.withdraw(pending)}>
              {t("thread.discard")}
            </button>
          </span>
        )}
      </div>
    </div>
  );
}
