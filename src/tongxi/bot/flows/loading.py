"""Reads a flow from YAML and says what is wrong with it: the line, and a plain reason. Pure.

Nothing of a flow with a problem is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

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
    Step,
    Write,
    walk,
)
from tongxi.connectors.business import CANONICAL
from tongxi.connectors.orders import GET_ORDER
from tongxi.kit.errors import Invalid

MAX_CHARS = 200_000
MAX_PROBLEMS = 40
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Known = Callable[[str], str | None]
"""Name of a tool → its effect (`read`, `write`), or None when no connected system offers it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong."""

    line: int
    """From 1."""
    code: str
    """Text: `flow.problem.<code>`."""
    where: str
    """Path in the document, e.g. `steps.3.confirm`."""
    params: dict[str, str]


class FlowInvalid(Invalid):
    """The flow has mistakes; nothing was stored or published."""

    code = "flow_invalid"


def load(source: str, known: Known | None = None) -> Flow:
    """The flow of a YAML document. `known`: also check that its tools exist. Raises: `FlowInvalid` with `problems`."""
    flow, problems = check(source, known)
    if flow is None or problems:
        raise FlowInvalid(problems=[describe(one) for one in problems])
    return flow


def load_again(source: str) -> Flow:
    """`load` for what read well before, shipped or stored: by libyaml where it is there, ten times as fast.

    Checked as fully as anything else. What is wrong is said by the parser that everybody has. Raises: `FlowInvalid`.
    """
    flow, problems = _checked(source, None, _FAST)
    return load(source) if flow is None or problems else flow


def describe(problem: Problem) -> dict[str, Any]:
    """As it goes out."""
    return {"line": problem.line, "code": problem.code, "where": problem.where, "params": problem.params}


def check(source: str, known: Known | None = None) -> tuple[Flow | None, list[Problem]]:
    """The flow, and everything that is wrong with the document, first line first."""
    return _checked(source, known, yaml.SafeLoader)


def _checked(source: str, known: Known | None, loader: Any) -> tuple[Flow | None, list[Problem]]:
    if len(source) > MAX_CHARS:
        return None, [Problem(1, "too_long", "", {"max": str(MAX_CHARS)})]
    try:
        root = yaml.compose(source, Loader=loader)
        lines = _Lines(root)
        if (double := next(lines.doubles(), None)) is not None:
            return None, [double]
        document = yaml.load(source, Loader=loader)  # noqa: S506 - one of the two safe ones
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, [Problem((mark.line if mark else 0) + 1, "yaml", "", {"reason": error.problem or "?"})]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, [Problem(1, "yaml", "", {"reason": type(error).__name__})]
    if not isinstance(document, dict):
        return None, [Problem(1, "no_mapping", "", {})]
    try:
        flow = Flow.model_validate(document)
    except ValidationError as error:
        return None, sorted(
            (_translated(one, lines) for one in error.errors()[:MAX_PROBLEMS]), key=lambda one: one.line
        )
    found = [Problem(lines.of(place), code, _dotted(place), params) for place, code, params in _mistakes(flow, known)]
    return (None if found else flow), sorted(found, key=lambda one: one.line)[:MAX_PROBLEMS]


def step_lines(source: str) -> dict[str, tuple[int, int]]:
    """First and last line of every step of a document that reads well, by its dotted place; from 1."""
    root, lines = yaml.compose(source, Loader=yaml.SafeLoader), source.splitlines()
    found: dict[str, tuple[int, int]] = {}

    def look(node: yaml.Node | None, place: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                look(value, f"{place}.{key.value}" if place else str(key.value))
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                # A block ends where the next token begins; anything else ends on its own line.
                is_block = isinstance(value, yaml.CollectionNode) and not value.flow_style
                first, last = value.start_mark.line + 1, value.end_mark.line + (not is_block)
                while last > first and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
                    last -= 1
                found[f"{place}.{number}"] = (first, max(first, last))
                look(value, f"{place}.{number}")

    look(root, "")
    return found


class _Lines:
    """Where in the source a part of the document stands."""

    def __init__(self, root: yaml.Node | None) -> None:
        self._root = root

    def of(self, place: Sequence[int | str]) -> int:
        """Line of the innermost part of `place` that is there; pydantic's own marks in it are passed over."""
        node = self._root
        line = node.start_mark.line + 1 if node else 1
        for number, part in enumerate(place):
            child = self._child(node, part)
            # The kind of a step stands in a place beside its fields, and is a key of its own in the source.
            after = place[number + 1] if number + 1 < len(place) else None
            is_kind = child is not None and isinstance(part, str) and isinstance(after, str)
            if is_kind and child and not self._child(child[1], after or "") and self._child(node, after or ""):
                continue
            if child is not None:
                node = child[1]
                line = child[0] + 1
        return line

    @staticmethod
    def _child(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
            return child.start_mark.line, child
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    return key.start_mark.line, value
        return None

    def doubles(self) -> Iterator[Problem]:
        """Keys that stand twice in one mapping: the first would be lost silently."""
        nodes = [self._root] if self._root else []
        seen: set[int] = set()
        while nodes:
            node = nodes.pop()
            if id(node) in seen:  # an alias: also keeps a document from unfolding without end
                yield Problem(node.start_mark.line + 1, "alias", "", {})
                return
            seen.add(id(node))
            if isinstance(node, yaml.MappingNode):
                keys: set[str] = set()
                for key, value in node.value:
                    if key.value in keys:
                        yield Problem(key.start_mark.line + 1, "double_key", str(key.value), {"key": str(key.value)})
                    keys.add(str(key.value))
                    nodes.append(value)
            elif isinstance(node, yaml.SequenceNode):
                nodes.extend(node.value)


_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "unknown_step": "unknown_step",
    "literal_error": "not_one_of",
    "string_too_long": "too_long",
    "string_too_short": "empty",
    "too_short": "empty",
    "too_long": "too_many",
    "string_pattern_mismatch": "bad_name",
}


def _translated(error: Any, lines: _Lines) -> Problem:
    place = tuple(error["loc"])
    code = _CODES.get(error["type"], "wrong")
    context = error.get("ctx") or {}
    params = {"field": str(place[-1]) if place else "", "reason": str(error["msg"])}
    if "expected" in context:
        params["expected"] = str(context["expected"])
    if code == "too_long":
        params["max"] = str(context.get("max_length", ""))
    return Problem(lines.of(place), code, _dotted(place), params)


def _dotted(place: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in place)


Mistake = tuple[Place, str, dict[str, str]]


def _mistakes(flow: Flow, known: Known | None) -> Iterator[Mistake]:
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
        values = [one.value for one in slot.options]
        if len(values) != len(set(values)):
            yield (*place, "options"), "double_option", {"slot": name}


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
