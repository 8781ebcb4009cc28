"""Reading a message with what was learnt: which intent, how sure, whether it is any of them. Numpy only.

A score is linear in the features (`features.py`, then vectors of encoders); probability is their softmax; out of scope
is a logistic function of the best score, its probability, the share of known terms and the likeness to the nearest
intent's examples (`Evidence`). Everything is learnt by `training.py`. With the extra `english` the examples that lie
near by sentence vectors are added to the score (`nearby.py`); with few labels, words of opinion may be (`opinion.py`).
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import orjson

from tongxi.intents.features import BLOCKS, Floats, Vocabulary, terms
from tongxi.intents.nearby import Nearby, Space
from tongxi.intents.opinion import Opinion
from tongxi.intents.splitting import parts

MAX_GUESSES = 5
SURE = 0.5
"""Probability from which a part of a message names an intent of its own."""
OUT = 0.5
"""Out-of-scope score from which a message is none of the intents; training moves the score so that this is best."""
MAX_ALIKE = 20
FORMAT = 1
DEPTHS = "depths"
"""Among the encoders given to `IntentModel.load`: the one whose vectors `Nearby` compares."""


Stored = npt.NDArray[np.float32] | npt.NDArray[np.float16]
"""Weights as they were learnt, or as they are kept."""


@dataclass(frozen=True, slots=True)
class Guess:
    """An intent a message may have."""

    intent: str
    probability: float
    """Share of such guesses that are right among messages that are in scope, 0…1."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message wants."""

    guesses: tuple[Guess, ...] = ()
    """Best first, at most `MAX_GUESSES`; empty when nothing was learnt or nothing of the text is known."""
    out_of_scope: float = 1.0
    """How unlikely the message is to be any of the intents, 0…1; from `OUT` on it is taken to be none."""
    several: tuple[str, ...] = ()
    """The intents of a message with more than one, in the order they are asked."""


class Dense(Protocol):
    """An encoder of texts; its vectors are one more block of features."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Rows of one length, which is the weight of the block beside others, or zero: (n, dimensions)."""
        ...


@dataclass(frozen=True, slots=True)
class Block:
    """How an encoder's vectors enter: (vector - `middle`) * `weight`."""

    name: str
    weight: float
    middle: Floats


class Unfit(Exception):
    """The stored model is of another version, or an encoder it was trained with is missing."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Out of scope = sigmoid(`bias` + `weights` · evidence)."""

    bias: float
    weights: Floats
    """(evidence,), in the order of `IntentModel.evidence`."""

    def score(self, evidence: Floats) -> Floats:
        """`evidence`: (n, evidence) → (n,) in 0…1."""
        made: Floats = 1 / (1 + np.exp(-np.clip(self.bias + evidence @ self.weights, -30, 30)))
        return made


