// The extra `english`: whether it is on, what it changes, how to switch it.
import { useTranslation } from "react-i18next";
import type { ModelsOverview } from "./models";

const TONE = { not_installed: "", off: "", preparing: "warn", on: "good" } as const;

export function ModelsEnglish({ english }: { english: ModelsOverview["english"] }) {
  const { t } = useTranslation();
  const { state } = english;
  return (
    <section className="card">
      <div className="cardhead">
        <h2 className="grow">{t("models.english")}</h2>
        <span className={`chip ${TONE[state]}`}>{t(`models.english.${state}`)}</span>
      </div>
      <div className="cardbody stack">
        <p>{t("models.english.about", { model: english.model })}</p>
        {english.texts !== null && <p className="muted">{t("models.english.texts", { count: english.texts })}</p>}
        <p className="muted">{t("models.english.promise")}</p>
        {state !== "on" && state !== "preparing" && (
          <div className="muted">
            <p>{t("models.english.how")}</p>
            {state === "not_installed" && <code className="mono block">pip install 'tongxi[english]'</code>}
            <code className="mono block">TONGXI_ENGLISH=true</code>
          </div>
        )}
      </div>
    </section>
  );
}
