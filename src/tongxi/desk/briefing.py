"""What an agent reads on taking over: wish, known facts, mood, what was tried, why handed off, what next.

Built from the log and the row by rules; every part names the entry it comes from, nothing is worded anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tongxi.contacts import queries as contacts
from tongxi.conversations import queries
from tongxi.conversations.log import Entry
from tongxi.conversations.slots import label, shown_value
from tongxi.conversations.views import at as stamp
from tongxi.desk.wishes import is_customers, newest_wish
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound
from tongxi.kit.i18n import has, t
from tongxi.signals.human_request import asks_for_person
from tongxi.signals.reply import says_wrong
from tongxi.signals.small_talk import small_talk
from tongxi.signals.upset import felt

MOST_ENTRIES = 400
"""Newest entries that are read; an episode is rarely longer."""
_UNSETTLED = ("several_orders", "order_unknown", "no_orders")
"""Why a flow that ran as it should gave no answer yet."""
_FACTS = ("name", "phone", "email", "tier", "external_id")


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation as the desk reads it before acting."""

    entries: Sequence[Entry]
    """Of the episode under way, in order."""
    slots: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, Any] = field(default_factory=dict)
    """As `contacts.queries.profile` gives it."""
    helpful: dict[int, bool] = field(default_factory=dict)
    """What the customer said of single answers, by `seq`."""
    promises: Sequence[dict[str, Any]] = ()
    """Open follow-ups: `number`, `promised_at`, `seq`."""
    subject: str = ""
    tags: Sequence[str] = ()
    timezone: str = "UTC"
    resolved: bool | None = None
    """The customer's rating of the episode."""


async def read_case(tx: Transaction, conversation_id: UUID) -> Case:
    """Read what briefing and wrap-up are made of. Raises: `NotFound`."""
    row = await tx.dict(
        "select c.contact_id, c.slots, c.subject, c.tags, i.settings #>> '{hours,timezone}' as timezone, r.resolved"
        " from conversation c join inbox i on i.id = c.inbox_id"
        " left join rating r on r.conversation_id = c.id and r.episode = c.episode where c.id = %s",
        (conversation_id,),
    )
    if row is None:
        raise NotFound
    found = await queries.entries(tx, conversation_id, before=2**53, limit=MOST_ENTRIES)
    helpful = await tx.dicts("select seq, helpful from answer_feedback where conversation_id = %s", (conversation_id,))
    promises = await tx.dicts(
        "select f.number, f.promised_at, (select max(l.seq) from log_entry l"
        " where l.conversation_id = f.conversation_id and l.type = 'follow_up_promised'"
        " and l.data ->> 'number' = f.number::text) as seq"
        " from follow_up f where f.conversation_id = %s and f.state = 'open' order by f.promised_at",
        (conversation_id,),
    )
    return Case(
        entries=this_episode(found),
        slots=row["slots"],
        contact=await contacts.profile(tx, row["contact_id"]),
        helpful={one["seq"]: one["helpful"] for one in helpful},
        promises=promises,
        subject=row["subject"],
        tags=row["tags"],
        timezone=row["timezone"] or "Asia/Shanghai",
        resolved=row["resolved"],
    )


def this_episode(entries: Sequence[Entry]) -> Sequence[Entry]:
    """From the last reopening on."""
    start = next((i for i in range(len(entries) - 1, -1, -1) if entries[i].type == "reopened"), 0)
    return entries[start:]


def build(case: Case, *, language: str, at: datetime) -> dict[str, Any]:
    """The briefing of the protocol, labels in the reader's language. Pure."""
    handed_off = _handed_off(case.entries)
    before = [one for one in case.entries if handed_off is None or one.seq < handed_off.seq]
    wish = newest_wish(before) or newest_wish(case.entries)
    why = handed_off.data.get("decision") if handed_off else None
    told = known(case, language)
    attempts = tried(case, before, language)
    return {
        "wish": {"text": wish.text, "seq": wish.seq} if wish else None,
        "known": told,
        "mood": moods(case.entries, language),
        "tried": attempts,
        "why": (why | {"at": stamp(handed_off.at), "seq": handed_off.seq}) if why and handed_off else None,
        "next": following(case, why, told, attempts, wish, language),
        "generated_at": stamp(at),
    }


def _handed_off(entries: Sequence[Entry]) -> Entry | None:
    """The hand-off that led here; None when an agent took it from the bot by himself since."""
    for entry in reversed(entries):
        if entry.type == "handed_off":
            return entry
        if entry.type == "claimed" and entry.data.get("from_holder") == "bot":
            return None
    return None


def known(case: Case, language: str) -> list[dict[str, Any]]:
    """What need not be asked again, with the entry it came from and whether it is verified."""
    facts = []
    for code, slot in case.slots.items():
        value = str(slot.get("value") or "")
        if not value:
            continue
        shown = shown_value(code, value, language)
        source = slot.get("seq") or _source(case, code, value)
        fact = _fact(code, shown, source, bool(slot.get("verified")), language)
        facts.append(fact | {"kind": slot["kind"]} if slot.get("kind") else fact)
    marks = case.contact.get("marks", {})
    return facts + [
        _fact(code, str(given), None, marks.get(code) == "verified", language)
        for code in _FACTS
        if (given := case.contact.get(code))
    ]


def _fact(code: str, value: str, seq: int | None, verified: bool, language: str) -> dict[str, Any]:
    return {"code": code, "label": label(code, language) or code, "value": value, "seq": seq, "verified": verified}


