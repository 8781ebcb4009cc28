import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Order, Orders as Data, Row } from "../../../../contract/agent";
import { get } from "../../api/client";
import { Icon } from "../../ui/Icon";
import { Empty, Failure, Skeleton } from "../../ui/states";
import { when } from "../../ui/time";
import { ago } from "../list/Item";

/** The customer's orders, read from the shop just now; old data says how old it is. */
export function Orders({ row }: { row: Row }) {
  const { t } = useTranslation();
  const orders = useQuery({
    queryKey: ["orders", row.id],
    queryFn: ({ signal }) => get<Data>(`/conversations/${row.id}/orders`, undefined, signal),
    staleTime: 30_000,
  });
  if (orders.isPending) return <Skeleton lines={6} gap={14} />;
  if (orders.isError && !orders.data) return <Failure error={orders.error} retry={() => void orders.refetch()} />;
  const { orders: list, system, checked_at, stale, error } = orders.data;
  const source = system ? t(`system.${system}`, { defaultValue: system }) : t("orders.system");
  const age = checked_at ? ago(t, (Date.now() - Date.parse(checked_at)) / 60_000) : "";
  return (
    <>
      {(stale || error) && (
        <div className="notebar warn stalebar">
          <Icon name="clock" size="s" />
          <span className="grow">
            {list.length && checked_at
              ? t("state.stale", { source, age })
              : t(`orders.error.${error}`, { defaultValue: t("orders.down", { source }) })}
            {error && <span className="mono faint"> {error}</span>}
          </span>
          <button type="button" className="btn s" onClick={() => void orders.refetch()}>
            {t("state.retry")}
          </button>
        </div>
      )}
      {!list.length && !error && <Empty text={t(row.contact.verified ? "orders.none" : "orders.unverified")} />}
      {list.map((order, i) => (
        <OrderBlock key={order.number ?? i} order={order} />
      ))}
      {checked_at && !stale && <p className="faint made">{t("orders.checked", { source, age })}</p>}
    </>
  );
}

function OrderBlock({ order }: { order: Order }) {
  const { t } = useTranslation();
  const goods = (order.items ?? []).map((item) =>
    [item.name, item.quantity > 1 ? `× ${item.quantity}` : ""].filter(Boolean).join(" "),
  );
  const facts: [string, string | null | undefined][] = [
    ["orders.placed", order.placed_at && when(order.placed_at)],
    ["orders.goods", goods.join(t("list.comma"))],
    ["orders.total", money(order)],
    ["orders.address", order.address],
  ];
  return (
    <section className="blk">
      <h3 className="flex">
        <b className="grow cut">{order.number}</b>
        <span className="chip">{order.status_text ?? order.status}</span>
      </h3>
      <dl className="facts">
        {facts.map(([key, value]) =>
          value ? (
            <div key={key}>
              <dt>{t(key)}</dt>
              <dd>{value}</dd>
              <dd />
            </div>
          ) : null,
        )}
      </dl>
      {order.shipments?.map((shipment) => (
        <div key={shipment.tracking_number} className="stack tight">
          <p className="small">
            <b>{shipment.carrier}</b> <span className="mono">{shipment.tracking_number}</span>
            {shipment.expected_at && (
              <span className="muted"> · {t("orders.eta", { time: when(shipment.expected_at) })}</span>
            )}
          </p>
          <ol className="trace">
            {shipment.trace.map((point) => (
              <li key={point.at}>
                <small className="faint nowrap">{when(point.at)}</small>{" "}
                {[point.place, point.text].filter(Boolean).join(" · ")}
              </li>
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

function money(order: Order): string {
  if (!order.total) return "";
  return Number(order.total.amount).toLocaleString(document.documentElement.lang, {
    style: "currency",
    currency: order.total.currency,
    currencyDisplay: "narrowSymbol",
  });
}
