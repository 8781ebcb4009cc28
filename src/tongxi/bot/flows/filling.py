"""What a message makes known: values of slots, put right where the customer corrects them, and kept as facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tongxi.bot.flows import amending, asking, dates, order_choice, reading
from tongxi.bot.flows.expressions import render
from tongxi.bot.flows.models import Slot
from tongxi.bot.flows.step import SKIP
from tongxi.kit.i18n import t

if TYPE_CHECKING:
    from tongxi.bot.flows.engine import Turn


def fill(turn: Turn) -> None:
    """Take values out of the message: the answer to the open question, and whatever else stands there."""
    text = turn.said.text
    corrects = reading.corrects(text)
    reply = turn.said.quick_reply or ""
    for name, slot in turn.flow.slots.items():
        if slot.kind == "order":
            continue  # chosen among the customer's own when it is asked for
        if reply.startswith(f"slot:{name}:"):
            _set(turn, name, reply.removeprefix(f"slot:{name}:"))
            continue
        if slot.kind == "file" and turn.said.attachments:
            _set(turn, name, str(turn.said.attachments))
            continue
        if name != turn.asked and slot.only_when_asked:
            continue
        if slot.kind == "address" and _amends(turn, name, text):
            continue
        found = _taken(turn, slot, text) if name == turn.asked else reading.find(slot, text, turn.today)
        if found is None:
            is_named = corrects and not turn.is_first and reading.names(text, slot)
            if is_named and name in turn.slots:
                turn.clear(name)
            continue
        if name not in turn.slots or (not turn.is_first and turn.slots[name] != found):
            _set(turn, name, found)


def _amends(turn: Turn, name: str, text: str) -> bool:
    """Put a part of a known address right; where it is not clear which part, ask for all of it."""
    known = turn.slots.get(name)
    if not known or turn.is_first or not (turn.asked in (None, name) or amending.puts_right(text)):
        return False
    has_days = any(slot.kind in ("date", "time_slot") for slot in turn.flow.slots.values())
    if has_days and turn.asked != name and dates.day_in(text, turn.today):
        return False  # "14号" may be the day
    made = amending.amended(known, text)
    if made:
        _set(turn, name, made)
    elif made is not None:
        turn.clear(name)
        turn.told.append(t(turn.language, "flow.which_part", address=known))
    return made is not None


def _taken(turn: Turn, slot: Slot, text: str) -> str | None:
    if slot.optional and (turn.said.quick_reply == SKIP or reading.skips(text)):
        return ""
    if slot.kind == "time_slot":
        fitting = dates.by_time(text, turn.position.offered, turn.today)
        if len(fitting) == 1:
            return fitting[0].value
    is_about_orders = any(one.kind == "order" for one in turn.flow.slots.values())
    if slot.kind == "text" and is_about_orders and order_choice.puts_right(text):
        return None  # it puts the order right and says nothing to this question
    return reading.take(slot, text, turn.today, turn.position.offered)


def _set(turn: Turn, name: str, value: str) -> None:
    if name in turn.slots and turn.slots[name] != value:
        turn.corrected = True
    turn.slots[name] = value
    turn.learnt = True


def facts(turn: Turn) -> dict[str, Any]:
    """Slots this message made known, as facts of the conversation, with their kind."""
    facts: dict[str, Any] = {}
    source = {"seq": turn.said.seq} if turn.said.seq else {}
    for name, slot in turn.flow.slots.items():
        value = turn.slots.get(name)
        is_old = turn.started.get(name) == value and not slot.source
        if not value or slot.kind == "file" or is_old:
            continue
        shown = turn.values.get(name) or asking.valued(slot, value)
        if isinstance(shown, Mapping) and "label" in shown:
            value = render(shown, turn.language, turn.around.zone)
        is_verified = slot.kind == "order" or name in turn.prefilled
        facts[slot.fact or name] = {"value": value, "kind": slot.kind, "verified": is_verified, **source}
        if slot.kind == "order" and isinstance(shown, Mapping) and "status" in shown:
            facts["order_status"] = {"value": str(shown["status"]), "kind": "choice", "verified": True, **source}
    return facts
