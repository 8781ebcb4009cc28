"""The shop's own database: SQLite, filled from `catalogue.yaml` with times around now.

A parcel's trace reaches into the future and is shown only as far as it has happened, so orders move while you watch.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

MAX_AGE = timedelta(hours=20)
"""Older data is made anew at the start, so that "today" stays today."""

_SCHEMA = """
create table made (at text not null, catalogue text not null);
create table category (id text primary key, zh text not null, en text not null);
create table product (id text primary key, category text not null, zh text not null, en text not null,
  price real not null, stock int not null, about_zh text not null, about_en text not null);
create table customer (id text primary key, zh text not null, en text not null, tier text not null,
  locale text not null, city text not null, address text not null, email text not null);
create table purchase (number text primary key, customer_id text not null references customer, status text,
  placed_at text not null, address text not null, remark text not null);
create table line (number text not null references purchase, product_id text not null, quantity int not null,
  price real not null);
create table parcel (tracking text primary key, number text not null references purchase, carrier_zh text not null,
  carrier_en text not null, expected_at text);
create table trace (tracking text not null references parcel, at text not null, status text not null,
  zh text not null, en text not null, place text not null);
create index purchase_customer on purchase (customer_id);
create index trace_tracking on trace (tracking, at);
"""

_CARRIERS = {
    "sf": ("顺丰速运", "SF Express", "SF14"),
    "jd": ("京东物流", "JD Logistics", "JDVB2"),
    "zto": ("中通快递", "ZTO Express", "7856"),
    "yto": ("圆通速递", "YTO Express", "YT88"),
}
_CITIES = {
    "杭州": "Hangzhou",
    "北京": "Beijing",
    "广州": "Guangzhou",
    "沈阳": "Shenyang",
    "上海": "Shanghai",
    "深圳": "Shenzhen",
    "成都": "Chengdu",
    "武汉": "Wuhan",
    "南京": "Nanjing",
    "苏州": "Suzhou",
    "西安": "Xi'an",
}

Step = tuple[float, str, str, str, str]
"""Hours from now (negative: past), status, zh, en, place."""


@cache
def catalogue_customers() -> dict[str, dict[str, Any]]:
    """The shop's customers by id, the simulated ones included."""
    catalogue = yaml.safe_load((files(__package__) / "catalogue.yaml").read_bytes())
    return {one["id"]: one for one in catalogue["customers"]}


