"""Answers side by side without the engines' names, and what people's judgements make of the outcomes. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

import orjson

from tongxi.bakeoff.figures import Outcome, Told
from tongxi.kit.text import normalise

MAX_SHOWN = 6
"""Answers beside each other; with more the question is not judged."""


class Judgement(NamedTuple):
    """One person's word on a question: which of the answers he was shown are right."""

    shown: tuple[int, ...]
    """Places in `Told` answers, in the order he saw them: A, B, …"""
    right: tuple[int, ...]


def answers(runs: Mapping[str, Sequence[Outcome]]) -> list[Told]:
    """What the engines said to one question in their first runs, each thing once; empty: nobody said anything."""
    found: dict[tuple[str, str], Told] = {}
    for outcomes in runs.values():
        told = outcomes[0].told
        if told is not None:
            found.setdefault(key(told), told)
    return list(found.values())


def is_disputed(runs: Mapping[str, Sequence[Outcome]]) -> bool:
    """The engines differ, and no label says of every one of them whether it is right."""
    said = answers(runs)
    return 2 <= len(said) <= MAX_SHOWN and any(outcomes[0].answer is None for outcomes in runs.values())


def pair(question: str, said: Sequence[Told]) -> str:
    """The same for the same answers to the same question, in whatever run: nobody judges it twice."""
    parts = [normalise(question), *sorted("\n".join(key(one)) for one in said)]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32]


def order(n: int, *seed: object) -> list[int]:
    """In which order somebody sees `n` answers: by chance, and always the same for the same seed."""
    return sorted(range(n), key=lambda at: hashlib.sha256(repr((*seed, at)).encode()).digest())


def verdicts(given: Sequence[Judgement]) -> dict[int, bool | None]:
    """Of each answer that was judged: what most people say; None when as many say right as say not."""
    found: dict[int, bool | None] = {}
    for at in {each for one in given for each in one.shown}:
        votes = Counter(at in one.right for one in given if at in one.shown)
        found[at] = None if votes[True] == votes[False] else votes[True] > votes[False]
    return found


def labelled(outcome: Outcome, said: Sequence[Told], verdict: Mapping[int, bool | None]) -> Outcome:
    """The outcome with what people found, where it has no label of its own."""
    if outcome.answer is not None or outcome.told is None:
        return outcome
    place = next((at for at, one in enumerate(said) if key(one) == key(outcome.told)), None)
    is_right = verdict.get(place) if place is not None else None
    if is_right is None:
        return outcome
    kind = outcome.told.kind
    answer = ("correct" if is_right else "wrong") if kind == "answered" else kind
    return replace(outcome, answer=answer, judged=is_right)


def data(outcome: Outcome) -> dict[str, Any]:
    """As stored."""
    stored = asdict(outcome)
    return stored | {"told": outcome.told._asdict() if outcome.told else None}


def read(stored: Mapping[str, Any]) -> Outcome:
    """From what is stored."""
    told = stored["told"]
    return Outcome(**{**stored, "told": Told(**told) if told else None})


def key(told: Told) -> tuple[str, str]:
    """What makes two answers the same: capitals, widths and spaces do not tell them apart."""
    return told.kind, normalise(told.text)
