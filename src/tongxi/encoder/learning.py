"""Contrastive learning of the piece vectors: texts of one meaning together, of different meanings apart.

Each step takes one text of every meaning for each of several views; for every pair of views the right partner is told
from the others of the batch by InfoNCE (van den Oord, Li and Vinyals 2018, arXiv:1807.03748) in both directions. Only
the rows of pieces in the batch are updated (Adam; Kingma and Ba 2015, arXiv:1412.6980; each row has its own age).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from tongxi.encoder.corpus import Family, Meaning, fillers
from tongxi.encoder.encoder import Encoder, Floats
from tongxi.encoder.features import pieces


@dataclass(frozen=True)
class Settings:
    """How to learn; the values are those of the shipped weights."""

    steps: int = 1000
    dimensions: int = 208
    rate: float = 4e-3
    """Learning rate; falls to nothing over the last 70 % of the steps."""
    scale: float = 10.0
    """Steepness of the softmax over cosines (one over the temperature)."""
    drop: float = 0.25
    """Share of pieces left out of a text at random, so that no single one carries the meaning."""
    chatter: float = 0.45
    """Share of texts that get a greeting, thanks or a remark beside them."""
    views: int = 3
    batch: int = 240
    """Meanings in a batch at most."""
    strangers: int = 60
    """Texts out of scope in a batch."""
    rare: int = 3
    """Pieces in fewer texts are not kept."""
    seed: int = 0


class Bag:
    """The pieces of every text, and the vocabulary they make."""

    def __init__(
        self,
        texts: Iterable[str],
        rare: int,
        known: npt.NDArray[np.uint32] | None = None,
        fillers: Sequence[str] = (),
    ) -> None:
        """`known` pieces stay in the vocabulary whatever the texts hold."""
        found = {text: pieces(text) for text in dict.fromkeys([*texts, *fillers])}
        every = np.concatenate([*found.values(), np.empty(0, np.uint32)])
        hashes, counts = np.unique(every, return_counts=True)
        self.hashes = hashes[counts >= rare]
        if known is not None:
            self.hashes = np.union1d(self.hashes, known)
        self._rows: dict[str, npt.NDArray[np.intp]] = {}
        for text, asked in found.items():
            places = np.minimum(np.searchsorted(self.hashes, asked), max(0, len(self.hashes) - 1))
            self._rows[text] = places[self.hashes[places] == asked] if len(self.hashes) else places[:0]
        self._fillers = [self._rows[text] for text in fillers]

    def matrix(
        self, texts: Sequence[str], drop: float, rng: np.random.Generator, chatter: float = 0.0
    ) -> tuple[sparse.csr_matrix, npt.NDArray[np.intp]]:
        """Counts (texts, used pieces) and which rows of the table those pieces are.

        `chatter`: share of texts that get a filler's pieces as well.
        """
        rows = [self._rows[text] for text in texts]
        if chatter and self._fillers:
            # Some get two.
            for place in np.flatnonzero(rng.random((2, len(rows))) < [[chatter], [chatter / 2]]) % len(rows):
                rows[place] = np.union1d(rows[place], self._fillers[rng.integers(len(self._fillers))])
        columns = np.concatenate(rows)
        of = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        kept = rng.random(len(columns)) >= drop
        used, places = np.unique(columns[kept], return_inverse=True)
        ones = np.ones(len(places), dtype=np.float32)
        return sparse.csr_matrix((ones, (of[kept], places)), shape=(len(rows), len(used))), used


class Table:
    """Piece vectors under training, with Adam's moments."""

    def __init__(self, vectors: Floats) -> None:
        self.vectors = vectors
        self._mean = np.zeros_like(vectors)
        self._square = np.zeros_like(vectors)
        self._age = np.zeros(len(vectors), dtype=np.int32)

    def step(self, used: npt.NDArray[np.intp], gradient: Floats, rate: float) -> None:
        """Move the used rows (pieces, dimensions) against their gradient."""
        self._age[used] += 1
        age = self._age[used][:, None]
        mean = 0.9 * self._mean[used] + 0.1 * gradient
        square = 0.999 * self._square[used] + 0.001 * gradient * gradient
        self._mean[used], self._square[used] = mean, square
        moved = (mean / (1 - 0.9**age)) / (np.sqrt(square / (1 - 0.999**age)) + 1e-8)
        self.vectors[used] -= (rate * moved).astype(np.float32)


