"""What the shop does for its customers by its rules: every change once per key, some of them undoable."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tongxi.demo.shop import account, data
from tongxi.demo.shop.change import Change, Done, Missing, Refused, both

SCHEMA = (
    account.SCHEMA
    + """
create table refund (reference text primary key, customer_id text not null, number text not null, amount real not null,
  status text not null, reason text not null, requested_at text not null, expected_at text, paid_at text);
create table exchange (reference text primary key, customer_id text not null, number text not null,
  reason text not null, wish text not null, at text not null);
create table invoice (reference text primary key, customer_id text not null, number text not null, kind text not null,
  title text not null, tax_id text not null, email text not null, at text not null);
create table appointment (reference text primary key, customer_id text not null, slot text not null,
  phone text not null, note text not null, status text not null, at text not null);
create table coupon (code text primary key, customer_id text not null, zh text not null, en text not null,
  about_zh text not null, about_en text not null, expires_at text not null, status text not null);
create table lead (reference text primary key, body text not null, at text not null);
create table repair (reference text primary key, customer_id text not null, body text not null, at text not null);
create table callback (reference text primary key, customer_id text not null, body text not null, at text not null);
create table operation (key text primary key, customer_id text not null, tool text not null, arguments text not null,
  at text not null, receipt text not null, undo text, undo_until text, undone_at text);
create index refund_customer on refund (customer_id);
create index appointment_slot on appointment (slot);
"""
)

ZONE = ZoneInfo("Asia/Shanghai")
UNSENT = ("awaiting_payment", "paid", "preparing")
ARRIVED = ("delivered", "completed", "ready_for_pickup")
UNDO = timedelta(minutes=10)
RETURN_DAYS = 15
NOTICE = timedelta(hours=2)
"""An appointment nearer than this is neither moved nor cancelled."""
SERVICES = {
    "install": (("上门安装", "Installation at home"), ("您的收货地址", "your delivery address")),
    "repair": (("上门检修", "Repair visit"), ("您的收货地址", "your delivery address")),
    "store": (("到店体验", "Store visit"), ("暖仓生活·杭州湖滨店", "Nuancang Living, Hubin, Hangzhou")),
}
HOURS = (9, 11, 14, 16)
DAYS = 6

_TAX_ID = re.compile(r"[0-9A-Z]{15,20}")


def fill(database: sqlite3.Connection, catalogue: dict[str, Any], now: datetime) -> None:
    """Accounts, coupons, refunds under way and a few appointments."""
    account.fill(database, catalogue)
    for one in catalogue["customers"]:
        digits = int(one["id"][1:])
        coupons = [("满 200 减 20", "20 off 200", 12)]
        if one["tier"] in ("gold", "platinum"):
            coupons.append(("生日券 100 元", "Birthday coupon 100", 40))
        for number, (zh, en, days) in enumerate(coupons):
            ends = data.text(now + timedelta(days=days))
            about = ("全店可用，一单一张", "Whole shop, one per order")
            database.execute(
                "insert into coupon values (?,?,?,?,?,?,?,'usable')",
                (f"CP{digits}{number}", one["id"], zh, en, *about, ends),
            )
    for order in catalogue["orders"]:
        if order["journey"] in ("refunded", "returning"):
            total = database.execute("select sum(price * quantity) from line where number = ?", (order["number"],))
            amount, is_paid = total.fetchone()[0], order["journey"] == "refunded"
            asked, due, paid = now - timedelta(hours=60), now + timedelta(days=3), now - timedelta(hours=20)
            database.execute(
                "insert into refund values (?,?,?,?,?,?,?,?,?)",
                (
                    f"RF{order['number'][2:]}", order["customer"], order["number"], amount,
                    "paid" if is_paid else "waiting_for_return", "", data.text(asked),
                    None if is_paid else data.text(due), data.text(paid) if is_paid else None,
                ),
            )  # fmt: skip
    for place, (customer, service) in enumerate((("C1002", "install"), ("C1004", "store"), ("C1007", "repair"))):
        slot = _slot_id(service, now.astimezone(ZONE).date() + timedelta(days=2 + place), HOURS[place])
        values = (f"AP70{place + 1:02d}", customer, slot, "", "", "booked", data.text(now - timedelta(days=1)))
        database.execute("insert into appointment values (?,?,?,?,?,?,?)", values)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────
def refunds(database: sqlite3.Connection, customer: str, number: str) -> list[dict[str, Any]]:
    """The customer's refunds, newest first."""
    rows = database.execute(
        "select * from refund where customer_id = ? and ? in ('', number) order by requested_at desc",
        (customer, number),
    ).fetchall()
    words = {
        "requested": ("已申请，等待审核", "Requested, being checked"),
        "approved": ("已同意，正在退款", "Approved, being paid back"),
        "waiting_for_return": ("等待退货入库", "Waiting for the goods to come back"),
        "paid": ("已退到原支付方式", "Paid back the way you paid"),
        "refused": ("未通过", "Refused"),
    }
    return [
        {
            "reference": row["reference"], "number": row["number"], "amount": data.money(row["amount"]),
            "status": row["status"], "status_text": both(words[row["status"]]), "requested_at": row["requested_at"],
            "expected_at": row["expected_at"], "paid_at": row["paid_at"],
            "paid_to": both(("原支付方式", "the way you paid")),
        }
        for row in rows
    ]  # fmt: skip


