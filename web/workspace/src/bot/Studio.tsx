// The bot studio: sections on top, the editor in the middle, the playground always at the right.
import { Link, useParams } from "@tanstack/react-router";
import { type ComponentType, type LazyExoticComponent, lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { may, useMe } from "../auth/session";
import { Missing } from "../shell/Missing";
import { Unsaved } from "../shell/Unsaved";
import { Dialog } from "../ui/Dialog";
import { useCurrentInSight, useMedia, useTitle } from "../ui/hooks";
import { Icon } from "../ui/Icon";
import { MOD, useKeys } from "../ui/keys";
import { Failure, Skeleton } from "../ui/states";
import { Changes } from "./Changes";
import { liveName } from "./model";
import { Persona } from "./Persona";
import { Playground } from "./Playground";
import { Policy } from "./Policy";
import { Start } from "./Start";
import { useDraft } from "./useDraft";
import { Versions } from "./Versions";
import { Welcome } from "./Welcome";
import "../ui/list.css";
import "./bot.css";

/** Sections of their own, loaded when they are opened; their order is the order of the tabs. */
const SECTIONS: Record<string, LazyExoticComponent<ComponentType>> = {
  intents: lazy(() => import("./intents/IntentsPage").then((module) => ({ default: module.IntentsPage }))),
  flows: lazy(() => import("./flows/FlowsPage").then((module) => ({ default: module.FlowsPage }))),
  promise: lazy(() => import("./calibration/PromisePage").then((module) => ({ default: module.PromisePage }))),
};

const PAGES = ["start", "persona", "welcome", "policy", ...Object.keys(SECTIONS), "versions"];

export function Studio() {
  const { t } = useTranslation();
  const me = useMe();
  const { page = "policy" } = useParams({ strict: false }) as { page?: string };
  const isWide = useMedia("(min-width: 1100px)");
  const [trying, setTrying] = useState(false);
  const [open, setOpen] = useState<"compare" | "publish" | null>(null);
  const [note, setNote] = useState("");
  const draft = useDraft();
  const tabs = useCurrentInSight(page);
  const canWrite = may(me, "bot.write");
  useTitle(`${t("nav.bot")} · ${t("app.name")}`);
  useKeys({ "mod+s": () => canWrite && draft.isDirty && draft.save.mutate() });
  const { current, value, changes } = draft;
  if (current.isPending) return <Skeleton lines={8} gap={16} />;
  if (current.isError) return <Failure error={current.error} retry={() => void current.refetch()} />;
  if (!value) return null;
  const Section = SECTIONS[page];
  const next = current.data.version + 1;
  const hasDraft = Boolean(current.data.draft) || draft.isDirty;
  return (
    <main className="page studio">
      <header className="head">
        <h1>{t("nav.bot")}</h1>
        <nav ref={tabs} className="tabs bare grow" aria-label={t("nav.bot")}>
          {PAGES.map((each) => (
            <Link
              key={each}
              to="/bot/{-$page}/{-$id}"
              params={{ page: each, id: undefined }}
              aria-current={each === page ? "page" : undefined}
            >
              {t(`bot.page.${each}`)}
            </Link>
          ))}
        </nav>
        <div className="flex wrap versionbar">
          <span className="muted nowrap">{liveName(t, current.data.version)}</span>
          {hasDraft && (
            <span
              className="chip warn"
              title={current.data.draft?.author ? t("bot.draft.by", { name: current.data.draft.author }) : undefined}
            >
              {t("bot.draft", { count: changes.length })}
              {draft.isDirty && ` · ${t("bot.unsaved")}`}
            </span>
          )}
          {hasDraft && (
            <button type="button" className="btn" onClick={() => setOpen("compare")}>
              {t("bot.compare")}
            </button>
          )}
          {canWrite && draft.isDirty && (
            <button type="button" className="btn" disabled={draft.save.isPending} onClick={() => draft.save.mutate()}>
              {t("bot.save")} <kbd>{MOD} S</kbd>
            </button>
          )}
          {canWrite && (
            <button
              type="button"
              className="btn main"
              disabled={!changes.length || draft.publish.isPending}
              onClick={() => setOpen("publish")}
            >
              {t("bot.publish", { version: next })}
            </button>
          )}
          {!isWide && (
            <button type="button" className="btn" aria-expanded={trying} onClick={() => setTrying(!trying)}>
              {t(trying ? "bot.try.back" : "bot.try")}
            </button>
          )}
        </div>
      </header>
      <div className="workbench">
        {(isWide || !trying) && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a long page must scroll by keyboard
          <div className="editing" tabIndex={0}>
            {page === "start" && <Start canWrite={canWrite} hasIntents={"intents" in SECTIONS} />}
            {page === "persona" && <Persona draft={draft} canWrite={canWrite} />}
            {page === "welcome" && <Welcome />}
            {page === "policy" && <Policy draft={draft} canWrite={canWrite} />}
            {page === "versions" && <Versions draft={draft} canWrite={canWrite} />}
            {Section && (
              <Suspense fallback={<Skeleton lines={6} gap={16} />}>
                <Section />
              </Suspense>
            )}
            {!PAGES.includes(page) && <Missing />}
          </div>
        )}
        {(isWide || trying) && <Playground draft={draft} canWrite={canWrite} />}
      </div>
      <Unsaved when={draft.isDirty && !draft.save.isPending && !draft.publish.isPending} within="/bot" />
      {open && (
        <Dialog
          kind="wide"
          title={t(open === "publish" ? "bot.publish" : "bot.compare.title", { version: next })}
          onClose={() => setOpen(null)}
          footer={
            open === "publish" ? (
              <>
                <button type="button" className="btn" onClick={() => setOpen(null)}>
                  {t("ui.cancel")}
                </button>
                <button
                  type="button"
                  className="btn main"
                  disabled={draft.publish.isPending}
                  onClick={() => {
                    setOpen(null);
                    draft.publish.mutate(note, { onSuccess: () => setNote("") });
                  }}
                >
                  {t("bot.publish", { version: next })}
                </button>
              </>
            ) : (
              canWrite && (
                <button
                  type="button"
                  className="btn risk"
                  onClick={() => {
                    setOpen(null);
                    draft.discard.mutate(value);
                  }}
                >
                  <Icon name="trash" size="s" />
                  {t("bot.discard")}
                </button>
              )
            )
          }
        >
          <div className="body">
            {open === "publish" && (
              <label className="field">
                <span>
                  {t("bot.note")} · {t("ui.optional")}
                </span>
                <input className="input" maxLength={200} value={note} onChange={(e) => setNote(e.target.value)} />
              </label>
            )}
            <Changes changes={changes} />
          </div>
        </Dialog>
      )}
    </main>
  );
}
