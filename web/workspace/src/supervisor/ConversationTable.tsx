import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me, Row } from "../../../contract/agent";
import { may } from "../auth/session";
import { Dialog } from "../ui/Dialog";
import { Seat } from "../ui/Icon";
import type { Loading } from "../ui/list";
import { lastWords, nameOf } from "../ui/names";
import { Mood, Strip, Tier } from "../ui/parts";
import { type Column, Table } from "../ui/Table";
import { minutes, useNow } from "../ui/time";
import { Reassign } from "./Reassign";
import { LONG_WAIT_S } from "./TableBar";
import { useTakeOver } from "./useTakeOver";

interface Props {
  rows: Row[] | undefined;
  query: Loading;
  me: Me;
}

/** All conversations, each with its holder, its wait and what a supervisor may do about it. */
export function ConversationTable({ rows, query, me }: Props) {
  const { t } = useTranslation();
  const reads = may(me, "conversations.read");
  const [ask, setAsk] = useState<{ row: Row; what: "take" | "reassign" } | null>(null);
  const take = useTakeOver(() => setAsk(null));
  const columns: Column<Row>[] = [
    {
      key: "holder",
      title: t("live.col.holder"),
      className: "nowrap",
      cell: (row) => (
        <>
          <Seat of={row.holder.kind} /> {row.holder.kind === "agent" ? row.holder.name : t(`state.of.${row.state}`)}
        </>
      ),
    },
    {
      key: "customer",
      title: t("thread.customer"),
      cell: (row) => (
        <>
          {reads ? (
            <Link className="textlink" to="/inbox/$number" params={{ number: String(row.number) }} preload={false}>
              {nameOf(row.contact, t)}
            </Link>
          ) : (
            nameOf(row.contact, t)
          )}{" "}
          <small className="faint">#{row.number}</small> <Tier code={row.contact.tier} />
        </>
      ),
    },
    {
      key: "last",
      title: t("live.col.last"),
      className: "lastcell",
      isExtra: true,
      cell: (row) => <span className="cut block">{reads && lastWords(row, t)}</span>,
    },
    { key: "mood", title: t("brief.mood"), cell: (row) => <Mood level={row.mood} /> },
    { key: "wait", title: t("live.col.wait"), className: "nowrap", cell: (row) => <Wait row={row} /> },
    { key: "course", title: t("live.col.course"), isExtra: true, cell: (row) => <Strip row={row} /> },
    {
      key: "",
      title: "",
      className: "r nowrap",
      cell: (row) => (
        <span className="flex tight tail">
          {row.holder.id !== me.id && canTake(row, me) && (
            <button
              type="button"
              className="btn s"
              disabled={take.isPending}
              onClick={() => (row.holder.kind === "agent" ? setAsk({ row, what: "take" }) : take.mutate(row))}
            >
              {t(row.state === "queued" ? "thread.claim" : "thread.take")}
            </button>
          )}
          {row.state === "active" && canTake(row, me) && (
            <button type="button" className="btn s" onClick={() => setAsk({ row, what: "reassign" })}>
              {t("live.reassign")}
            </button>
          )}
        </span>
      ),
    },
  ];
  return (
    <>
      <Table
        label={t("live.conversations.all")}
        className="conversations"
        columns={columns.filter((column) => reads || column.key !== "last")}
        query={query}
        rows={rows}
        empty={t("live.quiet")}
        keyOf={(row) => row.id}
      />
      {ask?.what === "take" && (
        <Dialog
          title={t("thread.take")}
          onClose={() => setAsk(null)}
          footer={
            <>
              <button type="button" className="btn" onClick={() => setAsk(null)}>
                {t("ui.cancel")}
              </button>
              <button type="button" className="btn main" disabled={take.isPending} onClick={() => take.mutate(ask.row)}>
                {t("thread.take")}
              </button>
            </>
          }
        >
          <p className="body">{t("live.take.confirm", { name: ask.row.holder.name ?? t("holder.someone") })}</p>
        </Dialog>
      )}
      {ask?.what === "reassign" && <Reassign row={ask.row} me={me} onClose={() => setAsk(null)} />}
    </>
  );
}

function canTake(row: Row, me: Me): boolean {
  if (!may(me, "conversations.answer") || row.state === "closed" || row.state === "wrap_up") return false;
  return row.holder.kind !== "agent" || may(me, "conversations.take_over");
}

/** How long the customer has waited for whoever has to act. */
function Wait({ row }: { row: Row }) {
  const now = useNow();
  const since =
    row.state === "queued"
      ? row.queued_at
      : row.responsible === "agent" || row.responsible === "bot"
        ? row.waiting_since
        : null;
  if (!since) return <span className="faint">—</span>;
  const late = row.next_action_at !== null && Date.parse(row.next_action_at) < now && row.responsible === "agent";
  const seconds = (now - Date.parse(since)) / 1000;
  return (
    <span className={late ? "c-danger" : row.state === "queued" && seconds >= LONG_WAIT_S ? "c-warn" : ""}>
      {minutes(seconds)}
    </span>
  );
}