def coupons(database: sqlite3.Connection, customer: str, now: datetime) -> list[dict[str, Any]]:
    """Usable coupons, the first to expire first."""
    rows = database.execute(
        "select * from coupon where customer_id = ? and status = 'usable' and expires_at > ? order by expires_at",
        (customer, data.text(now)),
    ).fetchall()
    return [
        {
            "code": row["code"], "title": {"zh": row["zh"], "en": row["en"]},
            "condition": {"zh": row["about_zh"], "en": row["about_en"]},
            "expires_at": row["expires_at"], "status": row["status"],
        }
        for row in rows
    ]  # fmt: skip


def slots(database: sqlite3.Connection, service: str, now: datetime) -> list[dict[str, Any]]:
    """Free times of a service, soonest first; of all services when none is named."""
    taken = {row["slot"] for row in database.execute("select slot from appointment where status = 'booked'")}
    today = now.astimezone(ZONE).date()
    found = []
    for name in [service] if service in SERVICES else SERVICES:
        for day in range(1, DAYS + 1):
            for hour in HOURS:
                slot = _slot_id(name, today + timedelta(days=day), hour)
                if slot not in taken:
                    found.append(slot_view(slot))
    return sorted(found, key=lambda one: str(one["starts_at"]))


def slot_view(slot: str) -> dict[str, Any]:
    """A time as the API gives it. Raises: `Refused` for an id that is none."""
    service, _, digits = slot.partition("-")
    if service not in SERVICES or not re.fullmatch(r"\d{10}", digits):
        raise Refused("invalid")
    start = datetime.strptime(digits, "%Y%m%d%H").replace(tzinfo=ZONE)
    name, place = SERVICES[service]
    return {
        "id": slot, "service": both(name), "place": both(place), "starts_at": data.text(start),
        "ends_at": data.text(start + timedelta(hours=2)),
    }  # fmt: skip


def appointments(database: sqlite3.Connection, customer: str, now: datetime) -> list[dict[str, Any]]:
    """The customer's appointments to come."""
    rows = database.execute(
        "select * from appointment where customer_id = ? and status = 'booked'", (customer,)
    ).fetchall()
    found = [
        {
            **slot_view(row["slot"]),
            "reference": row["reference"],
            "status": row["status"],
            "phone": row["phone"],
            "kind": row["slot"].partition("-")[0],
        }
        for row in rows
    ]
    return sorted((one for one in found if one["starts_at"] > data.text(now)), key=lambda one: str(one["starts_at"]))


