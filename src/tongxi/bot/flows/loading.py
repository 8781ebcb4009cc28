"""Reads a flow from YAML and says what is wrong with it: the line, and a plain reason. Pure.

Nothing of a flow with a problem is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from tongxi.bot.flows.checking import Known, mistakes
from tongxi.bot.flows.models import Flow
from tongxi.bot.flows.source_lines import Lines
from tongxi.kit.errors import Invalid

MAX_CHARS = 200_000
MAX_PROBLEMS = 40
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        lines = Lines(root)
        if (double := next(lines.doubles(), None)) is not None:
            line, code, key = double
            return None, [Problem(line, code, key, {"key": key} if key else {})]
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
    found = [Problem(lines.of(place), code, _dotted(place), params) for place, code, params in mistakes(flow, known)]
    return (None if found else flow), sorted(found, key=lambda one: one.line)[:MAX_PROBLEMS]


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


def _translated(error: Any, lines: Lines) -> Problem:
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
