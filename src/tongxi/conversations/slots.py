"""Known facts of a case as people read them: `order_status: shipped` is shown as "Order status: on its way"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongxi.kit.i18n import has, t


def label(code: str, language: str) -> str | None:
    """The name of a fact; None when the product has none for it."""
    return t(language, f"slot.{code}") if has(f"slot.{code}") else None


def shown_value(code: str, value: str, language: str) -> str:
    """A value as it is shown: coded ones in words, others as given."""
    key = f"order.status.{value}"
    return t(language, key) if code == "order_status" and value != "unknown" and has(key) else value


def told(slots: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    """What a customer need not say again. A fact without a name of ours is a colleague's and stays inside."""
    return [
        {"code": code, "label": t(language, "slot.line", name=name, value=shown_value(code, str(value), language))}
        for code, slot in slots.items()
        if (value := slot.get("value")) and (name := label(code, language))
    ]