class IntentModel:
    """What was learnt. Immutable; safe to share between threads."""

    def __init__(
        self,
        labels: Sequence[str],
        vocabulary: Vocabulary,
        weights: Stored,
        bias: Floats,
        centres: Stored,
        *,
        temperature: float,
        scope: Scope,
        outside: str | None = None,
        blocks: Sequence[Block] = (),
        encoders: dict[str, Dense] | None = None,
        figures: dict[str, float] | None = None,
        nearby: Nearby | None = None,
        depths: Dense | None = None,
        opinion: Opinion | None = None,
    ) -> None:
        """`weights`, `centres`: (columns + dimensions of the blocks, labels), float32 or float16 · `bias`: (labels,).

        They stay as they come: half precision is half the memory of a process, and a text reads few rows of them.

        `depths` makes the vectors of `nearby`.

        `outside` is the label that stands for out of scope, when examples of it were given.
        Raises: `Unfit` if the encoder of a block is not in `encoders`.
        """
        given = encoders or {}
        if missing := [block.name for block in blocks if block.name not in given]:
            raise Unfit(f"trained with the encoder {missing[0]!r}, which is not installed")
        self.labels = tuple(labels)
        self.vocabulary, self.weights, self.bias, self.centres = vocabulary, weights, bias, centres
        self.temperature, self.scope, self.outside = temperature, scope, outside
        # Every text meets all rows of the blocks: these are kept ready.
        self.dense, self.dense_centres = (
            np.asarray(kept[len(vocabulary) :], np.float32) for kept in (weights, centres)
        )
        self.blocks = [(block, given[block.name]) for block in blocks]
        self.figures = figures or {}
        if nearby is not None and depths is None:
            raise Unfit(f"trained with the encoder {DEPTHS!r}, which is not installed")
        self.nearby, self.depths, self.opinion = nearby, depths, opinion
        self.inside = np.array([label != outside for label in self.labels])

    def scores(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Scores (n, labels) and evidence for being in scope (n, 4 or 5) of texts."""
        scores = np.tile(self.bias, (len(texts), 1))
        likeness = np.zeros_like(scores)
        known = np.zeros(len(texts), np.float32)
        length = np.zeros(len(texts), np.float32)
        for i, text in enumerate(texts):
            bags = terms(text)
            row = self.vocabulary.row(bags)
            scores[i] += row.values @ self.weights[row.places].astype(np.float32)
            likeness[i] = row.values @ self.centres[row.places].astype(np.float32)
            known[i] = self.vocabulary.known_share(bags)
            length[i] = 1.0 if len(row.places) else 0.0
        column = 0
        for block, encoder in self.blocks:
            vectors = encoder.encode(texts)
            moved = centred(vectors, block.middle) * np.float32(block.weight)
            width = vectors.shape[1]
            scores += moved @ self.dense[column : column + width]
            likeness += moved @ self.dense_centres[column : column + width]
            length += (moved * moved).sum(axis=1)
            column += width
        likeness /= np.sqrt(np.maximum(length, 1e-6))[:, None]
        if self.opinion is not None:
            scores += self.opinion.scores(texts)
        nearness = None
        if self.nearby is not None and self.depths is not None:
            scores, nearness = self.nearby.added(scores, self.depths.encode(texts))
        return scores, self.evidence(scores, likeness, known, nearness)

    def evidence(self, scores: Floats, likeness: Floats, known: Floats, nearness: Floats | None = None) -> Floats:
        """What tells in scope from out of scope: (n, 4 or 5).

        Best score, its log odds, share of known terms, likeness to the nearest intent, to the nearest example.
        """
        seen = evidence(scores[:, self.inside], likeness[:, self.inside], known, self.temperature)
        return with_nearness(seen, nearness)

    def probabilities(self, scores: Floats) -> Floats:
        """Of the intents, without the label that stands for out of scope: (n, labels), rows sum to one."""
        masked = np.where(self.inside, scores, -np.inf)
        return softmax(masked, self.temperature)

    def out_of_scope(self, scores: Floats, evidence: Floats) -> Floats:
        """How likely each text is none of the intents: (n,)."""
        return self.scope.score(with_outside(evidence, scores, self.inside, self.temperature))

    def read(self, text: str) -> Reading:
        """Read one message. Any text is allowed."""
        whole = self._read([text])[0]
        pieces = parts(text)
        if len(pieces) < 2 or not whole.guesses:
            return whole
        found = [
            one
            for one in self._read(pieces)
            if one.guesses and one.guesses[0].probability >= SURE and one.out_of_scope < OUT
        ]
        several = tuple(dict.fromkeys(one.guesses[0].intent for one in found))
        if len(several) < 2:
            return whole
        return Reading(whole.guesses, min(whole.out_of_scope, *(one.out_of_scope for one in found)), several)

    def read_all(self, texts: Sequence[str]) -> list[Reading]:
        """Guesses and out of scope of many texts at once, without looking for several intents in one."""
        return [one for at in range(0, len(texts), 256) for one in self._read(texts[at : at + 256])]

    def wanted_by(self, texts: Sequence[str]) -> dict[str, float]:
        """What texts that mean the same want, of which the first `MAX_ALIKE` are read: mean probability by intent."""
        total: dict[str, float] = {}
        readings = self.read_all(texts[:MAX_ALIKE])
        for reading in readings:
            for guess in reading.guesses:
                total[guess.intent] = total.get(guess.intent, 0.0) + guess.probability / len(readings)
        return total

    def _read(self, texts: Sequence[str]) -> list[Reading]:
        scores, seen = self.scores(texts)
        chances = self.probabilities(scores)
        outside = self.out_of_scope(scores, seen)
        made: list[Reading] = []
        for row, out in zip(chances, outside, strict=True):
            best = np.argsort(-row, kind="stable")[:MAX_GUESSES]
            guesses = tuple(Guess(self.labels[i], float(row[i])) for i in best if row[i] > 0)
            made.append(Reading(guesses, float(out)))
        return made

    def dump(self) -> bytes:
        """The model as one NumPy archive; no pickle, so that reading it runs no code."""
        about = {
            "format": FORMAT,
            "labels": self.labels,
            "temperature": self.temperature,
            "scope_bias": self.scope.bias,
            "outside": self.outside,
            "blocks": [[block.name, block.weight] for block, _ in self.blocks],
            "terms": {block: list(self.vocabulary.columns[block]) for block in BLOCKS},
            "figures": self.figures,
        }
        if self.nearby is not None:
            about["near"] = [self.nearby.share, self.nearby.alone, self.nearby.usual]
        if self.opinion is not None:
            about["opinion"] = self.opinion.names
        arrays: dict[str, Any] = {
            "about": np.frombuffer(orjson.dumps(about), np.uint8),
            "idf": self.vocabulary.idf.astype(np.float16),
            "weights": self.weights.astype(np.float16),
            "centres": self.centres.astype(np.float16),
            "bias": self.bias,
            "scope": self.scope.weights,
        } | {f"middle{i}": block.middle for i, (block, _) in enumerate(self.blocks)}
        if self.nearby is not None:
            arrays |= {
                "near_middle": self.nearby.space.middle, "near_turn": self.nearby.space.turn,
                "near_rows": self.nearby.rows.astype(np.float16),
                "near_weights": self.nearby.weights.astype(np.float16),
            }  # fmt: skip
        if self.opinion is not None:
            arrays["opinion"] = self.opinion.weights
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        return file.getvalue()

    @classmethod
    def load(cls, data: bytes, encoders: dict[str, Dense]) -> IntentModel:
        """The model of `dump`. Raises: `Unfit`."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as held:
                about = orjson.loads(held["about"].tobytes())
                if about["format"] != FORMAT:
                    raise Unfit("stored by another version")
                columns: dict[str, dict[str, int]] = {}
                start = 0
                for block in BLOCKS:
                    columns[block] = {term: start + i for i, term in enumerate(about["terms"][block])}
                    start += len(columns[block])
                nearby = None
                if "near" in about:
                    space = Space(held["near_middle"], held["near_turn"])
                    rows, by_row = (held[f"near_{part}"].astype(np.float32) for part in ("rows", "weights"))
                    nearby = Nearby(space, rows, by_row, *about["near"])
                opinion = Opinion(tuple(about["opinion"]), held["opinion"]) if "opinion" in about else None
                return cls(
                    about["labels"],
                    Vocabulary(columns, held["idf"].astype(np.float32)),
                    held["weights"],
                    held["bias"],
                    held["centres"],
                    temperature=about["temperature"],
                    scope=Scope(about["scope_bias"], held["scope"]),
                    outside=about["outside"],
                    blocks=[Block(n, w, held[f"middle{i}"]) for i, (n, w) in enumerate(about["blocks"])],
                    encoders=encoders,
                    figures=about["figures"],
                    nearby=nearby,
                    depths=encoders.get(DEPTHS),
                    opinion=opinion,
                )
        except (KeyError, ValueError, OSError, EOFError, BadZipFile) as error:
            raise Unfit("not a stored model") from error


def centred(vectors: Floats, middle: Floats) -> Floats:
    """Vectors (n, dimensions) without their `middle`; a zero row, of a text without features, stays zero."""
    made: Floats = np.where(np.any(vectors, axis=1, keepdims=True), vectors - middle, 0).astype(np.float32)
    return made


def softmax(scores: Floats, temperature: float) -> Floats:
    """Rows that sum to one; -inf gives 0. `temperature` > 0: the higher, the more even."""
    moved = scores / temperature
    raised = np.exp(moved - moved.max(axis=1, keepdims=True))
    made: Floats = raised / raised.sum(axis=1, keepdims=True)
    return made


def evidence(scores: Floats, likeness: Floats, known: Floats, temperature: float) -> Floats:
    """Best score, log odds of its probability (±8), share of known terms, likeness to the nearest intent: (n, 4)."""
    best = softmax(scores, temperature).max(axis=1)
    odds = np.log(np.clip(best, 1e-4, 1 - 1e-4) / np.clip(1 - best, 1e-4, 1))
    return np.column_stack((scores.max(axis=1), np.clip(odds, -8, 8), known, likeness.max(axis=1))).astype(np.float32)


def with_nearness(seen: Floats, nearness: Floats | None) -> Floats:
    """The evidence and, where there are sentence vectors, the likeness to the nearest example."""
    return seen if nearness is None else np.column_stack((seen, nearness)).astype(np.float32)


def with_outside(seen: Floats, scores: Floats, inside: npt.NDArray[np.bool_], temperature: float) -> Floats:
    """The evidence and, where examples of out of scope were given, the log odds of that label against the best."""
    if inside.all():
        return seen
    gap = scores[:, ~inside].max(axis=1) - scores[:, inside].max(axis=1)
    return np.column_stack((seen, np.clip(gap / temperature, -8, 8))).astype(np.float32)


def log_loss(scores: Floats, codes: npt.NDArray[np.intp], temperature: float) -> float:
    """Mean negative log probability of the right labels; `codes`: (n,) columns of `scores`."""
    chances = softmax(scores, temperature)[np.arange(len(codes)), codes]
    return -float(np.mean(np.log(np.maximum(chances, 1e-9)))) if len(codes) else math.inf