def operation(database: sqlite3.Connection, customer: str, key: str) -> dict[str, Any]:
    """What became of a change, by its key; of another customer's as of none."""
    row = database.execute("select * from operation where key = ? and customer_id = ?", (key, customer)).fetchone()
    if row is None:
        return {"state": "unknown", "receipt": None}
    receipt = json.loads(row["receipt"])
    return {"state": receipt["outcome"], "receipt": receipt}


# ── changing ────────────────────────────────────────────────────────────────────────────────────────
def perform(
    database: sqlite3.Connection, tool: str, customer: str, arguments: dict[str, Any], key: str, now: datetime
) -> dict[str, Any]:
    """Carry a change out, once per key; gives the receipt, the same one for every repetition.

    Raises: `KeyError` for an unknown tool, `Missing`, `ValueError` when the key stands for another change.
    """
    database.execute("begin immediate")
    spelled = json.dumps(arguments, sort_keys=True, ensure_ascii=False)
    row = database.execute("select * from operation where key = ?", (key,)).fetchone()
    if row is not None:
        if (row["tool"], row["customer_id"], row["arguments"]) != (tool, customer, spelled):
            raise ValueError("this key stands for another change")
        stored: dict[str, Any] = json.loads(row["receipt"])
        return stored
    change = Change(database, customer, arguments, now)
    if tool == "operations.undo":
        receipt, undo = _undo(change), None
    else:
        try:
            done = ACTIONS[tool](change)
            undo = done.undo
            receipt = {
                "outcome": "done", "reference": done.reference, "at": data.text(now),
                "amount": None if done.amount is None else data.money(done.amount),
                "expected_at": data.text(done.expected_at) if done.expected_at else None,
                "undo_until": data.text(now + UNDO) if undo else None, **done.more,
            }  # fmt: skip
        except Refused as error:
            undo = None
            receipt = {"outcome": "refused", "reason": error.reason, "at": data.text(now)}
    database.execute(
        "insert into operation values (?,?,?,?,?,?,?,?,null)",
        (
            key, customer, tool, spelled, data.text(now), json.dumps(receipt),
            json.dumps(undo) if undo else None, data.text(now + UNDO) if undo else None,
        ),
    )  # fmt: skip
    return receipt


def _undo(change: Change) -> dict[str, Any]:
    row = change.database.execute(
        "select * from operation where key = ? and customer_id = ?", (change.get("key"), change.customer)
    ).fetchone()
    refused = {"outcome": "refused", "at": data.text(change.now)}
    if row is None or row["undo"] is None:
        return refused | {"reason": "not_possible"}
    if row["undone_at"] is not None:
        return {"outcome": "done", "at": row["undone_at"]}
    if row["undo_until"] < data.text(change.now):
        return refused | {"reason": "too_late"}
    undo = json.loads(row["undo"])
    if "number" in undo:
        order = change.database.execute("select * from purchase where number = ?", (undo["number"],)).fetchone()
        status = data.order_view(change.database, order, change.now)["status"]
        if status not in (*UNSENT, "cancelled"):
            return refused | {"reason": "shipped"}
    if not account.may_take_back(change, undo):
        return refused | {"reason": "spent"}
    for statement, values in undo["statements"]:
        change.database.execute(statement, values)
    change.database.execute("update operation set undone_at = ? where key = ?", (data.text(change.now), row["key"]))
    return {"outcome": "done", "at": data.text(change.now)}


def _change_address(change: Change) -> Done:
    order = change.order()
    _must_be_unsent(order)
    address = change.get("address")
    if len(address) < 4:
        raise Refused("invalid")
    if address == order["address"]:
        raise Refused("same")
    number = order["number"]
    change.database.execute("update purchase set address = ? where number = ?", (address, number))
    back = ["update purchase set address = ? where number = ?", [order["address"], number]]
    return Done(reference=number, undo={"number": number, "statements": [back]})


