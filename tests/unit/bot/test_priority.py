"""Who goes first among people: by history, by the pages seen just before, by the message; each with its reason."""

import pytest

from tongxi.bot.priority import weigh
from tongxi.bot.understanding import Understanding
from tongxi.configuration.bot import Priority

CALM = Understanding(text="转人工", language="zh", seq=1, has_words=True)


def codes(pages: list[str], rules: Priority | None = None) -> list[tuple[str, float | None, str | None]]:
    found = weigh("", 0, None, pages, CALM, rules or Priority())
    return [(one.code, one.value, one.name) for one in found]


@pytest.mark.parametrize(
    "pages",
    [
        [],
        ["https://shop.example/"],
        ["https://shop.example/checkout"],
        ["https://shop.example/?next=/refund", "https://shop.example/kettle#refund"],
    ],
)
def test_looking_around_changes_nothing(pages: list[str]) -> None:
    assert codes(pages) == []


def test_pages_of_leaving_count_and_the_commonest_is_named() -> None:
    pages = ["https://shop.example/Refund/policy", "https://shop.example/checkout", "https://shop.example/refund"]
    assert codes(pages) == [("browsed", 3.0, "refund")]


def test_the_business_says_which_pages_and_how_often() -> None:
    pages = ["https://shop.example/vip/lounge"]
    assert codes(pages, Priority(pages=["vip"], page_views=1)) == [("browsed", 1.0, "vip")]
    assert codes(pages, Priority(pages=["vip"], page_views=0)) == []
    assert codes(pages * 9, Priority(pages=[])) == []
