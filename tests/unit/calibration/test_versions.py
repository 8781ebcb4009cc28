"""A certificate is bound to everything that computes the score, and to nothing beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tongxi.calibration import versions
from tongxi.calibration.plan import Versions
from tongxi.calibration.versions import PACKAGE, PHRASING, SCORE, WRITING, Running

HARMLESS = {
    "kit/clock.py", "kit/db.py", "kit/errors.py", "kit/i18n.py", "kit/logging.py", "knowledge/queries.py",
    "settings.py",
}  # fmt: skip
"""Imported by the search without a say in the score."""


def _imports(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse((PACKAGE / module).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tongxi"):
            yield node.module or ""
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _behind(module: str) -> set[str]:
    """Files of the package that a file leans on, with itself."""
    found, open_ = set(), [module]
    while open_:
        here = open_.pop()
        if here in found:
            continue
        found.add(here)
        for name in _imports(here):
            place = name.removeprefix("tongxi.").replace(".", "/")
            open_ += [file for file in (f"{place}.py", f"{place}/__init__.py") if (PACKAGE / file).is_file()]
    return found


def test_whatever_the_search_leans_on_is_hashed() -> None:
    leaned_on = {file for file in _behind("knowledge/index.py") if not file.endswith("__init__.py")}
    assert leaned_on - HARMLESS - set(SCORE) == set()


@pytest.mark.parametrize("place", [*SCORE, *PHRASING, *WRITING])
def test_what_is_hashed_is_there(place: str) -> None:
    assert (PACKAGE / place).exists()


def test_topics_are_codes_whatever_a_collection_is_called() -> None:
    assert versions.topic_of(" 售后 / 退换 ") == "售后-退换"
    assert versions.topic_of("") == versions.topic_of("///") == "general"
    assert versions.topic_of("Returns & Refunds") == "returns-refunds"
    assert len(versions.topic_of("长" * 200)) == 80
    assert versions.group_name("returns", "zh-Hant") == "returns.zh"


def test_a_group_sees_its_own_topic_only() -> None:
    running = Running(knowledge={"a": "1", "b": "2"}, score="s", policy="p", model="m")
    assert running.of("a.zh") == Versions("1", "s", "p", "m")
    assert running.of("a.zh") == running.of("a.en")
    assert running.of("unknown.zh").knowledge == ""
    assert versions.digest(running.of("a.zh")) != versions.digest(running.of("b.zh"))


def test_the_names_of_what_changed() -> None:
    old = Versions("1", "s", "p", "m")
    assert old.changed(old) == ()
    assert old.changed(Versions("1", "t", "p", "n")) == ("score", "model")
