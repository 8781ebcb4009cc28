"""The wish to know where an own order is, and order numbers. Pure."""

from __future__ import annotations

import re

from tongxi.kit.text import fold
from tongxi.signals.order_wish import CODE, wants_order_status

MAX_CHARS = 4_000

_NUMBER = re.compile(r"(?<![\d.,¥$€£])(?:#|no\.?\s?|单号|订单号?)?\s?([a-z]{1,4}-?\d{4,18}(?:-\d{1,8}){0,2}|\d{6,20}(?:-\d{1,8})?|(?<=#)\d{3,5})(?![\d.,]*\d|[元块%年月日天])")


asks_order_status = wants_order_status
"""The wording that asks where an own order is; a question on goods not yet ordered does not count."""


def order_numbers(text: str) -> tuple[str, ...]:
    """What looks like an order or tracking number, in upper case, in order, each once."""
    found = (m[1].upper() for m in _NUMBER.finditer(fold(text[:MAX_CHARS]).text))
    return tuple(dict.fromkeys(n for n in found if not _is_phone(n)))[:10]


def _is_phone(number: str) -> bool:
    return len(number) == 11 and number[0] == "1" and number[1] in "3456789" and number.isdigit()


__all__ = ["CODE", "asks_order_status", "order_numbers"]
