// Language, larger text, browsing history, and the end of the conversation.
import { useState } from "preact/hooks";
import type { Locale } from "../shell/shell.ts";
import { t } from "../text/words.ts";
import { Icon } from "./icons.tsx";
import { Sheet } from "./Sheet.tsx";

const NAMES: Record<Locale, string> = { zh: "中文", en: "English" };

interface Props {
  locale: Locale;
  locales: Locale[];
  large: boolean;
  /** Null when the browser, the site or a missing sign-in already keeps page views out. */
  optOut: boolean | null;
  canEnd: boolean;
  canRate: boolean;
  onLocale(locale: Locale): void;
  onLarge(on: boolean): void;
  /** Ask for short sentences and simple words. */
  onPlain(): void;
  onOptOut(out: boolean): Promise<void>;
  onEnd(): Promise<void>;
  onRate(): void;
  onClose(): void;
}

export function Menu(props: Props) {
  const { locale, locales, large, optOut, canEnd, canRate, onClose } = props;
  const [failed, setFailed] = useState(false);
  const attempt = (work: Promise<void>): void => {
    setFailed(false);
    work.catch(() => setFailed(true));
  };
  return (
    <Sheet title={t("menu.title")} onClose={onClose}>
      {locales.length > 1 && (
        <div class="row" role="group" aria-label={t("menu.language")}>
          <span class="grow">{t("menu.language")}</span>
          <span class="segments">
            {locales.map((it) => (
              <button
                key={it}
                type="button"
                lang={it}
                class={it === locale ? "on" : ""}
                aria-pressed={it === locale}
                onClick={() => props.onLocale(it)}
              >
                {NAMES[it]}
              </button>
            ))}
          </span>
        </div>
      )}
      <Switch label={t("menu.large")} on={large} onChange={props.onLarge} />
      <button type="button" class="row" onClick={props.onPlain}>
        <span class="grow">
          {t("menu.plain")}
          <small>{t("menu.plain.about")}</small>
        </span>
        <Icon name="down" small />
      </button>
      {optOut === null ? (
        <p class="about">{t("menu.browsing.off")}</p>
      ) : (
        <Switch
          label={t("menu.browsing")}
          about={t(optOut ? "menu.browsing.off" : "menu.browsing.on")}
          on={!optOut}
          onChange={(on) => attempt(props.onOptOut(!on))}
        />
      )}
      <p class="about">{t("menu.kept")}</p>
      {failed && (
        <p class="bad" role="alert">
          {t("error.try")}
        </p>
      )}
      {canRate && (
        <button type="button" class="tb" onClick={props.onRate}>
          {t("menu.rate")}
        </button>
      )}
      {canEnd && (
        <button type="button" class="tb" onClick={() => attempt(props.onEnd().then(onClose))}>
          {t("menu.end")}
        </button>
      )}
      <button type="button" class="tb" onClick={onClose}>
        {t("close")}
      </button>
    </Sheet>
  );
}

function Switch({
  label,
  about,
  on,
  onChange,
}: {
  label: string;
  about?: string;
  on: boolean;
  onChange(on: boolean): void;
}) {
  return (
    <button type="button" class="row" role="switch" aria-checked={on} onClick={() => onChange(!on)}>
      <span class="grow">
        {label}
        {about && <small>{about}</small>}
      </span>
      <span class={on ? "sw on" : "sw"}>
        <i />
      </span>
    </button>
  );
}