def _cancel(change: Change) -> Done:
    order = change.order()
    if order["status"] == "cancelled":
        raise Refused("already_done")
    _must_be_unsent(order)
    number, total = order["number"], float(order["total"]["amount"])
    change.database.execute("update purchase set status = 'cancelled' where number = ?", (number,))
    statements = [["update purchase set status = ? where number = ?", [order["status"], number]]]
    if order["status"] == "awaiting_payment":
        return Done(reference=number, undo={"number": number, "statements": statements})
    reference, expected = change.next("refund", "RF"), change.now + timedelta(days=2)
    _add_refund(change, reference, order, "approved", expected)
    statements.append(["delete from refund where reference = ?", [reference]])
    return Done(number, total, expected, {"number": number, "statements": statements})


def _refund(change: Change) -> Done:
    order = change.order()
    known = change.database.execute("select 1 from refund where number = ?", (order["number"],)).fetchone()
    if known or order["status"] in ("returning", "refunded", "cancelled"):
        raise Refused("already_done")
    if order["status"] == "awaiting_payment":
        raise Refused("not_paid")
    if order["status"] in UNSENT:
        raise Refused("cancel_instead")
    _must_be_recent(order, change.now)
    reference, expected = change.next("refund", "RF"), change.now + timedelta(days=5)
    _add_refund(change, reference, order, "waiting_for_return", expected)
    back = ["delete from refund where reference = ?", [reference]]
    return Done(reference, float(order["total"]["amount"]), expected, {"statements": [back]})


def _add_refund(change: Change, reference: str, order: dict[str, Any], status: str, expected: datetime) -> None:
    change.database.execute(
        "insert into refund values (?,?,?,?,?,?,?,?,null)",
        (
            reference, change.customer, order["number"], float(order["total"]["amount"]), status, change.get("reason"),
            data.text(change.now), data.text(expected),
        ),
    )  # fmt: skip


def _exchange(change: Change) -> Done:
    order = change.order()
    if order["status"] not in ARRIVED:
        raise Refused(
            "not_received" if order["status"] not in ("cancelled", "refunded", "returning") else "not_eligible"
        )
    _must_be_recent(order, change.now)
    if change.database.execute("select 1 from exchange where number = ?", (order["number"],)).fetchone():
        raise Refused("already_done")
    reference = change.next("exchange", "EX")
    change.database.execute(
        "insert into exchange values (?,?,?,?,?,?)",
        (reference, change.customer, order["number"], change.get("reason"), change.get("wish"), data.text(change.now)),
    )
    back = ["delete from exchange where reference = ?", [reference]]
    return Done(reference, None, change.now + timedelta(days=1), {"statements": [back]})


def _invoice(change: Change) -> Done:
    order = change.order()
    if order["status"] in ("awaiting_payment", "cancelled", "refunded"):
        raise Refused("not_eligible")
    if change.get("kind") == "company" and not _TAX_ID.fullmatch(change.get("tax_id").upper()):
        raise Refused("invalid_tax_id")
    if change.database.execute("select 1 from invoice where number = ?", (order["number"],)).fetchone():
        raise Refused("already_done")
    reference = change.next("invoice", "IV")
    change.database.execute(
        "insert into invoice values (?,?,?,?,?,?,?,?)",
        (
            reference, change.customer, order["number"], change.get("kind"), change.get("title"),
            change.get("tax_id").upper(), change.get("email"), data.text(change.now),
        ),
    )  # fmt: skip
    back = ["delete from invoice where reference = ?", [reference]]
    return Done(reference, float(order["total"]["amount"]), change.now + timedelta(days=1), {"statements": [back]})


def _book(change: Change) -> Done:
    slot = _free(change, change.get("slot"))
    reference = change.next("appointment", "AP")
    change.database.execute(
        "insert into appointment values (?,?,?,?,?,'booked',?)",
        (reference, change.customer, slot, change.get("phone"), change.get("note"), data.text(change.now)),
    )
    back = ["update appointment set status = 'cancelled' where reference = ?", [reference]]
    return Done(reference, undo={"statements": [back]})


