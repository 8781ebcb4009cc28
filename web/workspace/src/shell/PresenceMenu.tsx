import { useTranslation } from "react-i18next";
import type { Me, Presence } from "../../../contract/agent";
import { usePresence } from "../live/presence";
import { Menu } from "../ui/parts";

const STATES: Presence[] = ["online", "break", "away"];

/** Available, on a break, away: one click each. */
export function PresenceMenu({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { state, set } = usePresence(me);
  return (
    <Menu
      above
      className={`presence ${state}`}
      title={t("presence.set", { state: t(`presence.${state}`) })}
      label={
        <>
          <i />
          {t(`presence.${state}`)}
        </>
      }
    >
      {(close) =>
        STATES.map((each) => (
          <button
            key={each}
            type="button"
            aria-current={each === state}
            onClick={() => {
              set(each);
              close();
            }}
          >
            <span className={`dot ${each}`} />
            <span className="stack" style={{ gap: 0 }}>
              <b>{t(`presence.${each}`)}</b>
              <small className="faint">{t(`presence.hint.${each}`)}</small>
            </span>
          </button>
        ))
      }
    </Menu>
  );
}
