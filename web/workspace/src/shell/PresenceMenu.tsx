import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Presence } from "../../../contract/agent";
import { put } from "../api/client";
import { presenceQuery } from "../api/names";
import { dispatch, useLive } from "../live/store";
import { Menu } from "../ui/parts";
import { errorText } from "../ui/states";
import { toast } from "../ui/toast";

const STATES: Presence[] = ["online", "break", "away"];

/** What we say about ourselves: available, on a break, away. */
export function PresenceMenu({ me }: { me: Me }) {
  const { t } = useTranslation();
  const team = useQuery(presenceQuery);
  useEffect(() => {
    if (team.data) dispatch({ t: "team", team: team.data });
  }, [team.data]);
  const own = useLive((s) => s.team[me.id]);
  const state = own?.state ?? me.presence;
  const change = useMutation({
    mutationFn: (next: Presence) => put("/presence", { state: next }),
    onMutate: (next) => {
      if (own) dispatch({ t: "presence", ...own, state: next });
    },
    onError: (error) => toast(errorText(t, error), { tone: "warn" }),
    onSettled: () => void team.refetch(),
  });
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
              change.mutate(each);
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
