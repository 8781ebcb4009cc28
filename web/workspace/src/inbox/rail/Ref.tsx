import { useTranslation } from "react-i18next";
import { useLive } from "../../live/store";
import { clock } from "../../ui/time";
import { jumpTo } from "../thread/jump";

/** A link to the entry something was said in, shown as its time when it is loaded. */
export function Ref({ conversation, seq }: { conversation: string; seq: number }) {
  const { t } = useTranslation();
  const at = useLive((s) => s.threads[conversation]?.entries.find((entry) => entry.seq === seq)?.at);
  return (
    <button
      type="button"
      className="ref"
      disabled={!at}
      title={t("brief.ref", { seq })}
      onClick={() => jumpTo(conversation, seq)}
    >
      {at ? clock(at) : `#${seq}`}
    </button>
  );
}
