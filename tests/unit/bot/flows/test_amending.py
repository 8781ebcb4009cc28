"""A part of an address is put right where it is clear which; words of correction never become part of a value."""

from __future__ import annotations

from datetime import date

import pytest

from tongxi.bot.flows import addresses, amending, reading
from tongxi.bot.flows.models import Slot

ZH = "杭州市西湖区文三路 90 号 3 幢 201"
FLAT = "杭州市西湖区文三路12号3单元502室"
EN = "12 Harbour Road, Shekou, Shenzhen"
SLOT = Slot.model_validate(
    {"kind": "address", "title": {"zh": "地址", "en": "Address"}, "ask": {"zh": "哪里？", "en": "Where?"}}
)


@pytest.mark.parametrize(
    ("old", "said", "new"),
    [
        (FLAT, "不对，是14号", "杭州市西湖区文三路14号3单元502室"),
        (FLAT, "14号，不是12号", "杭州市西湖区文三路14号3单元502室"),
        (FLAT, "不是12号，是14号", "杭州市西湖区文三路14号3单元502室"),
        (FLAT, "错了，是602室才对", "杭州市西湖区文三路12号3单元602室"),
        (FLAT, "等等，4单元602室", "杭州市西湖区文三路12号4单元602室"),
        (FLAT, "不对，文三路14号", "杭州市西湖区文三路14号3单元502室"),
        (ZH, "是 4 幢", "杭州市西湖区文三路 90 号 4幢 201"),
        (EN, "no wait, 14 Harbour Road", "14 Harbour Road, Shekou, Shenzhen"),
        (EN, "sorry, it's number 14", "14 Harbour Road, Shekou, Shenzhen"),
        (EN, "14, not 12", "14 Harbour Road, Shekou, Shenzhen"),
        ("Flat 3, 12 Harbour Road, Shekou", "actually flat 5", "Flat 5, 12 Harbour Road, Shekou"),
    ],
)
def test_a_part_goes_into_its_only_place(old: str, said: str, new: str) -> None:
    assert amending.amended(old, said) == new


@pytest.mark.parametrize(("old", "said"), [(ZH, "不对，是602室"), (EN, "no, flat 5"), ("1号院 2号院", "是3号院")])
def test_where_it_could_go_nowhere_or_to_several_places_it_is_asked(old: str, said: str) -> None:
    assert amending.amended(old, said) == ""


@pytest.mark.parametrize("said", ["不对，上海市徐汇区衡山路8号", "我搬家了", "no, 14 Mountain Street, Futian", "12"])
def test_what_is_no_part_is_left_to_be_read_as_a_whole(said: str) -> None:
    assert amending.amended(ZH if not said.isascii() else EN, said) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("no wait, 14 Harbour Road, Shekou", "14 Harbour Road, Shekou"),
        ("sorry, I meant 8 Mountain Street, Futian", "8 Mountain Street, Futian"),
        ("不对不对，上海市徐汇区衡山路8号", "上海市徐汇区衡山路8号"),
        ("不是杭州市西湖区文三路12号，是上海市徐汇区衡山路8号", "上海市徐汇区衡山路8号"),
        ("等一下，写错了，应该是上海市徐汇区衡山路8号", "上海市徐汇区衡山路8号"),
    ],
)
def test_words_of_correction_are_no_part_of_an_address(said: str, value: str) -> None:
    assert addresses.find(said) == value
    assert amending.without_lead(said) != said


def test_an_answer_to_the_open_question_loses_them_too() -> None:
    assert reading.take(SLOT, "no wait, Harbour Villa", date(2026, 1, 5)) == "Harbour Villa"
