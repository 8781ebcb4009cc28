// The agent's desk: list, thread, rail. What is open stands in the address.
import { useNavigate, useParams, useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { may, useMe } from "../auth/session";
import { lists } from "../live/groups";
import { useLive } from "../live/store";
import { useNext } from "../live/useNext";
import { RAILS, type Rail } from "./rails";
import { useMedia, useTitle } from "../ui/hooks";
import { useKeys } from "../ui/keys";
import { Failure, Skeleton } from "../ui/states";
import { seen } from "../ui/toast";
import { Deadlines } from "./Deadlines";
import { List } from "./list/List";
import { Side } from "./rail/Side";
import { Thread } from "./thread/Thread";
import { useConversation } from "./useConversation";
import { useRows } from "./useRows";
import "./inbox.css";

export function Inbox() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const { number } = useParams({ strict: false }) as { number?: string };
  const search = useSearch({ strict: false }) as { rail?: Rail; q?: string };
  const rows = useLive((s) => s.rows);
  const groups = useMemo(() => lists(rows, me.id), [rows, me.id]);
  const state = useRows(me);
  const open = useConversation(number);
  const next = useNext();
  const router = useRouter();
  const wide = useMedia("(min-width: 1280px)");
  const phone = useMedia("(max-width: 767px)");
  const [listShown, setListShown] = useState(true);
  const [railShown, setRailShown] = useState(wide);
  useEffect(() => setRailShown(wide), [wide]);
  const waiting = groups.reply.length ? `(${groups.reply.length}) ` : "";
  useTitle(`${waiting}${open.row ? `#${open.row.number}` : t("inbox.title")} · ${t("app.name")}`);

  const order = useMemo(
    () => [...groups.reply, ...groups.customer, ...groups.wrap_up, ...groups.queue, ...groups.bot],
    [groups],
  );
  const go = useCallback(
    (to: number) => void navigate({ to: "/inbox/$number", params: { number: String(to) }, search: (s) => s }),
    [navigate],
  );
  const step = (by: number) => {
    const at = order.findIndex((row) => String(row.number) === number);
    const to = order[at < 0 ? (by > 0 ? 0 : order.length - 1) : at + by];
    if (to) go(to.number);
  };
  // After wrap-up: whoever waits longest, else whoever waits for us, else the empty desk. Whoever went elsewhere while
  // it was being stored stays there.
  const afterWrapUp = () => {
    if (router.latestLocation.pathname !== `/inbox/${number}`) return;
    const due = groups.reply[0];
    if (groups.queue.length) next.mutate();
    else if (due) go(due.number);
    else void navigate({ to: "/inbox", search: (s) => s });
  };
  const showRail = useCallback(
    (rail: Rail) => {
      setRailShown(true);
      void navigate({ to: ".", search: (s) => ({ ...s, rail }), replace: true });
    },
    [navigate],
  );
  const panes = () => {
    const all = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter((pane) => pane.offsetParent);
    const at = all.findIndex((pane) => pane.contains(document.activeElement));
    all[(at + 1) % all.length]?.focus();
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    "alt+ArrowDown": () => step(1),
    "alt+ArrowUp": () => step(-1),
    n: () => may(me, "conversations.answer") && !next.isPending && next.mutate(),
    "[": () => setListShown((shown) => !shown),
    "]": () => setRailShown((shown) => !shown),
    F6: panes,
    ...Object.fromEntries(RAILS.map((rail, i) => [String(i + 1), () => showRail(rail)])),
  });
  const id = open.row?.id;
  useEffect(() => {
    if (id) seen(id);
  }, [id]);

  if (!may(me, "conversations.read")) return <p className="state">{t("inbox.none.auditor")}</p>;
  const list = (
    <List
      me={me}
      groups={groups}
      current={number}
      query={search.q ?? ""}
      loading={state.loading}
      error={state.error}
      retry={state.retry}
      onNext={() => next.mutate()}
      nextPending={next.isPending}
    />
  );
  if (phone && !number) return <div className="desk one">{list}</div>;
  const cls = [
    "desk",
    phone ? "one" : "",
    !listShown && !phone ? "nolist" : "",
    railShown && wide && open.row ? "rail3" : "",
  ];
  return (
    <div className={cls.filter(Boolean).join(" ")}>
      {!phone && listShown && list}
      {open.row ? (
        <Thread
          key={open.row.id}
          row={open.row}
          capabilities={open.capabilities}
          listShown={listShown || phone}
          railShown={railShown}
          onList={() => (phone ? void navigate({ to: "/inbox", search: (s) => s }) : setListShown(true))}
          onRail={() => setRailShown(!railShown)}
          onKnowledge={() => showRail("knowledge")}
        />
      ) : (
        <main className="conv" data-pane tabIndex={-1} aria-label={t("thread.pane")}>
          {open.error ? (
            <Failure error={open.error} retry={open.retry} />
          ) : number ? (
            <Skeleton lines={8} gap={18} />
          ) : (
            <p className="state pick">{t("inbox.pick", { key: "N" })}</p>
          )}
        </main>
      )}
      {railShown && open.row && (
        <Side
          key={`${open.row.id}-side`}
          row={open.row}
          rail={search.rail ?? "briefing"}
          drawer={!wide}
          onRail={showRail}
          onClose={() => setRailShown(false)}
          onNext={afterWrapUp}
        />
      )}
      <Deadlines rows={groups.reply} />
    </div>
  );
}
