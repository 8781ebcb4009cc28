"""What a message makes known: values of slots, put right where the customer corrects them, and kept as facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tongxi.bot.flows import amending, asking, dates, picking, reading, replies, wordings
from tongxi.bot.flows.expressions import render
from tongxi.bot.flows.models import Slot
from tongxi.bot.flows.step import SKIP
from tongxi.bot.memory import Offer
from tongxi.kit.i18n import t

if TYPE_CHECKING:
    from tongxi.bot.flows.engine import Turn


SHORT = 30
"""Characters up to which a correction may stand in place of an answer in free words."""
FIRM = ("phone", "email")
"""Kinds that are taken even out of an answer in free words."""


def fill(turn: Turn) -> None:
    """Take values out of the message: the answer to the open question, and whatever else stands there."""
    text = turn.said.text
    if _chooses_again(turn, text):
        return
    corrects = replies.corrects(text)
    reply = turn.said.quick_reply or ""
    is_order = _is_about_orders(turn) and picking.puts_right(turn, text)
    answer = None if is_order else _answer(turn, text)
    is_free = answer is not None and turn.asked is not None and turn.flow.slots[turn.asked].kind == "text"
    for name, slot in turn.flow.slots.items():
        if slot.kind == "order" or is_order:
            continue  # chosen among the customer's own when it is asked for
        if reply.startswith(f"slot:{name}:"):
            _set(turn, name, reply.removeprefix(f"slot:{name}:"))
            continue
        if slot.kind == "file" and turn.said.attachments:
            _set(turn, name, str(turn.said.attachments))
            continue
        if name == turn.asked:
            found = answer
            if slot.kind == "address" and _amends(turn, name, slot, text):
                continue
        else:
            if not turn.is_first and _said_by_name(turn, name, slot, text):
                continue
            if is_free and slot.kind not in FIRM:
                continue
            if slot.kind in _FREE and _amends(turn, name, slot, text):
                continue
            if slot.only_when_asked:
                continue
            if slot.rest and (turn.is_first or turn.shown):
                if rest := wordings.rest_of(turn.flow, text)[: slot.max_chars]:
                    _set(turn, name, rest)
                continue
            if slot.kind == "time_slot" and name in turn.slots and _moves(turn, text):
                turn.slots.pop(name)
                turn.corrected = True
                continue
            found = reading.find(slot, text, turn.today)
        if found is None:
            is_named = corrects and not turn.is_first and replies.names(text, slot)
            if is_named and name in turn.slots:
                turn.clear(name)
            continue
        if name not in turn.slots or (not turn.is_first and turn.slots[name] != found):
            _set(turn, name, found)
    if turn.learnt and turn.asked in turn.slots and turn.position.offered:
        turn.remember(turn.asked)


_FREE = ("address", "text", "name", "order_number")
"""Kinds of which a part may be put right."""


def _is_about_orders(turn: Turn) -> bool:
    return any(slot.kind == "order" for slot in turn.flow.slots.values())


def _answer(turn: Turn, text: str) -> str | None:
    """What the message says to the open question."""
    slot = turn.flow.slots.get(turn.asked or "")
    if slot is None or slot.kind == "order" or (slot.kind == "text" and _changes_choice(turn, text)):
        return None
    return _taken(turn, slot, text)


def _changes_choice(turn: Turn, text: str) -> bool:
    """ "算了，开个人的吧" in place of free words: a choice made before is made again."""
    if len(text) > SHORT or not (replies.corrects(text) or replies.reconsiders(text)):
        return False
    known = ((name, slot) for name, slot in turn.flow.slots.items() if slot.options and turn.slots.get(name))
    return any(reading.find(slot, text, turn.today) not in (None, turn.slots[name]) for name, slot in known)


def _chooses_again(turn: Turn, text: str) -> bool:
    """ "No, the second one", when the flow has moved on: of the choices of the question before."""
    if not turn.position.chosen or turn.is_first or turn.said.quick_reply:
        return False
    is_put_right = amending.puts_right(text) or replies.corrects(text)
    if not replies.only_place(text) or (turn.position.offered and not is_put_right):
        return False
    for before in turn.position.chosen:  # of the newest question to which it is another answer than was given
        found = reading.by_place(text, before.offered)
        if found is not None and turn.slots.get(before.slot, found) != found:
            _set(turn, before.slot, found)
            turn.chosen_again = True
            return True
    return False


def _said_by_name(turn: Turn, name: str, slot: Slot, text: str) -> bool:
    """A value that is put right with its name in front of it: "时间改成晚上", "change the day to the 26th"."""
    rest = replies.said_of(text, slot)
    if not rest or slot.kind in ("order", "file") or (slot.source and slot.kind != "time_slot"):
        return False
    if slot.kind == "time_slot":
        return False  # narrowed among the free times
    offered = [
        Offer(value=one.value, label=one.text(turn.language), words="\n".join((one.zh, one.en, *one.words)))
        for one in slot.options
    ]
    known = turn.slots.get(name)
    found = (amending.replaced(known, text) if known else None) or reading.take(slot, rest, turn.today, offered)
    if found is None or not reading.valid(slot, found, turn.today):
        return False
    _set(turn, name, found)
    return True


def _moves(turn: Turn, text: str) -> bool:
    """Another time is named for one that is chosen already."""
    return dates.names_time(text) and (turn.asked is None or amending.puts_right(text) or replies.corrects(text))


def _amends(turn: Turn, name: str, slot: Slot, text: str) -> bool:
    """Put a part of a known value right; of an address, where it is not clear which part, ask for all of it."""
    known = turn.slots.get(name)
    if not known or turn.is_first or not (turn.asked in (None, name) or amending.puts_right(text)):
        return False
    if (whole := amending.replaced(known, text)) is not None:
        _set(turn, name, whole)
        return True
    if slot.kind != "address":
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
    if slot.optional and (turn.said.quick_reply == SKIP or replies.skips(text)):
        return ""
    if slot.kind == "time_slot":
        fitting = dates.by_time(text, turn.position.offered, turn.today)
        if len(fitting) == 1:
            return fitting[0].value
    if slot.rest:
        return wordings.rest_of(turn.flow, text)[: slot.max_chars] or None
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
