// The other language of a message, under the original: shown, hidden, or why it is missing.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Translation as Value } from "../../../../contract/agent";
import { post } from "../../api/client";
import { Icon } from "../../ui/Icon";
import { errorText } from "../../ui/states";

interface Props {
  value: Value;
  conversation: string;
  seq: number;
}

export function Translation({ value, conversation, seq }: Props) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(true);
  const again = useMutation({ mutationFn: () => post(`/conversations/${conversation}/messages/${seq}/translate`, {}) });
  if (value.needless) return null;
  const language = t(`language.${value.language}`, { defaultValue: value.language });
  if (!value.text)
    return (
      <div className="translated bad" role="status">
        <Icon name="warn" size="s" /> {t("translation.failed")}{" "}
        <button type="button" className="textlink" disabled={again.isPending} onClick={() => again.mutate()}>
          {t("translation.again")}
        </button>
        {again.isError && <span className="muted">{errorText(t, again.error)}</span>}
      </div>
    );
  return (
    <div className="translated">
      {shown && (
        <p className="said" lang={value.language}>
          {value.text}
        </p>
      )}
      <button type="button" className="textlink" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {t(shown ? "translation.hide" : "translation.show", { language })}
      </button>
    </div>
  );
}
