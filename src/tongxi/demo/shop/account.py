"""The customer's account: what is kept, money put on it or on a phone, a link to choose a new password.

The shop sends links itself, to the address or number it has on file; a password is neither stored nor asked for here.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tongxi.demo.shop import data
from tongxi.demo.shop.change import Change, Done, Refused, both

SCHEMA = """
create table profile (customer_id text primary key, phone text not null, points int not null, balance real not null,
  card text not null);
create table reset_link (reference text primary key, customer_id text not null, channel text not null,
  sent_to text not null, token text not null unique, at text not null, expires_at text not null);
create table top_up (reference text primary key, customer_id text not null, kind text not null, phone text not null,
  amount real not null, card text not null, status text not null, at text not null);
create index reset_link_customer on reset_link (customer_id, at);
create index top_up_customer on top_up (customer_id, at);
"""

TIERS = {
    "standard": ("普通会员", "Member"),
    "silver": ("银卡会员", "Silver"),
    "gold": ("金卡会员", "Gold"),
    "platinum": ("白金会员", "Platinum"),
}
LINK_LASTS = timedelta(minutes=30)
LINKS_AN_HOUR = 3
AMOUNTS = (50, 100, 200, 500)
"""What may be put on an account or a phone at once, in CNY."""
MOST_A_DAY = 1_000
DECLINED = "0000"
"""The bank says no to cards that end so, as with test cards of payment services."""

_MOBILE = re.compile(r"1[3-9]\d{9}")


def fill(database: sqlite3.Connection, catalogue: dict[str, Any]) -> None:
    """Phone, points, balance and card of every customer; every fifth has no card, one card is declined."""
    points = {"standard": 320, "silver": 1480, "gold": 4260, "platinum": 9120}
    for place, one in enumerate(catalogue["customers"]):
        digits = int(one["id"][1:])
        card = "" if place % 5 == 4 else DECLINED if place == 6 else f"{digits * 3571 % 9999 + 1:04d}"
        phone, balance = f"138{digits * 7919 % 10**8:08d}", 0 if place % 3 else 25.5
        row = (one["id"], phone, points[one["tier"]], balance, card)
        database.execute("insert into profile values (?,?,?,?,?)", row)


def account(database: sqlite3.Connection, customer: str, coupons: int) -> dict[str, Any] | None:
    """What the shop keeps about the customer, contact details masked. `coupons`: how many may be used."""
    row = _row(database, customer)
    if row is None:
        return None
    return {
        "customer_id": customer, "name": {"zh": row["zh"], "en": row["en"]}, "tier": row["tier"],
        "tier_text": both(TIERS[row["tier"]]), "points": row["points"], "balance": data.money(row["balance"]),
        "email": _masked_email(row["email"]), "phone": _masked_phone(row["phone"]),
        "payment": _payment(row["card"]),
        "address": row["address"], "coupons": coupons,
    }  # fmt: skip


def send_reset_link(change: Change) -> Done:
    """Send a link that lets its reader choose a new password, to what is on file."""
    row, channel = _row(change.database, change.customer), change.get("channel")
    if row is None or channel not in ("sms", "email"):
        raise Refused("invalid")
    address, masked = (
        (row["phone"], _masked_phone(row["phone"])) if channel == "sms" else (row["email"], _masked_email(row["email"]))
    )
    if not address:
        raise Refused("no_address")
    sent = change.database.execute(
        "select count(*) from reset_link where customer_id = ? and at > ?",
        (change.customer, data.text(change.now - timedelta(hours=1))),
    ).fetchone()[0]
    if sent >= LINKS_AN_HOUR:
        raise Refused("too_often")
    reference, ends = change.next("reset_link", "PW"), data.text(change.now + LINK_LASTS)
    values = (reference, change.customer, channel, address, secrets.token_urlsafe(24), data.text(change.now), ends)
    change.database.execute("insert into reset_link values (?,?,?,?,?,?,?)", values)
    return Done(reference, more={"sent_to": masked, "expires_at": ends})


def top_up(change: Change) -> Done:
    """Put an amount on the account or on a phone, taken from the card on file."""
    row, kind, phone = _row(change.database, change.customer), change.get("kind"), change.get("phone")
    try:
        amount = Decimal(change.get("amount"))
    except InvalidOperation:
        raise Refused("invalid") from None
    if row is None or kind not in ("balance", "phone") or amount not in AMOUNTS:
        raise Refused("invalid")
    if kind == "phone" and not _MOBILE.fullmatch(phone):
        raise Refused("invalid_phone")
    if not row["card"]:
        raise Refused("no_payment")
    today = change.database.execute(
        "select coalesce(sum(amount), 0) from top_up where customer_id = ? and status = 'done' and at > ?",
        (change.customer, data.text(change.now - timedelta(days=1))),
    ).fetchone()[0]
    if Decimal(str(today)) + amount > MOST_A_DAY:
        raise Refused("limit")
    if row["card"] == DECLINED:
        raise Refused("payment_declined")
    reference, target = change.next("top_up", "TU"), phone if kind == "phone" else ""
    values = (reference, change.customer, kind, target, float(amount), row["card"], "done", data.text(change.now))
    change.database.execute("insert into top_up values (?,?,?,?,?,?,?,?)", values)
    if kind == "phone":  # the operator has it at once and gives nothing back
        return Done(reference, float(amount))
    _add(change.database, change.customer, amount)
    back = [
        ["update profile set balance = balance - ? where customer_id = ?", [float(amount), change.customer]],
        ["update top_up set status = 'taken_back' where reference = ?", [reference]],
    ]
    return Done(reference, float(amount), undo={"balance": float(amount), "statements": back})


def may_take_back(change: Change, undo: dict[str, Any]) -> bool:
    """Whether the money that would go back to the card is still on the account."""
    if "balance" not in undo:
        return True
    row = _row(change.database, change.customer)
    return row is not None and bool(row["balance"] >= undo["balance"])


def messages(database: sqlite3.Connection, customer: str, now: datetime) -> list[dict[str, Any]]:
    """Links sent to the customer that still work, newest first."""
    rows = database.execute(
        "select * from reset_link where customer_id = ? and expires_at > ? order by at desc", (customer, data.text(now))
    ).fetchall()
    return [dict(row) for row in rows]


def opens(database: sqlite3.Connection, token: str, now: datetime) -> bool:
    """Whether a link still works."""
    row = database.execute("select 1 from reset_link where token = ? and expires_at > ?", (token, data.text(now)))
    return row.fetchone() is not None


def _row(database: sqlite3.Connection, customer: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = database.execute(
        "select * from customer join profile on profile.customer_id = customer.id where id = ?", (customer,)
    ).fetchone()
    return row


def _add(database: sqlite3.Connection, customer: str, amount: Decimal) -> None:
    database.execute("update profile set balance = balance + ? where customer_id = ?", (float(amount), customer))


def _payment(card: str) -> dict[str, str]:
    return both((f"尾号 {card} 的银行卡", f"bank card ending {card}") if card else ("", ""))


def _masked_email(email: str) -> str:
    name, _, domain = email.partition("@")
    return f"{name[:2]}***@{domain}" if domain else ""


def _masked_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if phone else ""
