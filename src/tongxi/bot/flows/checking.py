"""What is wrong with a flow beyond its shape: names, order of steps, tools and their arguments. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tongxi.bot.flows.expressions import paths
from tongxi.bot.flows.models import (
    MAX_DEPTH,
    MAX_STEPS,
    Ask,
    Branch,
    Confirm,
    End,
    Flow,
    HandOff,
    Place,
    Read,
    Say,
    Show,
    Slot,
    Step,
    Write,
    walk,
)
from tongxi.connectors.business import CANONICAL
from tongxi.connectors.orders import GET_ORDER
from tongxi.connectors.schema import may_take_forever

Known = Callable[[str], str | None]
"""Name of a tool → its effect (`read`, `write`), or None when no connected system offers it."""

Mistake = tuple[Place, str, dict[str, str]]


def mistakes(flow: Flow, known: Known | None) -> Iterator[Mistake]:
    """What the shape alone does not tell."""
    everything = list(walk(flow.steps))
    if len(everything) > MAX_STEPS:
        yield ("steps",), "too_many", {"max": str(MAX_STEPS)}
    for place, _ in everything:
        if place.count("branch") > MAX_DEPTH:
            yield place, "too_deep", {"max": str(MAX_DEPTH)}
            return
    yield from _ids(everything, flow)
    yield from _order(flow.steps, ("steps",), set(flow.slots), set(), flow, known)
    yield from _slots(flow, {one.ask for _, one in everything if isinstance(one, Ask)})


def _ids(everything: Sequence[tuple[Place, Any]], flow: Flow) -> Iterator[Mistake]:
    seen: set[str] = set(flow.slots)
    for place, step in everything:
        for key in ("read", "confirm", "write"):
            name = getattr(step, key, None)
            if isinstance(name, str):
                if name in seen or name in ("contact", "fact", "today"):
                    yield (*place, key), "double_id", {"id": name}
                seen.add(name)


def _slots(flow: Flow, asked: set[str]) -> Iterator[Mistake]:
    for name, slot in flow.slots.items():
        place: Place = ("slots", name)
        if name not in asked:
            yield place, "slot_never_asked", {"slot": name}
        if slot.kind == "choice" and not slot.options and not slot.source:
            yield place, "no_options", {"slot": name}
        if slot.kind == "time_slot" and not slot.source:
            yield place, "no_source", {"slot": name}
        if slot.pattern:
            try:
                re.compile(slot.pattern)
            except re.error as error:
                yield (*place, "pattern"), "bad_pattern", {"reason": str(error)}
            if may_take_forever(slot.pattern):
                yield (*place, "pattern"), "slow_pattern", {}
        for field in ("rest", "may_ask"):
            if getattr(slot, field) and slot.kind != "text":
                yield (*place, field), "only_of_text", {"field": field}
        yield from _ranges(slot, place)
        values = [one.value for one in slot.options]
        if len(values) != len(set(values)):
            yield (*place, "options"), "double_option", {"slot": name}


def _ranges(slot: Slot, place: Place) -> Iterator[Mistake]:
    """Bounds between which nothing lies."""
    bounds = [
        ((*place, "max_chars"), slot.min_chars, slot.max_chars),
        ((*place, "at_most"), slot.at_least, slot.at_most),
        ((*place, "days_ahead"), *(slot.days_ahead or (None, None))),
        *(((*place, "options", n, "below"), one.at_least, one.below) for n, one in enumerate(slot.options)),
    ]
    for where, least, most in bounds:
        if least is not None and most is not None and least > most:
            yield where, "empty_range", {"least": f"{least:g}", "most": f"{most:g}"}


def _order(
    steps: Sequence[Step], place: Place, slots: set[str], known_ids: set[str], flow: Flow, known: Known | None
) -> Iterator[Mistake]:
    """Steps in the order they are taken: what a step names must have been asked for or looked up before it."""
    confirmed: Confirm | None = None
    for index, step in enumerate(steps):
        here = (*place, index)
        match step:
            case Ask():
                slot = flow.slots.get(step.ask)
                if slot is None:
                    yield (*here, "ask"), "unknown_slot", {"slot": step.ask}
                    continue
                if slot.source and slot.source.split(".")[0] not in known_ids:
                    yield ("slots", step.ask, "source"), "unknown_name", {"name": slot.source}
                root = slot.prefill.split(".")[0] if slot.prefill else "contact"
                if root not in known_ids | {"contact", "fact"}:
                    yield ("slots", step.ask, "prefill"), "unknown_name", {"name": slot.prefill}
                known_ids = known_ids | {step.ask}
            case Read() | Write():
                is_write = isinstance(step, Write)
                name = step.write if isinstance(step, Write) else step.read
                yield from _tool(step.tool, here, "write" if is_write else "read", flow, known)
                yield from _named(step.arguments, (*here, "arguments"), known_ids)
                yield from _arguments(step, here)
                if isinstance(step, Write):
                    if confirmed is None:
                        yield (*here, "write"), "write_without_confirm", {"step": name}
                    confirmed = None
                    words = [step.done, *step.refused.values()]
                    for one in words:
                        yield from _named({"zh": one.zh, "en": one.en}, (*here, "done"), known_ids | {name})
                known_ids = known_ids | {name}
            case Confirm():
                if confirmed is not None:
                    yield (*here, "confirm"), "confirm_without_write", {"step": confirmed.confirm}
                follower = steps[index + 1] if index + 1 < len(steps) else None
                if not isinstance(follower, Write):
                    yield (*here, "confirm"), "confirm_without_write", {"step": step.confirm}
                confirmed = step
                texts = [step.title, *([step.price] if step.price else []), *(row.label for row in step.rows)]
                named = [text for words in texts for text in (words.zh, words.en)]
                for cell in (cell for row in step.rows for cell in (row.old, row.new)):
                    named += [cell] if isinstance(cell, str) else [cell.zh, cell.en]
                yield from _named({str(i): text for i, text in enumerate(named)}, here, known_ids)
            case Branch():
                for number, case in enumerate(step.branch):
                    inside = (*here, "branch", number)
                    for path in case.when:
                        if path.split(".")[0] not in known_ids | {"contact", "fact"}:
                            yield (*inside, "when", path), "unknown_name", {"name": path}
                    yield from _order(case.steps, (*inside, "steps"), slots, set(known_ids), flow, known)
                known_ids = known_ids | _made(step)
            case Show():
                is_order = any(
                    isinstance(one, Read) and one.read == step.of and one.tool == GET_ORDER
                    for _, one in walk(flow.steps)
                )
                if not is_order:
                    yield (*here, "of"), "not_an_order", {"step": step.of}
            case Say():
                yield from _named({"zh": step.say.zh, "en": step.say.en}, (*here, "say"), known_ids)
            case HandOff():
                yield from _named({"zh": step.hand_off.zh, "en": step.hand_off.en}, (*here, "hand_off"), known_ids)
            case End():
                pass
        if isinstance(step, (HandOff, End)) and index + 1 < len(steps):
            yield (*place, index + 1), "never_reached", {}


def _made(branch: Branch) -> set[str]:
    """Names that may be known after a branch: missing ones are empty."""
    return {
        name
        for case in branch.branch
        for _, step in walk(case.steps)
        for name in (getattr(step, "read", None), getattr(step, "write", None), getattr(step, "ask", None))
        if name
    }


def _named(template: Any, place: Place, known_ids: set[str]) -> Iterator[Mistake]:
    for path in paths(template):
        if path.split(".")[0] not in known_ids | {"contact", "fact", "today"}:
            yield place, "unknown_name", {"name": path}


def _tool(tool: str, here: Place, effect: str, flow: Flow, known: Known | None) -> Iterator[Mistake]:
    shape = CANONICAL.get(tool)
    found = shape.effect if shape else (known(tool) if known else effect)
    if found is None:
        yield (*here, "tool"), "unknown_tool", {"tool": tool}
    elif found != effect:
        yield (*here, "tool"), "wrong_effect", {"tool": tool, "effect": found}
    if flow.for_ == "anyone" and not (shape and shape.for_anyone):
        yield (*here, "tool"), "tool_needs_sign_in", {"tool": tool}


def _arguments(step: Read | Write, here: Place) -> Iterator[Mistake]:
    """Arguments a canonical tool does not take, or must have."""
    shape = CANONICAL.get(step.tool)
    if shape is None:
        return
    fields: dict[str, Any] = shape.arguments.model_fields
    for name in step.arguments:
        if name not in fields:
            yield (*here, "arguments", name), "unknown_argument", {"argument": name, "tool": step.tool}
    for name, field in fields.items():
        if field.is_required() and name not in step.arguments:
            yield (*here, "arguments"), "missing_argument", {"argument": name, "tool": step.tool}
