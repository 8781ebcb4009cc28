"""The questions of a flow: what is known already, what there is to choose from, how it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tongxi.bot.flows import amending, dates, picking, reading, replies
from tongxi.bot.flows.expressions import fill, plain, resolve
from tongxi.bot.flows.models import MAX_TRIES, Slot
from tongxi.bot.flows.step import SKIP, FlowStep, Stop
from tongxi.bot.memory import Offer
from tongxi.decisions import Reason
from tongxi.kit.i18n import t

if TYPE_CHECKING:
    from tongxi.bot.flows.engine import Turn

ORDER_ADDRESS = "order.address"
"""Where the address that an order has now stands among the values."""
MAX_OFFERS = 8
MAX_INPUT_OPTIONS = 24
"""In a native input, which has room for more than buttons."""


async def ask(turn: Turn, name: str, slot: Slot) -> None:
    """Make a slot known, or ask for it."""
    if slot.kind == "order":
        turn.values[name] = await picking.pick_order(turn, name, slot)
        return
    offers = _offers(turn, slot)
    if slot.prefill and name not in turn.cleared and name != turn.asked:
        known = str(plain(resolve(turn.values, slot.prefill)) or "")
        if known and turn.slots.get(name, known) == known and reading.valid(slot, known, turn.today):
            turn.slots[name] = known
            turn.prefilled.add(name)
    value = turn.slots.get(name)
    if value == "" and slot.optional:
        turn.values[name] = None
        return
    if value is not None:
        if slot.source or (slot.kind == "choice" and not slot.options):
            member = next((one for one in _members(turn, slot) if str(one.get(slot.value)) == value), None)
            if member is not None:
                label = next(one.label for one in offers if one.value == value)
                turn.values[name] = {**member, "value": value, "label": label}
                return
            turn.slots.pop(name)  # gone meanwhile
            problem = t(turn.language, "flow.gone")
            raise Stop(_question(turn, name, slot, offers, problem=problem))
        if reading.valid(slot, value, turn.today):
            turn.values[name] = valued(slot, value)
            return
        turn.slots.pop(name)
        problem = turn.words(slot.problem) if slot.problem else t(turn.language, "flow.unusable")
        raise Stop(_question(turn, name, slot, offers, problem=problem))
    if slot.kind == "address" and name == turn.asked and (part := _part_of_order(turn)) is not None:
        if part:
            turn.slots[name] = part
            await ask(turn, name, slot)
            return
        known = str(plain(resolve(turn.values, ORDER_ADDRESS)))
        raise Stop(_question(turn, name, slot, offers, problem=t(turn.language, "flow.which_part", address=known)))
    if slot.source and not offers:
        words = turn.words(slot.none) if slot.none else t(turn.language, "flow.nothing_to_choose")
        raise Stop(turn.over("refused", words, offer_person=True, reasons=(Reason(code="nothing_to_choose"),)))
    if slot.source and len(offers) == 1 and slot.kind == "choice":
        turn.slots[name] = offers[0].value
        await ask(turn, name, slot)
        return
    if slot.optional and _is_passed_over(turn, name):
        turn.slots[name] = ""
        turn.values[name] = None
        return
    if slot.kind == "time_slot" and name == turn.asked and dates.day_in(turn.said.text, turn.today) is None:
        shown = {one.value for one in turn.position.offered}  # of the day that was named before
        offers = [one for one in offers if one.value in shown] or offers
    narrowed = dates.by_time(turn.said.text, offers, turn.today) if slot.kind == "time_slot" else []
    if len(narrowed) == 1 and name not in turn.cleared:
        turn.slots[name] = narrowed[0].value
        await ask(turn, name, slot)
        return
    problem = ""
    if slot.kind == "time_slot" and not narrowed and dates.names_time(turn.said.text):
        narrowed = dates.on_day(turn.said.text, offers, turn.today)
        problem = turn.words(slot.problem) if slot.problem else t(turn.language, "flow.time_not_free")
    raise Stop(_question(turn, name, slot, narrowed or offers, problem=problem))


def _is_passed_over(turn: Turn, name: str) -> bool:
    """An optional question that got no answer is let go of: when the customer went on, or was asked twice."""
    if turn.asked != name or replies.question(turn.said.text) or name in turn.cleared:
        return False
    return turn.learnt or turn.position.tries > 1


def _part_of_order(turn: Turn) -> str | None:
    """The order's present address with the part the message puts right, as `amending.amended` gives it."""
    known = str(plain(resolve(turn.values, ORDER_ADDRESS)) or "")
    return amending.amended(known, turn.said.text) if known else None


def valued(slot: Slot, value: str) -> Any:
    """A value as later steps see it: a choice with its name."""
    option = next((one for one in slot.options if one.value == value), None)
    return {"value": value, "label": {"zh": option.zh, "en": option.en}} if option else value


def _members(turn: Turn, slot: Slot) -> list[Mapping[str, Any]]:
    found = resolve(turn.values, slot.source) if slot.source else None
    return [one for one in found or () if isinstance(one, Mapping)]


def _offers(turn: Turn, slot: Slot) -> list[Offer]:
    """What there is to choose from."""
    if slot.options:
        return [
            Offer(value=one.value, label=one.text(turn.language), words="\n".join((one.zh, one.en, *one.words)))
            for one in slot.options
        ]
    offers = []
    for one in _members(turn, slot)[:24]:
        label = slot.label.text(turn.language) if slot.label else "{" + slot.value + "}"
        starts = one.get("starts_at")
        when = starts.astimezone(ZoneInfo(turn.around.zone)) if isinstance(starts, datetime) else None
        words = when.strftime("%Y-%m-%dT%H:%M") if when else ""
        shown = fill(label, one, turn.language, turn.around.zone)
        if when is not None:
            shown = shown.replace("[day]", t(turn.language, f"weekday.{when.weekday()}"))
        offers.append(Offer(value=str(one.get(slot.value, "")), label=shown, words=words))
    return offers


def _question(turn: Turn, name: str, slot: Slot, offers: Sequence[Offer], *, problem: str = "") -> FlowStep:
    tries = turn.tries(name)
    if tries > MAX_TRIES:
        return turn.stuck(tries)
    text = turn.words(slot.ask)
    if tries > 1 and not problem and not turn.corrected and not turn.learnt:
        unclear = t(turn.language, "flow.not_clear") if offers and not slot.source else ""
        problem = turn.words(slot.problem) if slot.problem else unclear
    shown = list(offers)[:MAX_OFFERS]
    replies = [{"id": f"slot:{name}:{one.value}", "label": one.label} for one in shown]
    if slot.optional:
        replies.append({"id": SKIP, "label": t(turn.language, "flow.skip")})
    entry: dict[str, Any] = {"kind": slot.kind, "slot": name, "label": slot.title.text(turn.language)}
    if shown:
        is_time = slot.kind == "time_slot"
        entry["options"] = [
            {"id": f"slot:{name}:{one.value}", "label": one.label, "at": one.words[:16] if is_time else None}
            for one in list(offers)[:MAX_INPUT_OPTIONS]
        ]
    if slot.days_ahead:
        first, last = slot.days_ahead
        entry["min"] = (turn.today + timedelta(days=first)).isoformat()
        entry["max"] = (turn.today + timedelta(days=last)).isoformat()
    content = {**turn.content, "input": entry}
    if replies:
        content["quick_replies"] = replies
    reason = Reason(code="flow_asks", value=float(tries), name=name)
    return turn.waiting(f"ask:{name}", text, content, tries, offers, (reason,), problem=problem)
