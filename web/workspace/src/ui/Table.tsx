import { type KeyboardEvent, memo, type ReactNode, startTransition, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMore, useFit } from "./hooks";
import { Icon } from "./Icon";
import { type Loading, More, Trouble } from "./list";
import { type Order, sorted, turned } from "./order";
import { Empty } from "./states";
import "./list.css";

export interface Column<Row> {
  /** Names the column in the list; "" for that of the buttons. */
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** Of the cells. */
  className?: string | undefined;
  /** Left out where there is no room: on phones. */
  isExtra?: boolean;
  /** Figures stand at the right. */
  isFigure?: boolean;
  /** What the rows are put in order by when the heading is pressed; `null` goes last. Only where all rows are here. */
  by?: (row: Row) => string | number | null;
}

interface Props<Row> {
  /** What the table lists, for those who do not see its heading. */
  label: string;
  columns: Column<Row>[];
  query?: Loading;
  rows: readonly Row[] | undefined;
  keyOf: (row: Row) => string;
  /** One sentence for a table without rows, and the next action. */
  empty?: string;
  children?: ReactNode;
  rowClass?: (row: Row) => string | undefined;
  isCurrent?: (row: Row) => boolean;
  className?: string;
}

/** So many rows are laid out at once; the next ones come before they are scrolled to. */
const STEP = 60;

/** Rows under headings, whatever their number; also while they come, when there are none and when they fail to come. */
export function Table<Row>({ label, columns, query, rows, keyOf, empty, children, ...look }: Props<Row>) {
  const { t, i18n } = useTranslation();
  const [order, setOrder] = useState<Order | null>(null);
  const [limit, setLimit] = useState(STEP);
  const [box, fits] = useFit();
  const by = columns.find((column) => column.key === order?.key)?.by;
  const shown = useMemo(
    () => (order && by && rows ? sorted(rows, by, order.isDown, i18n.language) : (rows ?? [])),
    [rows, by, order, i18n.language],
  );
  const end = useMore(() => startTransition(() => setLimit(limit + STEP)));
  const isComing = !rows;
  if (query?.isError && isComing) return <Trouble query={query} />;
  if (!isComing && !rows.length) return empty ? <Empty text={empty}>{children}</Empty> : null;
  return (
    <>
      {query?.isError && <Trouble query={query} inline />}
      <div ref={box} className={fits ? "tablebox fits" : "tablebox scrolls"} {...(fits ? {} : scroller(label))}>
        <table className={look.className} aria-rowcount={shown.length + 1} onKeyDown={walk}>
          <caption className="hidden-text">{label}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.key} column={column} order={order} onOrder={setOrder} actions={t("ui.actions")} />
              ))}
            </tr>
          </thead>
          <tbody>
            {isComing && <Coming columns={columns.length} />}
            {shown.slice(0, limit).map((row) => (
              <Line
                key={keyOf(row)}
                row={row}
                columns={columns}
                className={look.rowClass?.(row)}
                isCurrent={look.isCurrent?.(row) ?? false}
              />
            ))}
          </tbody>
        </table>
        {limit < shown.length && <div key={limit} ref={end} className="moretocome" />}
      </div>
      {query && limit >= shown.length && <More of={query} />}
    </>
  );
}

/** What is wider than the screen scrolls by keyboard too. */
const scroller = (label: string) => ({ role: "region", "aria-label": label, tabIndex: 0 });

/** Bars where the rows will be; they appear after 150 ms only. */
function Coming({ columns }: { columns: number }) {
  const { t } = useTranslation();
  return Array.from({ length: 5 }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
    <tr key={row} className="coming">
      {Array.from({ length: columns }, (_, cell) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <td key={cell}>{row || cell ? <i /> : <span role="status">{t("state.loading")}</span>}</td>
      ))}
    </tr>
  ));
}

interface LineProps<Row> {
  row: Row;
  columns: Column<Row>[];
  className: string | undefined;
  isCurrent: boolean;
}

function Cells<Row>({ row, columns, className, isCurrent }: LineProps<Row>) {
  return (
    <tr className={className} aria-current={isCurrent ? "true" : undefined}>
      {columns.map(({ key, cell, className: style, isFigure, isExtra }) => (
        <td key={key} className={[style, isFigure && "r", isExtra && "extra"].filter(Boolean).join(" ") || undefined}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** Rows that are there stay as they are while more come into sight. */
const Line = memo(Cells) as typeof Cells;

interface HeadProps<Row> {
  column: Column<Row>;
  order: Order | null;
  onOrder: (order: Order | null) => void;
  actions: string;
}

function Head<Row>({ column, order, onOrder, actions }: HeadProps<Row>) {
  const { key, title, by, isFigure, isExtra } = column;
  const side = [isFigure && "r", isExtra && "extra"].filter(Boolean).join(" ") || undefined;
  if (!key)
    return (
      <th scope="col">
        <span className="hidden-text">{actions}</span>
      </th>
    );
  if (!by)
    return (
      <th scope="col" className={side}>
        {title}
      </th>
    );
  const held = order?.key === key ? order : null;
  return (
    <th scope="col" className={side} aria-sort={held ? (held.isDown ? "descending" : "ascending") : undefined}>
      <button type="button" className={held ? "sort held" : "sort"} onClick={() => onOrder(turned(order, key))}>
        {title}
        <Icon name="down" size="s" />
      </button>
    </th>
  );
}

/** Up and down go to the same control of the next row. */
function walk(event: KeyboardEvent<HTMLTableElement>): void {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const from = event.target as HTMLElement;
  if (!way || from.matches("input, select, textarea") || !from.matches("a, button")) return;
  const cell = from.closest("td");
  const row = cell?.parentElement as HTMLTableRowElement | undefined;
  const next = way > 0 ? row?.nextElementSibling : row?.previousElementSibling;
  if (!cell || !(next instanceof HTMLTableRowElement)) return;
  const same = [...cell.querySelectorAll("a, button")].indexOf(from);
  const there = [...(next.cells[cell.cellIndex]?.querySelectorAll<HTMLElement>("a, button:not(:disabled)") ?? [])];
  const to = there[Math.min(same, there.length - 1)];
  if (!to) return;
  event.preventDefault();
  to.focus();
}
