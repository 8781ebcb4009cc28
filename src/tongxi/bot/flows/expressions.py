"""Paths, templates and conditions of a flow: names of known values, nothing that could be run. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from tongxi.bot.flows.models import Compare, Test, When
from tongxi.connectors.protocol import Document
from tongxi.kit.i18n import has, t

PATH = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*")
_PLACE = re.compile(r"\{([a-z_][a-z0-9_.]*)\}")
_CURRENCIES = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "¥"}


def paths(template: Any) -> Iterator[str]:
    """Every path named in a template, or in the templates of a mapping."""
    if isinstance(template, str):
        yield from _PLACE.findall(template)
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from paths(value)


def resolve(values: Mapping[str, Any], path: str) -> Any:
    """The value at a path; None when there is none."""
    found: Any = values
    for part in path.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def plain(value: Any) -> Any:
    """A value as tools take it: a choice by its value, an order by its number."""
    if isinstance(value, Mapping):
        for key in ("value", "number", "reference", "id"):
            if key in value:
                return value[key]
    return value


def argument(template: Any, values: Mapping[str, Any], language: str, zone: str) -> Any:
    """An argument of a tool: a template that is one place keeps the type of its value."""
    if isinstance(template, Mapping):
        return {key: argument(one, values, language, zone) for key, one in template.items()}
    if not isinstance(template, str):
        return template
    if whole := _PLACE.fullmatch(template):
        return plain(resolve(values, whole[1]))
    return fill(template, values, language, zone)


def fill(template: str, values: Mapping[str, Any], language: str, zone: str) -> str:
    """The template with its places filled; what is filled in is never read as a template."""
    return _PLACE.sub(lambda place: render(resolve(values, place[1]), language, zone), template)


def fill_with(template: str, values: Mapping[str, Any], shown: Mapping[str, str], language: str, zone: str) -> str:
    """As `fill`, with paths that were rendered before (`shown`) put in as they were."""

    def put(place: re.Match[str]) -> str:
        path = place[1]
        return shown[path] if path in shown else render(resolve(values, path), language, zone)

    return _PLACE.sub(put, template)


def render(value: Any, language: str, zone: str) -> str:
    """A value as people read it."""
    match value:
        case None:
            return ""
        case bool():
            return t(language, "flow.yes" if value else "flow.no")
        case datetime():
            return value.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:,.2f}"
        case str():
            key = f"order.status.{value}"
            return t(language, key, raw=value) if has(key) else value
        case Mapping():
            if {"amount", "currency"} <= value.keys():
                mark = _CURRENCIES.get(str(value["currency"]), f"{value['currency']} ")
                return f"{mark}{Decimal(value['amount']):,.2f}"
            if {"zh", "en"} <= value.keys():
                first, other = ("zh", "en") if language == "zh" else ("en", "zh")
                return str(value[first] or value[other])
            if {"title", "expires_at"} <= value.keys():
                title, until = (render(value[key], language, zone) for key in ("title", "expires_at"))
                return t(language, "flow.until", title=title, until=until)
            if "label" in value:
                return render(value["label"], language, zone)
            return render(plain(value), language, zone) if plain(value) is not value else ""
        case list() | tuple():
            mark = "、" if language == "zh" else ", "
            return mark.join(part for one in value if (part := render(one, language, zone)))
        case _:
            return str(value)


def holds(when: When, values: Mapping[str, Any]) -> bool:
    """Whether all conditions hold."""
    return all(_meets(plain(resolve(values, path)), test) for path, test in when.items())


def _meets(value: Any, test: Test) -> bool:
    match test:
        case Compare():
            return _compares(value, test)
        case tuple():
            return any(_same(value, one) for one in test)
        case _:
            return _same(value, test)


def _compares(value: Any, test: Compare) -> bool:
    if test.is_ is not None and (value in (None, "", (), [], {}) or value is False) != (test.is_ == "empty"):
        return False
    if test.not_ is not None and any(_same(value, one) for one in test.not_):
        return False
    if test.at_least is None and test.below is None:
        return True
    try:
        number = float(len(value) if isinstance(value, (list, tuple)) else value)
    except (TypeError, ValueError):
        return False
    return (test.at_least is None or number >= test.at_least) and (test.below is None or number < test.below)


def _same(value: Any, wanted: str | int | bool) -> bool:
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    return value is not None and str(value) == str(wanted)


def data(value: BaseModel) -> dict[str, Any]:
    """A result of a system as values for paths."""
    return value.data if isinstance(value, Document) else value.model_dump()
