"""What a text says in words of opinion and feeling, by group (`opinion.txt`): for labels that judge.

A few hundred texts do not teach that "spotless" and "tidy" praise the same thing; a list does. A word after "not"
counts as its opposite. NumPy to read, scikit-learn to learn. Source of the method: Mohammad, Kiritchenko and Zhu 2013,
NRC-Canada: Building the State-of-the-Art in Sentiment Analysis of Tweets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from tongxi.intents.features import Floats, clip
from tongxi.kit.text import normalise

NOT = "!"
"""Before the code of a group: its words after a negation."""
PARTS = ("all", "first", "last")
"""Where praise and blame are counted: in the whole text, its first and its last sentence."""
COST = 0.3
"""Inverse strength of regularisation."""
SHARE = 0.4
"""How far these scores spread beside the others; from 0.3 to 0.5 it makes no difference that could be measured."""
_OPPOSITE = {"+": "-", "-": "+", "0": "0"}
_REACH = 24
"""Characters before a word in which a negation is looked for."""
_NEGATION = re.compile(
    r"(?:不|没|没有|无|未|别|毫无|非|缺乏|谈不上|称不上)[^,、\s]{0,2}$"
    r"|\b(?:not|no|never|without|cannot|hardly|\w+n['’]t) (?:[a-z]+ ){0,2}$"
)
_ENDS = re.compile(r"[。!?;\n~…]+|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class _List:
    groups: dict[str, tuple[str, ...]]
    """Word → codes of the groups it stands in."""
    signs: dict[str, str]
    """Code of a group → `+`, `-` or `0`."""
    lengths: dict[str, tuple[int, ...]]
    """First character → lengths of the words that begin so, longest first."""


@cache
def _words() -> _List:
    groups: dict[str, tuple[str, ...]] = {}
    signs: dict[str, str] = {}
    for line in files("tongxi.intents").joinpath("opinion.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, sign, *words = line.split()
        signs[code] = sign
        for word in map(normalise, words):
            groups[word] = (*groups.get(word, ()), code)
    lengths: dict[str, set[int]] = {}
    for word in groups:
        lengths.setdefault(word[0], set()).add(len(word))
    return _List(groups, signs, {first: tuple(sorted(some, reverse=True)) for first, some in lengths.items()})


@cache
def names() -> tuple[str, ...]:
    """What is counted, in the order of `rows`: groups, negated groups, then the balance of praise in `PARTS`."""
    codes = tuple(_words().signs)
    return (*codes, *(NOT + code for code in codes), *(f"balance {part}" for part in PARTS))


def rows(texts: Sequence[str]) -> Floats:
    """For each text log(1 + count) of every group and the balances, -2 only blame … 2 only praise: (n, names)."""
    place = {name: i for i, name in enumerate(names())}
    made = np.zeros((len(texts), len(place)), np.float32)
    for row, text in zip(made, texts, strict=True):
        sentences = [s for s in _ENDS.split(normalise(clip(text))) if s.strip()]
        counts: Counter[str] = Counter()
        judged = {part: Counter[str]() for part in PARTS}
        for i, sentence in enumerate(sentences):
            for code, sign in _found(sentence):
                counts[code] += 1
                for part, is_meant in zip(PARTS, (True, i == 0, i == len(sentences) - 1), strict=True):
                    judged[part][sign] += is_meant
        for code, count in counts.items():
            row[place[code]] = np.log1p(count)
        for part, signs in judged.items():
            praise, blame = signs["+"], signs["-"]
            row[place[f"balance {part}"]] = 2 * (praise - blame) / (praise + blame + 1)
    return made


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was learnt. Immutable."""

    names: tuple[str, ...]
    """What is counted; another version may know others, which then say nothing."""
    weights: Floats
    """(names, labels)."""

    def scores(self, texts: Sequence[str]) -> Floats:
        """What the words of texts add to the scores of the labels: (n, labels)."""
        held = {name: i for i, name in enumerate(self.names)}
        known = [(place, held[name]) for place, name in enumerate(names()) if name in held]
        places, columns = [place for place, _ in known], [column for _, column in known]
        made: Floats = rows(texts)[:, places] @ self.weights[columns]
        return made


def learnt(counted: Floats, codes: npt.NDArray[np.intp], labels: int) -> tuple[Floats, Floats]:
    """Weights (names, labels) and bias (labels,) from `rows` of texts and their labels; zero for a label without texts.

    Logistic regression in which rare labels count as much as frequent ones.
    """
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((counted.shape[1], labels), np.float32)
    bias = np.zeros(labels, np.float32)
    there = np.unique(codes)
    if len(there) < 2:
        return weights, bias
    made = LogisticRegression(C=COST, max_iter=500, tol=1e-3, class_weight="balanced").fit(counted, codes)
    if len(there) == 2:  # the estimator keeps one column
        weights[:, there], bias[there] = (
            np.hstack([-made.coef_.T, made.coef_.T]),
            np.append(-made.intercept_, made.intercept_),
        )
    else:
        weights[:, there], bias[there] = made.coef_.T, made.intercept_
    return weights, bias


def share_of(scores: Floats, added: Floats) -> float:
    """What `added` (n, labels) is multiplied with to spread `SHARE` times as far as `scores` within a row.

    Labels that a row's model did not know have scores below -1e8 and are left out.
    """
    known = scores > -1e8
    spread = [float(np.std(_centred(some, known)[known])) for some in (scores, added)]
    return SHARE * spread[0] / spread[1] if spread[1] > 1e-6 else 0.0


def _centred(scores: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    kept = np.where(known, scores, 0)
    made: Floats = kept - kept.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    return made


def _found(sentence: str) -> Iterator[tuple[str, str]]:
    """Codes of the groups of a sentence's words, with `NOT` after a negation, and what they speak for."""
    words = _words()
    at = 0
    while at < len(sentence):
        for length in words.lengths.get(sentence[at], ()):
            word = sentence[at : at + length]
            codes = words.groups.get(word)
            if codes and _is_whole(sentence, at, at + len(word)):
                is_denied = _NEGATION.search(sentence[max(0, at - _REACH) : at]) is not None
                for code in codes:
                    sign = words.signs[code]
                    yield (NOT + code, _OPPOSITE[sign]) if is_denied else (code, sign)
                at += len(word)
                break
        else:
            at += 1


def _is_whole(sentence: str, start: int, end: int) -> bool:
    """Whether a word of Latin letters is not a part of a longer one; Chinese has no such ends."""
    return not (
        (_is_letter(sentence[start]) and start > 0 and _is_letter(sentence[start - 1]))
        or (_is_letter(sentence[end - 1]) and end < len(sentence) and _is_letter(sentence[end]))
    )


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalnum()