def learn(
    families: Sequence[tuple[Family, float]],
    strangers: Sequence[str],
    settings: Settings,
    said: Callable[[str], None] = lambda _: None,
) -> Encoder:
    """Train from nothing. `families`: each with its share of the steps; strangers are kept from those of the first."""
    rng, chance = np.random.default_rng(settings.seed), random.Random(settings.seed)
    texts = [text for family, _ in families for meaning in family.meanings for text in meaning.texts()]
    bag = Bag([*texts, *strangers], settings.rare, fillers=fillers())
    table = Table(rng.normal(0, 0.05, (len(bag.hashes), settings.dimensions)).astype(np.float32))
    losses: list[float] = []
    for step in range(settings.steps):
        place = chance.choices(range(len(families)), [share for _, share in families])[0]
        meanings = list(families[place][0].meanings)
        if len(meanings) > settings.batch:
            meanings = chance.sample(meanings, settings.batch)
        views = [[pick(meaning, chance) for meaning in meanings] for _ in range(settings.views)]
        outside = chance.sample(strangers, min(settings.strangers, len(strangers))) if place == 0 else []
        losses.append(contrast_step(bag, table, views, outside, settings, rng, _rate(settings, step)))
        if (step + 1) % 200 == 0:
            said(f"step {step + 1}, loss {np.mean(losses[-100:]):.3f}")
    return Encoder.of(bag.hashes, table.vectors)


def pick(meaning: Meaning, chance: random.Random) -> str:
    """A text of a meaning: half the time Chinese, then English, then how knowledge puts it, as far as there are any."""
    drawn = chance.random()
    if meaning.titles and (drawn >= 0.8 or not (meaning.zh or meaning.en)):
        return chance.choice(meaning.titles)
    return chance.choice(meaning.zh if meaning.zh and (drawn < 0.5 or not meaning.en) else meaning.en)


def _rate(settings: Settings, step: int) -> float:
    left = 1 - step / settings.steps
    return settings.rate * (left if left < 0.7 else 1.0)


def contrast_step(
    bag: Bag,
    table: Table,
    views: Sequence[Sequence[str]],
    outside: Sequence[str],
    settings: Settings,
    rng: np.random.Generator,
    rate: float,
) -> float:
    """Take one step: views of as many meanings each, strangers in `outside`. The loss before it."""
    size = len(views[0])
    texts = [text for view in views for text in view] + list(outside)
    matrix, used = bag.matrix(texts, settings.drop, rng, settings.chatter)
    sums: Floats = matrix @ table.vectors[used]
    lengths = np.sqrt((sums * sums).sum(axis=1, keepdims=True)) + 1e-6
    units = sums / lengths
    gradient, loss = contrast(units, size, len(views), settings.scale)
    # Through the scaling to unit length.
    gradient = (gradient - units * (units * gradient).sum(axis=1, keepdims=True)) / lengths
    table.step(used, matrix.T.tocsr() @ gradient, rate)
    return loss


def contrast(units: Floats, size: int, views: int, scale: float) -> tuple[Floats, float]:
    """Gradient by every vector, and the loss: mean InfoNCE over ordered pairs of views.

    `units`: (views · size + strangers, dimensions); row i of each view has meaning i, a stranger has no partner.
    """
    gradient = np.zeros_like(units)
    strangers = slice(views * size, len(units))
    diagonal = np.arange(size)
    loss = 0.0
    pairs = [pair for a, b in combinations(range(views), 2) for pair in ((a, b), (b, a))]
    for a, b in pairs:
        asked, others = slice(a * size, (a + 1) * size), slice(b * size, (b + 1) * size)
        rivals = np.concatenate([units[others], units[strangers]])
        scores = units[asked] @ rivals.T * scale
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        loss -= float(np.log(scores[diagonal, diagonal] + 1e-9).mean())
        scores[diagonal, diagonal] -= 1
        scores *= scale / (size * len(pairs))
        gradient[asked] += scores @ rivals
        gradient[others] += scores[:, :size].T @ units[asked]
        gradient[strangers] += scores[:, size:].T @ units[asked]
    return gradient, loss / len(pairs)