def _move(change: Change) -> Done:
    row = _appointment(change)
    slot = _free(change, change.get("slot"))
    change.database.execute("update appointment set slot = ? where reference = ?", (slot, row["reference"]))
    back = ["update appointment set slot = ? where reference = ?", [row["slot"], row["reference"]]]
    return Done(row["reference"], undo={"statements": [back]})


def _cancel_appointment(change: Change) -> Done:
    row = _appointment(change)
    change.database.execute("update appointment set status = 'cancelled' where reference = ?", (row["reference"],))
    back = ["update appointment set status = 'booked' where reference = ?", [row["reference"]]]
    return Done(row["reference"], undo={"statements": [back]})


def _appointment(change: Change) -> sqlite3.Row:
    row: sqlite3.Row | None = change.database.execute(
        "select * from appointment where reference = ? and customer_id = ?", (change.get("reference"), change.customer)
    ).fetchone()
    if row is None:
        raise Missing
    if row["status"] != "booked":
        raise Refused("already_done")
    if slot_view(row["slot"])["starts_at"] < data.text(change.now + NOTICE):
        raise Refused("too_late")
    return row


def _free(change: Change, slot: str) -> str:
    if slot_view(slot)["starts_at"] < data.text(change.now + NOTICE):
        raise Refused("too_late")
    if change.database.execute("select 1 from appointment where slot = ? and status = 'booked'", (slot,)).fetchone():
        raise Refused("taken")
    return slot


def _lead(change: Change) -> Done:
    reference = change.next("lead", "LD")
    body = json.dumps(change.arguments, ensure_ascii=False)
    change.database.execute("insert into lead values (?,?,?)", (reference, body, data.text(change.now)))
    return Done(reference, expected_at=change.now + timedelta(days=1))


def _noted(table: str, prefix: str, wait: timedelta) -> Callable[[Change], Done]:
    def note(change: Change) -> Done:
        reference = change.next(table, prefix)
        body = json.dumps(change.arguments, ensure_ascii=False)
        values = (reference, change.customer, body, data.text(change.now))
        change.database.execute(f"insert into {table} values (?,?,?,?)", values)
        back = [f"delete from {table} where reference = ?", [reference]]
        return Done(reference, expected_at=change.now + wait, undo={"statements": [back]})

    return note


def _must_be_unsent(order: dict[str, Any]) -> None:
    status = order["status"]
    if status in UNSENT:
        return
    raise Refused(
        "cancelled" if status in ("cancelled", "refunded") else "delivered" if status in ARRIVED else "shipped"
    )


def _must_be_recent(order: dict[str, Any], now: datetime) -> None:
    if now - datetime.fromisoformat(order["placed_at"]) > timedelta(days=RETURN_DAYS):
        raise Refused("too_late")


ACTIONS: dict[str, Callable[[Change], Done]] = {
    "orders.change_address": _change_address,
    "orders.cancel": _cancel,
    "refunds.request": _refund,
    "exchanges.request": _exchange,
    "invoices.request": _invoice,
    "appointments.book": _book,
    "appointments.move": _move,
    "appointments.cancel": _cancel_appointment,
    "leads.create": _lead,
    "repairs.create": _noted("repair", "RP", timedelta(days=1)),
    "account.send_reset_link": account.send_reset_link,
    "account.top_up": account.top_up,
    "callbacks.create": _noted("callback", "CB", timedelta(minutes=30)),
}
"""Tool → what it does. Every one runs in the transaction that stores its receipt."""

FOR_ANYONE = frozenset({"leads.create", "repairs.create", "callbacks.create", "operations.undo"})


def _slot_id(service: str, day: Any, hour: int) -> str:
    return f"{service}-{day:%Y%m%d}{hour:02d}"


def now() -> datetime:
    """The shop's own clock."""
    return datetime.now(UTC)
