"""Numbers are the same number however they are written."""

import pytest

from tongxi.bot.quantities import mentioned, stated
from tongxi.kit.text import normalise


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("7 天", {"7"}), ("七天", {"7"}), ("十五个工作日", {"15"}), ("二十四小时", {"24"}), ("三百五十元", {"350"}),
        ("百分之二十", {"20"}), ("一万两千元", {"12000"}), ("半个月", {"0.5"}), ("1,000 元", {"1000"}),
        ("９:00", {"9:00"}), ("seven days", {"7"}), ("seven-day return", {"7"}), ("three business days", {"3"}),
        ("twice", {"2"}),
        ("一般统一处理", set()), ("one of our colleagues", set()), ("1. 打开订单\n2. 点退货", set()),
    ],
)  # fmt: skip
def test_stated(text: str, numbers: set[str]) -> None:
    assert stated("\n".join(normalise(line) for line in text.splitlines())) == numbers


def test_the_evidence_is_read_generously() -> None:
    assert {"7", "3", "15"} <= mentioned("自签收起七日；seven or 3; 十五")
