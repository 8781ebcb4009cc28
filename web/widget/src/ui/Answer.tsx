// What an answer rests on: sources with date and quote, data of the shop's systems with its age, the order itself.
import { useEffect, useState } from "preact/hooks";
import type { Content, Order, Source } from "../../../contract/widget.ts";
import { safeHref } from "../text/markdown.ts";
import { age, day, moment } from "../text/time.ts";
import { t, tag, type Word } from "../text/words.ts";
import { Icon } from "./icons.tsx";
import { Link } from "./Rich.tsx";

const TICK_MS = 30_000;

export function Answer({ content }: { content: Content }) {
  const { sources = [], live = [], card } = content;
  return (
    <>
      {card?.type === "order" && card.order && <OrderCard order={card.order} />}
      {sources.length + live.length > 0 && (
        <div class="srcs" role="group" aria-label={t("source.label")}>
          {sources.map((source) => (
            <Cited key={source.article_id + (source.section ?? "")} source={source} />
          ))}
          {live.map((read) => (
            <Age key={read.system} system={read.system} at={read.checked_at} />
          ))}
        </div>
      )}
    </>
  );
}

function Cited({ source }: { source: Source }) {
  const title = source.section ? `${source.title} · ${source.section}` : source.title;
  const href = source.url ? safeHref(source.url) : null;
  const head = (
    <>
      <Icon name="book" small />
      <span>{source.updated_at ? t("source", { title, date: day(source.updated_at) }) : title}</span>
    </>
  );
  if (!source.quote && !href) return <p class="src">{head}</p>;
  return (
    <details>
      <summary class="src">{head}</summary>
      {source.quote && <blockquote>{source.quote}</blockquote>}
      {href && <Link href={href}>{t("source.open")}</Link>}
    </details>
  );
}

function Age({ system, at }: { system: string; at: string }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="src">
      <Icon name="box" small />
      <span>{t("live", { system, age: age(at) })}</span>
    </p>
  );
}

function OrderCard({ order }: { order: Order }) {
  const rows: [Word, string][] = [["order.status", order.status_text || order.status]];
  if (order.items?.length) {
    rows.push([
      "order.items",
      order.items
        .map((it) => (it.quantity > 1 ? t("order.quantity", { name: it.name, n: it.quantity }) : it.name))
        .join(", "),
    ]);
  }
  if (order.total) rows.push(["order.total", money(order.total.amount, order.total.currency)]);
  rows.push(["order.placed", moment(order.placed_at)]);
  if (order.address) rows.push(["order.address", order.address]);
  for (const parcel of order.shipments ?? []) {
    rows.push(["order.carrier", `${parcel.carrier} ${parcel.tracking_number}`]);
    const latest = parcel.trace[0];
    if (latest) rows.push(["order.progress", `${moment(latest.at)} ${latest.text}`]);
    if (parcel.expected_at) rows.push(["order.eta", day(parcel.expected_at)]);
  }
  return (
    <div class="form order">
      <h3>
        <Icon name="box" small />
        {t("order")} <bdi>{order.number}</bdi>
      </h3>
      <dl class="kv">
        {rows.map(([word, value], at) => (
          <div key={at}>
            <dt>{t(word)}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export function money(amount: string, currency: string): string {
  try {
    return new Intl.NumberFormat(tag(), { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(
      Number(amount),
    );
  } catch {
    return `${amount} ${currency}`;
  }
}