def _source(case: Case, code: str, value: str) -> int | None:
    """The newest entry that shows a fact: the order's card, else the customer's own words."""
    for entry in reversed(case.entries):
        card = entry.content.get("card") if isinstance(entry.content, dict) else None
        order = card.get("order") if card else None
        if order and value in (order.get("number"), order.get("status")):
            return entry.seq
    said = (one.seq for one in reversed(case.entries) if is_customers(one) and value in one.text)
    return next(said, None) if code != "order_status" else None


def moods(entries: Sequence[Entry], language: str) -> list[dict[str, Any]]:
    """A point for each customer message with words."""
    points = []
    for entry in entries:
        if is_customers(entry) and entry.text.strip():
            level = felt(entry.text)
            points.append(
                {"seq": entry.seq, "at": stamp(entry.at), "level": level, "word": t(language, f"mood.{level}")}
            )
    return points


def tried(case: Case, entries: Sequence[Entry], language: str) -> list[dict[str, Any]]:
    """What the bot did, and how the customer took it: `ok` null while nothing says so."""
    attempts = []
    for place, entry in enumerate(entries):
        if entry.type == "turn_failed":
            attempts.append(_attempt("failed", t(language, "tried.failed"), False, "bot_failed", entry.seq))
            continue
        decision = entry.data.get("decision") if entry.actor.kind == "bot" and entry.type == "message_sent" else None
        if not decision or decision["choice"] in ("small_talk", "hand_off"):
            continue
        choice = str(decision["choice"])
        reasons = [str(reason["code"]) for reason in decision.get("reasons", ())]
        unmet = next((str(r["code"]) for r in decision.get("reasons", ()) if not r.get("met", True)), None)
        ok, cause = _taken(case, entry.seq, entries[place + 1 :])
        if choice == "answer":
            sources = entry.content.get("sources", ()) if isinstance(entry.content, dict) else ()
            what = sources[0]["title"] if sources else t(language, "tried.answer")
        elif choice.startswith("flow:"):
            what = _named(f"tried.{choice.removeprefix('flow:')}", choice.removeprefix("flow:"), language)
            if unmet is not None:
                ok, cause = False, unmet
            elif ok is None and "order_found" in reasons:
                ok = True
            elif cause is None:
                cause = next((code for code in reasons if code in _UNSETTLED), None)
        elif choice == "unknown":
            what, ok, cause = t(language, "tried.unknown"), False, unmet or (reasons[0] if reasons else None)
        else:
            what = _named(f"tried.{choice}", choice, language)
            cause = cause or (reasons[0] if reasons else None)
        attempts.append(_attempt(choice, what, ok, cause, entry.seq))
    return attempts


def _attempt(kind: str, what: str, ok: bool | None, cause: str | None, seq: int) -> dict[str, Any]:
    return {"kind": kind, "what": what, "ok": ok, "cause": cause, "seq": seq}


def _named(key: str, otherwise: str, language: str) -> str:
    return t(language, key) if has(key) else otherwise


def _taken(case: Case, seq: int, later: Sequence[Entry]) -> tuple[bool | None, str | None]:
    """How the customer took an answer: his mark on it, else his next words."""
    if seq in case.helpful:
        return case.helpful[seq], None if case.helpful[seq] else "says_wrong"
    for entry in later:
        if entry.type == "message_sent" and entry.actor.kind == "bot":
            return None, None
        if not is_customers(entry):
            continue
        if says_wrong(entry.text):
            return False, "says_wrong"
        if asks_for_person(entry.text):
            return None, None  # wanting a person says nothing about the answer
        if small_talk(entry.text) == "thanks":
            return True, None
    return None, None


def following(
    case: Case,
    why: dict[str, Any] | None,
    told: Sequence[dict[str, Any]],
    attempts: Sequence[dict[str, Any]],
    wish: Entry | None,
    language: str,
) -> dict[str, Any] | None:
    """The next step the rules suggest; the first that fits."""
    codes = {str(r["code"]) for r in why.get("reasons", ()) if r.get("met", True)} if why else set()
    causes = codes | {str(one["cause"]) for one in attempts if one["cause"]}
    values = {one["code"]: one["value"] for one in told}
    step: str = ""
    params: dict[str, Any] = {}
    if codes & {"self_harm", "safety"}:
        step = "safety_first"
    elif codes & {"legal", "medical"}:
        step = "ask_expert"
    elif codes & {"angry", "complaint_risk"}:
        step = "calm_first"
    elif case.promises:
        step = "keep_promise"
        params = {"number": case.promises[0]["number"], "promised_at": stamp(case.promises[0]["promised_at"])}
    elif "contact_unverified" in causes:
        step = "verify_contact"
    elif causes & {"system_timeout", "system_unavailable", "system_bad_answer", "system_refused", "no_shop_system"}:
        step = "look_up_by_hand"
    elif "order" in values:
        step, params = "check_order", {"order": values["order"]}
    elif causes & {"nothing_known", "repeats", "answers_wrong", "says_wrong"}:
        step = "answer_unknown"
    elif wish is not None:
        step = "answer_wish"
    if not step:
        return None
    shown = dict(params)
    if step == "keep_promise":  # as the customer was told: in the shop's time
        shown["time"] = f"{case.promises[0]['promised_at'].astimezone(ZoneInfo(case.timezone)):%m-%d %H:%M}"
    return {"code": step, "params": params, "text": t(language, f"next.{step}", **shown)}
