"""A flow with a mistake is refused with its line and a plain reason; nothing of it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tongxi.bot.flows.loading import FlowInvalid, check, load, load_again
from tongxi.bot.flows.registry import shipped
from tongxi.bot.flows.source_lines import step_lines
from tongxi.kit.i18n import has

EXAMPLES = Path(__file__).parents[4] / "examples"
GOOD = """\
name: trial
title: {zh: 试办, en: Trial}
about: {zh: 试办, en: Trial}
slots:
  order: {kind: order, title: {zh: 订单, en: Order}, ask: {zh: 哪个, en: Which}}
steps:
  - ask: order
  - confirm: check
    title: {zh: 核对, en: Check}
    rows: [{label: {zh: 订单, en: Order}, new: "{order.number}"}]
  - write: gone
    tool: orders.cancel
    arguments: {number: "{order}"}
    done: {zh: 好了, en: Done}
    refused: {other: {zh: 没有取消, en: Not cancelled}}
"""
CONFIRM = GOOD[GOOD.index("  - confirm") : GOOD.index("  - write")]
WRITE = GOOD[GOOD.index("  - write") :]


@pytest.mark.parametrize(
    ("source", "line", "code"),
    [
        ("name: [", 1, "yaml"),
        ("- a list", 1, "no_mapping"),
        ("", 1, "no_mapping"),
        ("a: &x 1\nb: *x", 1, "alias"),
        (GOOD.replace("name: trial", "name: Trial!"), 1, "bad_name"),
        (GOOD.replace("title: {zh: 试办, en: Trial}", "title: {zh: 试办}", 1), 2, "missing"),
        (GOOD + "about: {zh: 二, en: two}\n", 16, "double_key"),
        (GOOD.replace("kind: order", "kind: oder"), 5, "not_one_of"),
        (GOOD.replace("  - ask: order\n", "  - aks: order\n"), 7, "unknown_step"),
        (GOOD.replace("  - ask: order\n", "  - ask: order\n    loud: true\n"), 8, "unknown_field"),
        (GOOD.replace("  - ask: order\n", "  - ask: parcel\n"), 7, "unknown_slot"),
        (GOOD.replace('"{order.number}"', '"{parcel.number}"'), 8, "unknown_name"),
        (GOOD.replace(CONFIRM, ""), 8, "write_without_confirm"),
        (GOOD.replace(WRITE, ""), 8, "confirm_without_write"),
        (GOOD.replace("tool: orders.cancel", "tool: orders.list"), 12, "wrong_effect"),
        (GOOD.replace("{number: ", "{nummer: "), 13, "unknown_argument"),
        (GOOD.replace('{number: "{order}"}', "{}"), 13, "missing_argument"),
        (GOOD.replace("refused: {other: ", "refused: {shipped: "), 15, "wrong"),
        (GOOD.replace("slots:", "for: anyone\nslots:"), 13, "tool_needs_sign_in"),
        (GOOD + "  - end: done\n  - say: {zh: 晚了, en: Late}\n", 17, "never_reached"),
        (GOOD.replace("kind: order,", 'kind: text, pattern: "(a+)+$",'), 5, "slow_pattern"),
        (GOOD.replace("kind: order,", "kind: text, min_chars: 50, max_chars: 10,"), 5, "empty_range"),
        (GOOD.replace("kind: order,", "kind: date, days_ahead: [9, 2],"), 5, "empty_range"),
        (GOOD.replace("kind: order,", "kind: phone, rest: true,"), 5, "only_of_text"),
    ],
)
def test_a_mistake_is_named_with_its_line(source: str, line: int, code: str) -> None:
    flow, problems = check(source)
    assert flow is None
    assert (code, line) in [(one.code, one.line) for one in problems]
    assert all(has(f"flow.problem.{one.code}") for one in problems)
    with pytest.raises(FlowInvalid):
        load(source)


def test_a_write_in_a_branch_needs_its_own_confirmation() -> None:
    inside = "".join("      " + line + "\n" for line in WRITE.splitlines())
    source = GOOD.replace(WRITE, "") + "  - branch:\n      - steps:\n" + inside
    codes = {one.code for one in check(source)[1]}
    assert {"confirm_without_write", "write_without_confirm"} <= codes


def test_two_writes_need_two_confirmations() -> None:
    twice = GOOD + WRITE.replace("write: gone", "write: again")
    assert [one.code for one in check(twice)[1]] == ["write_without_confirm"]


def test_a_tool_nobody_offers_is_a_mistake_when_the_systems_are_known() -> None:
    own = GOOD.replace("tool: orders.cancel", "tool: crm.close").replace(
        'arguments: {number: "{order}"}', "arguments: {}"
    )
    assert check(own)[1] == []
    assert [one.code for one in check(own, lambda _: None)[1]] == ["unknown_tool"]
    assert check(own, lambda _: "write")[1] == []


@pytest.mark.parametrize(
    "source", ["a: " * 20_000, "x" * 300_000, "[" * 5_000, "!!python/object/apply:os.system ['id']"]
)
def test_hostile_documents_are_refused(source: str) -> None:
    assert check(source)[0] is None


@pytest.mark.parametrize("name", list(shipped()))
def test_shipped_flows_read_well_and_speak_both_languages(name: str) -> None:
    flow, source = shipped()[name]
    assert check(source)[1] == []
    for words in _words(flow.model_dump()):
        assert words["zh"] != words["en"], words
        assert any("\u4e00" <= c <= "\u9fff" for c in words["zh"]) or "{" in words["zh"], words


def _words(value: Any) -> list[dict[str, str]]:
    if isinstance(value, dict):
        if set(value) == {"zh", "en"} and isinstance(value["zh"], str):
            return [value] if value["zh"].strip("{}._·:| ").isalpha() and "{" not in value["zh"] else []
        return [found for one in value.values() for found in _words(one)]
    return [found for one in value for found in _words(one)] if isinstance(value, (list, tuple)) else []


def test_every_step_knows_its_lines() -> None:
    lines = GOOD.splitlines()
    for place, (first, last) in step_lines(GOOD).items():
        if place.count(".") == 1:
            assert lines[first - 1].startswith("  - ")
            assert last == len(lines) or lines[last].startswith("  - ")


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.flow.yaml")), ids=lambda one: one.name)
def test_examples_can_be_published(file: Path) -> None:
    assert check(file.read_text("utf-8"))[1] == []


@pytest.mark.parametrize("source", [source for _, source in shipped().values()], ids=list(shipped()))
def test_both_parsers_read_a_flow_alike(source: str) -> None:
    assert load_again(source) == load(source) == shipped()[load(source).name][0]


@pytest.mark.parametrize(
    "source", ["name: [", "a: &x 1\nb: *x", GOOD + "about: {zh: 二, en: two}\n", GOOD.replace(WRITE, "")]
)
def test_what_no_longer_fits_is_refused_alike_by_both(source: str) -> None:
    with pytest.raises(FlowInvalid) as slow:
        load(source)
    with pytest.raises(FlowInvalid) as fast:
        load_again(source)
    assert fast.value.fields == slow.value.fields


def test_agents_read_what_every_shipped_flow_collects_by_a_name() -> None:
    unnamed = {
        (flow.name, name)
        for flow, _ in shipped().values()
        for name, slot in flow.slots.items()
        if slot.kind != "file" and not has(f"slot.{slot.fact or name}")
    }
    assert unnamed == set()
