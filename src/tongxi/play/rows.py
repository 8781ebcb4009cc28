"""Reading what customers say from a file: utterances and transcripts in the shapes people keep them in."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

CUSTOMER_ROLES = frozenset(
    ["customer", "user", "client", "visitor", "consumer", "buyer", "caller", "human", "usr"]  # as data sets say it
) | frozenset(["客户", "顾客", "用户", "买家", "客人"])
TEXT_KEYS = ("text", "utterance", "query", "question", "message", "content")
TURNS_KEYS = ("turns", "messages", "dialogue", "dialog", "conversation", "original", "utterances")
ROLE_KEYS = ("role", "speaker", "sender", "from", "author", "by")


class NotUnderstood(ValueError):
    """A line of the file is no utterance and no transcript; the message names it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One customer: what they say, turn by turn."""

    id: str
    turns: tuple[str, ...]
    language: str | None = None
    label: str | None = None
    relevant: frozenset[str] | None = None
    """Slugs of the articles that hold the answer; empty: none does; None: not known."""


def read_rows(file: Path) -> list[Row]:
    """All rows of a JSON Lines file (a `.json` file may hold them as one array).

    Raises: `NotUnderstood` naming the line, `OSError`.
    """
    try:
        content = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUnderstood(f"not UTF-8 (byte {error.start})") from None
    if file.suffix == ".json":
        try:
            values = json.loads(content)
        except ValueError as error:
            raise NotUnderstood(f"not JSON ({error})") from None
        if not isinstance(values, list):
            raise NotUnderstood("a .json file must hold an array of rows")
        return [_row(value, f"row {number}", number) for number, value in enumerate(values, 1)]
    rows = []
    for number, line in enumerate(content.split("\n"), 1):  # not splitlines: U+2028 may stand inside a string
        if line.strip():
            try:
                value = json.loads(line)
            except ValueError as error:
                raise NotUnderstood(f"line {number}: not JSON ({error})") from None
            rows.append(_row(value, f"line {number}", number))
    if not rows:
        raise NotUnderstood("there is no row in it")
    return rows


def choose(rows: Iterable[Row], language: str | None, limit: int | None, seed: int | None) -> list[Row]:
    """The rows of one language (those without one take it), cut to `limit`: the first, or with a seed a sample."""
    chosen = list(rows)
    if language:
        chosen = [
            replace(row, language=row.language or language)
            for row in chosen
            if (row.language or language).split("-")[0].lower() == language.split("-")[0].lower()
        ]
    if limit is not None and limit < len(chosen):
        chosen = random.Random(seed).sample(chosen, limit) if seed is not None else chosen[:limit]
    return chosen


def _row(value: Any, where: str, number: int) -> Row:
    if isinstance(value, str | list):
        value = {"turns": [value] if isinstance(value, str) else value}
    if not isinstance(value, dict):
        raise NotUnderstood(f"{where}: {type(value).__name__} is neither an utterance nor a transcript")
    turns = _turns(value, where)
    relevant = value.get("relevant")
    if isinstance(relevant, str):
        relevant = [relevant]
    if relevant is not None and not (isinstance(relevant, list) and all(isinstance(slug, str) for slug in relevant)):
        raise NotUnderstood(f"{where}: 'relevant' is not a list of article slugs")
    language = value.get("lang") or value.get("language")
    label = value.get("label")
    return Row(
        id=str(value.get("id") or number),
        turns=turns,
        language=str(language) if language else None,
        label=None if label is None else str(label),
        relevant=None if relevant is None else frozenset(relevant),
    )


def _turns(value: dict[str, Any], where: str) -> tuple[str, ...]:
    for key in TURNS_KEYS:
        if isinstance(value.get(key), list):
            turns = [text for turn in value[key] if (text := _customer_text(turn, where)) is not None]
            if not turns:
                raise NotUnderstood(f"{where}: no turn of a customer in {key!r}")
            return tuple(turns)
    for key in TEXT_KEYS:
        if isinstance(value.get(key), str):
            if not value[key].strip():
                raise NotUnderstood(f"{where}: {key!r} is empty")
            return (value[key],)
    raise NotUnderstood(f"{where}: expected 'text' or 'turns', found {', '.join(map(repr, value)) or 'nothing'}")


def _customer_text(turn: Any, where: str) -> str | None:
    """What the customer says in one turn; None when somebody else speaks or nothing is said."""
    if isinstance(turn, str):
        return turn if turn.strip() else None
    if isinstance(turn, list) and len(turn) == 2 and all(isinstance(part, str) for part in turn):
        turn = {"role": turn[0], "text": turn[1]}
    if not isinstance(turn, dict):
        raise NotUnderstood(f"{where}: a turn is {type(turn).__name__}, expected an object with 'role' and 'text'")
    role = next((turn[key] for key in ROLE_KEYS if isinstance(turn.get(key), str)), None)
    if role is None:
        raise NotUnderstood(f"{where}: a turn does not say who speaks ('role')")
    if role.strip().lower() not in CUSTOMER_ROLES:
        return None
    text = next((turn[key] for key in TEXT_KEYS if isinstance(turn.get(key), str)), None)
    if text is None:
        raise NotUnderstood(f"{where}: a turn of the customer has no 'text'")
    return text if text.strip() else None
