"""Into which language a message goes, if any. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tongxi.translation.languages import language_of, reads


@dataclass(frozen=True, slots=True)
class Direction:
    """From one language to another."""

    source: str
    target: str


def direction(sender: str, text: str, *, customer: str, staff: str) -> Direction | None:
    """The way of one message; None when its reader knows its language.

    What the customer and the bot write is for the staff, what an agent writes is for the customer. `customer` and
    `staff` are the languages the two sides read, and what a text that shows no language is taken for.
    """
    reader = customer if sender == "agent" else staff
    written = language_of(text, staff if sender == "agent" else customer)
    return None if reads(reader, written) else Direction(written, reader)
