// The right rail: who the customer is and what is known; wrap-up takes its place when a conversation has ended.
import { type KeyboardEvent, lazy, Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Row } from "../../../../contract/agent";
import { useMe } from "../../auth/session";
import { Icon } from "../../ui/Icon";
import { nameOf } from "../../ui/names";
import { Avatar, Tier } from "../../ui/parts";
import { Skeleton } from "../../ui/states";
import { RAILS, type Rail } from "../rails";
import { actions } from "../thread/actions";
import { Briefing } from "./Briefing";
import { ContactLine } from "./ContactLine";

const Orders = lazy(() => import("./Orders").then((m) => ({ default: m.Orders })));
const History = lazy(() => import("./History").then((m) => ({ default: m.History })));
const Knowledge = lazy(() => import("./Knowledge").then((m) => ({ default: m.Knowledge })));
const WrapUp = lazy(() => import("../wrapup/WrapUp").then((m) => ({ default: m.WrapUp })));

interface Props {
  row: Row;
  rail: Rail;
  drawer: boolean;
  onRail: (rail: Rail) => void;
  onClose: () => void;
  onNext: () => void;
}

export function Side({ row, rail, drawer, onRail, onClose, onNext }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const box = useRef<HTMLElement>(null);
  const wrapping = actions(row, me).wrapUp;
  useEffect(() => {
    if (drawer) box.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }, [drawer]);
  const tabKeys = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const to = RAILS[(RAILS.indexOf(rail) + step + RAILS.length) % RAILS.length];
    if (!step || !to) return;
    onRail(to);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`#tab-${to}`)?.focus());
  };
  return (
    <aside
      ref={box}
      className={`rail${drawer ? " drawer" : ""}`}
      aria-label={t("thread.rail")}
      data-pane
      tabIndex={-1}
      onKeyDown={(event) => drawer && event.key === "Escape" && onClose()}
    >
      <header className="who2">
        <Avatar name={nameOf(row.contact, t)} tone="n" size="l" />
        <div className="grow">
          <div className="flex tight">
            <b className="cut">{nameOf(row.contact, t)}</b>
            <Tier code={row.contact.tier} />
          </div>
          <ContactLine row={row} />
        </div>
        <button type="button" className="btn quiet icon" aria-label={t("ui.close")} title="]" onClick={onClose}>
          <Icon name={drawer ? "close" : "right"} size="s" />
        </button>
      </header>
      {wrapping ? (
        <Suspense fallback={<Skeleton lines={6} />}>
          <WrapUp key={`${row.id}-${row.episode}`} row={row} onNext={onNext} />
        </Suspense>
      ) : (
        <>
          <div className="tabs" role="tablist" aria-label={t("thread.rail")} onKeyDown={tabKeys}>
            {RAILS.map((each) => (
              <button
                key={each}
                id={`tab-${each}`}
                type="button"
                role="tab"
                tabIndex={each === rail ? 0 : -1}
                aria-selected={each === rail}
                aria-controls="railpane"
                onClick={() => onRail(each)}
              >
                {t(`rail.${each}`)}
              </button>
            ))}
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by keyboard */}
          <div className="pane" role="tabpanel" id="railpane" aria-labelledby={`tab-${rail}`} tabIndex={0}>
            <Suspense fallback={<Skeleton lines={6} />}>
              {rail === "briefing" && <Briefing row={row} />}
              {rail === "orders" && <Orders row={row} />}
              {rail === "history" && <History row={row} />}
              {rail === "knowledge" && <Knowledge row={row} />}
            </Suspense>
          </div>
        </>
      )}
    </aside>
  );
}