@contextmanager
def connect(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one request; commits at the end."""
    connection = sqlite3.connect(path, timeout=5)
    connection.row_factory = sqlite3.Row
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def make(path: Path, now: datetime) -> None:
    """Create the database unless a fresh one of this catalogue is there."""
    from tongxi.demo.shop import business  # which reads with what stands here

    source = (files(__package__) / "catalogue.yaml").read_bytes()
    version = hashlib.sha256(source + (_SCHEMA + business.SCHEMA).encode()).hexdigest()
    if path.exists() and _is_fresh(path, version, now):
        return
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with connect(fresh) as database:
        database.executescript(_SCHEMA + business.SCHEMA)
        catalogue = yaml.safe_load(source)
        _fill(database, catalogue, now)
        business.fill(database, catalogue, now)
        database.execute("insert into made values (?, ?)", (text(now), version))
    fresh.replace(path)


def _is_fresh(path: Path, version: str, now: datetime) -> bool:
    try:
        with connect(path) as database:
            made = database.execute("select at, catalogue from made").fetchone()
    except sqlite3.DatabaseError:
        return False
    return made is not None and made["catalogue"] == version and now - datetime.fromisoformat(made["at"]) < MAX_AGE


def _fill(database: sqlite3.Connection, catalogue: dict[str, Any], now: datetime) -> None:
    for category, name in catalogue["categories"].items():
        database.execute("insert into category values (?, ?, ?)", (category, name["zh"], name["en"]))
    for one in catalogue["products"]:
        fields = ("id", "category", "zh", "en", "price", "stock", "about_zh", "about_en")
        database.execute("insert into product values (?,?,?,?,?,?,?,?)", [one[field] for field in fields])
    for one in catalogue["customers"]:
        fields = ("id", "zh", "en", "tier", "locale", "city", "address", "email")
        database.execute("insert into customer values (?,?,?,?,?,?,?,?)", [one[field] for field in fields])
    prices = {one["id"]: one["price"] for one in catalogue["products"]}
    customers = {one["id"]: one for one in catalogue["customers"]}
    for order in catalogue["orders"]:
        customer = customers[order["customer"]]
        status, parcels = journey(order["journey"], float(order["hours"]), customer["city"])
        placed = text(now - timedelta(hours=order["hours"]))
        row = (order["number"], customer["id"], status, placed, customer["address"], order.get("remark", ""))
        database.execute("insert into purchase values (?,?,?,?,?,?)", row)
        for product, quantity in order["items"].items():
            database.execute("insert into line values (?,?,?,?)", (order["number"], product, quantity, prices[product]))
        for index, (steps, expected) in enumerate(parcels):
            _add_parcel(database, order, index, steps, expected, now)


def _add_parcel(
    database: sqlite3.Connection,
    order: dict[str, Any],
    index: int,
    steps: Sequence[Step],
    expected: float | None,
    now: datetime,
) -> None:
    zh, en, prefix = _CARRIERS[order["carrier"]]
    tracking = f"{prefix}{int(order['number'][2:]) * 37 + index:010d}"
    expected_at = None if expected is None else text(now + timedelta(hours=expected))
    database.execute("insert into parcel values (?,?,?,?,?)", (tracking, order["number"], zh, en, expected_at))
    for hours, status, text_zh, text_en, place in steps:
        row = (tracking, text(now + timedelta(hours=hours)), status, text_zh, text_en, place)
        database.execute("insert into trace values (?,?,?,?,?,?)", row)


def journey(name: str, hours: float, city: str) -> tuple[str | None, list[tuple[list[Step], float | None]]]:
    """Status of an order placed `hours` ago, and each parcel's trace with the hours until it is expected.

    Status None: read from the parcels' traces as they unfold.
    """
    there = _CITIES[city]
    packed: Step = (4 - hours, "shipped", "暖仓嘉兴仓已出库，包裹交给快递", "Left our Jiaxing warehouse", "嘉兴")
    hub: Step = (10 - hours, "shipped", "离开【嘉兴转运中心】", "Left the Jiaxing sorting centre", "嘉兴")

    def arrived(at: float) -> Step:
        return (at, "shipped", f"到达【{city}转运中心】", f"Arrived at the {there} sorting centre", city)

    def out(at: float) -> Step:
        zh = f"{city}网点派送中，快递员正在送往您的地址"
        return (at, "out_for_delivery", zh, f"Out for delivery in {there}", city)

    def signed(at: float) -> Step:
        return (at, "delivered", "已签收，签收人：本人", "Delivered, signed by the addressee", city)

    match name:
        case "awaiting_payment" | "paid" | "preparing" | "cancelled":
            return name, []
        case "odd_status":
            return "customs_hold_x2", []
        case "completed":
            late = -max(hours - 60, 1)
            return "completed", [([packed, hub, arrived(late - 20), out(late - 6), signed(late)], None)]
        case "refunded":
            late = -hours + 70
            back = (late + 72, "refunded", "退货已入库，退款完成", "Return received, refunded", "嘉兴")
            return "refunded", [([packed, hub, arrived(late - 20), out(late - 6), signed(late), back], None)]
        case "delivered":
            return None, [([packed, hub, arrived(-28), out(-21), signed(-17)], None)]
        case "returning":
            back = (-9.0, "returning", "退货已揽收，正在寄回嘉兴仓", "Return picked up, on its way to Jiaxing", city)
            return "returning", [([packed, hub, arrived(-62), out(-55), signed(-51), back], None)]
        case "on_the_way":
            return None, [([packed, hub, arrived(-5), out(9), signed(15)], 15)]
        case "out_for_delivery":
            return None, [([packed, hub, arrived(-9), out(-1.6), signed(3)], 3)]
        case "stuck":
            return "shipped", [([packed, hub, arrived(-74)], -30)]
        case "pickup":
            zh = "包裹已到【菜鸟驿站·人民南路店】，凭取件码领取"
            box = (-20.0, "ready_for_pickup", zh, "Waiting at the pick-up point, Renmin South Road", city)
            return "ready_for_pickup", [([packed, hub, arrived(-40), out(-26), box], None)]
        case "delivery_failed":
            zh = "派送未成功：电话无人接听，将再次派送"
            fail = (-3.0, "delivery_failed", zh, "Delivery failed: nobody answered the phone. We will try again", city)
            return None, [([packed, hub, arrived(-16), out(-8), fail, out(16), signed(20)], 20)]
        case "two_parcels":
            second: list[Step] = [(-6, "shipped", "第二个包裹已出库", "Second parcel left the warehouse", "嘉兴")]
            return None, [([packed, hub, arrived(-4), out(8), signed(13)], 13), ([*second, arrived(20), out(27)], 33)]
        case _:
            raise ValueError(f"no journey {name!r}")


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────
def order_view(database: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> dict[str, Any]:
    """An order as the shop's API gives it."""
    lines = database.execute(
        "select line.*, product.zh, product.en from line join product on product.id = product_id where number = ?",
        (row["number"],),
    ).fetchall()
    parcels = shipments(database, row["number"], now)
    newest = max((point["at"] for one in parcels for point in one["trace"]), default=row["placed_at"])
    return {
        "number": row["number"],
        "customer_id": row["customer_id"],
        "status": row["status"] or _slowest(parcels),
        "placed_at": row["placed_at"],
        "updated_at": newest,
        "total": money(sum(line["price"] * line["quantity"] for line in lines)),
        "items": [
            {
                "name": {"zh": line["zh"], "en": line["en"]},
                "quantity": line["quantity"],
                "price": money(line["price"]),
            }
            for line in lines
        ],
        "tracking_numbers": [one["tracking_number"] for one in parcels],
        "address": row["address"],
        "remark": row["remark"],
    }


def shipments(database: sqlite3.Connection, number: str, now: datetime) -> list[dict[str, Any]]:
    """The parcels of an order with what has happened so far, newest first."""
    found = []
    for parcel in database.execute("select * from parcel where number = ? order by tracking", (number,)).fetchall():
        trace = database.execute(
            "select * from trace where tracking = ? and at <= ? order by at desc", (parcel["tracking"], text(now))
        ).fetchall()
        found.append(
            {
                "carrier": {"zh": parcel["carrier_zh"], "en": parcel["carrier_en"]},
                "tracking_number": parcel["tracking"],
                "status": trace[0]["status"] if trace else "preparing",
                "expected_at": parcel["expected_at"],
                "trace": [{"at": p["at"], "text": {"zh": p["zh"], "en": p["en"]}, "place": p["place"]} for p in trace],
            }
        )
    return found


_ORDER = ("delivery_failed", "preparing", "shipped", "out_for_delivery", "delivered")


def _slowest(parcels: list[dict[str, Any]]) -> str:
    """An order is as far as the parcel that is least far."""
    ranks = [_ORDER.index(one["status"]) if one["status"] in _ORDER else 0 for one in parcels]
    return parcels[ranks.index(min(ranks))]["status"] if parcels else "preparing"


def money(amount: float) -> dict[str, str]:
    """An amount as the API gives it."""
    return {"amount": f"{amount:.2f}", "currency": "CNY"}


def text(at: datetime) -> str:
    """A time as the API gives it, and as the database sorts it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
