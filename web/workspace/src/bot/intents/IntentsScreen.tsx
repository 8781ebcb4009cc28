import { useTranslation } from "react-i18next";
import { useTitle } from "../../ui/hooks";
import { IntentsPage } from "./IntentsPage";

/** Intents by themselves, for those who teach the bot without setting it up. */
export function IntentsScreen() {
  const { t } = useTranslation();
  useTitle(`${t("bot.page.intents")} · ${t("app.name")}`);
  return (
    <main className="page">
      <header className="head">
        <h1 className="grow">{t("bot.page.intents")}</h1>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long page must scroll by keyboard */}
      <div className="intentscreen" tabIndex={0}>
        <IntentsPage />
      </div>
    </main>
  );
}
