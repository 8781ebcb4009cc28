"""Learning intents from labelled texts, a handful each or ten thousand in all. scikit-learn is used here only.

The form of the model follows the data: out-of-fold trials decide where they are cheap (few texts or few labels), size
decides otherwise. The same folds, with some labels left out of each, teach temperature and out of scope.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from tongxi.intents import opinion
from tongxi.intents.english import Encoders
from tongxi.intents.features import BLOCKS, Floats, Vocabulary, stacked, terms
from tongxi.intents.model import (
    Block,
    Dense,
    IntentModel,
    Scope,
    centred,
    evidence,
    log_loss,
    with_nearness,
    with_outside,
)
from tongxi.intents.nearby import Nearby, Space, chosen, likenesses, weights_of

Codes = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
OUT_LABELS = frozenset({"oos", "NO_NODES_DETECTED"})
"""Labels of public sets that stand for out of scope; an absent label does as well."""
FEW_LABELS = 8
"""Up to so many labels the texts are judged (mood, quality) rather than told apart by subject."""
JUDGED = 100
"""Texts from which on words of opinion are tried for few labels; fewer cannot tell whether these help."""
HANDFULS, FEW_TEXTS = 1_000, 2_500
FOLDS = 3
PAIRED_TEXTS = 5_000
"""Up to so many texts pairs of words are learnt from: with more they take a quarter of the time and tell little.
With examples of out of scope they stay: there they told a little more (docs/reference/intents.md)."""
TRIAL_TEXTS = 6_000
"""A trial learns from at most so many texts."""
SHOWN = 60
"""With so many examples of out of scope it is learnt from them; with fewer, from labels left out of training too."""
DIRECTIONS, DIRECTIONS_LARGE, LARGE = 96, 256, 300
"""Main directions of an encoder's vectors that are learnt from; more for one of more than `LARGE` dimensions."""
NEAR, NEAR_HANDFULS = 1.5, 1.0
"""Spread of the scores of what lies near, as a multiple of that of the linear ones; with up to `HANDFULS` texts the
linear ones know the sentence vectors themselves."""
MIN_SENTENCES = 50
"""Texts with sentence vectors from which on these are learnt from."""
OUT_SHARE_SEEN, OUT_SHARE_UNSEEN = 1 / 16, 1 / 2
"""Share of messages taken to be out of scope when the cut is chosen: with examples of such messages, and without.
Source of the second: Arora et al. 2020, HINT3, where about half of what live bots are asked is out of scope."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and its label; None is out of scope."""

    text: str
    label: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """How a model is learnt."""

    loss: str
    """`margin` (squared hinge, one label against the rest) or `logistic` (all labels at once)."""
    cost: float
    """Inverse strength of regularisation."""
    dense: float
    """Weight of the encoder's block."""
    is_balanced: bool = False
    """Rare labels count as much as frequent ones."""
    contrast: float = 0.0
    """Share of a second model whose columns are scaled by how unevenly labels use them (log count ratio).
    Source: Wang and Manning 2012, Baselines and Bigrams."""


class TooFew(Exception):
    """There are not two labels with an example each."""


def forms(texts: int, labels: int) -> tuple[Form, ...]:
    """The forms worth trying, the likeliest first."""
    if labels <= FEW_LABELS:
        return tuple(Form("margin", 0.5, dense, is_balanced=True, contrast=0.5) for dense in (0.0, 0.5))
    if texts <= HANDFULS:
        return Form("logistic", 20.0, 0.6), Form("margin", 2.0, 0.4)
    if texts <= FEW_TEXTS:
        return (Form("margin", 2.0, 0.2),)
    return (Form("margin", 2.0, 0.5),)


@dataclass(slots=True)
class _Table:
    """Examples as numbers."""

    labels: list[str]
    codes: Codes
    """(n,) label of each example, -1 for a stranger."""
    sparse: Any
    """CSR (n, terms)."""
    vectors: Floats
    """(n, directions of all encoders)."""
    asked: Floats
    """(n,) number of different words and n-grams."""
    is_counted: Flags
    """(terms,) whether a column counts among the known terms: pairs do not."""
    min_texts: int
    """In how many texts a term is to be known."""
    depths: Floats | None = None
    """(n, depths * dimensions) of an encoder of sentences."""
    names: Floats | None = None
    """(labels, depths * dimensions) of the labels' own names."""
    opinion: Floats | None = None
    """(n, `opinion.names`) words of opinion and feeling, where there are few labels."""

    def near(self, learnt: Codes) -> tuple[Space, Floats, Floats]:
        """Learn from these rows what lies near: where, rows (examples, directions), weights (examples, labels)."""
        assert self.depths is not None
        assert self.names is not None
        there = np.unique(self.codes[learnt])
        vectors = np.vstack([self.depths[learnt], self.names[there]])
        codes = np.concatenate([self.codes[learnt], there])
        has = np.flatnonzero(vectors.any(axis=1))
        kept = has[chosen(codes[has])]
        space = Space.of(vectors[kept], codes[kept])
        rows = space.rows(vectors[kept])
        return space, rows, weights_of(rows, codes[kept], len(self.labels))

    def known(self, learnt: Codes, held: Codes) -> Floats:
        """Share of terms of the held-out rows that stand in the rows learnt from: (held,)."""
        used = self.sparse[learnt].getnnz(axis=0) >= self.min_texts
        seen = self.sparse[held].astype(bool).astype(np.float32) @ (used & self.is_counted).astype(np.float32)
        made: Floats = (seen / np.maximum(self.asked[held], 1)).astype(np.float32)
        return made

    def matrix(self, weight: float) -> Any:
        """All blocks side by side, CSR (n, columns)."""
        if not self.vectors.shape[1]:
            return self.sparse
        return sparse.hstack([self.sparse, sparse.csr_matrix(self.vectors * np.float32(weight))], format="csr")

    def learnt(self, form: Form) -> tuple[Any, Codes]:
        """All rows but strangers, with their labels."""
        rows = np.flatnonzero(self.codes >= 0)
        return self.matrix(form.dense)[rows], self.codes[rows]


def train(
    examples: Sequence[Example],
    *,
    encoders: dict[str, Dense] | None = None,
    dev: Sequence[Example] = (),
    strangers: Sequence[str] = (),
    sentences: Encoders | None = None,
    names: Mapping[str, str] | None = None,
) -> IntentModel:
    """Learn from examples; `dev` (not learnt from) sets out of scope when it has both kinds of rows.

    `strangers` are texts that are out of scope of most businesses; they count where too few are given as examples.
    `names` of labels are read by `sentences` only. Same examples in the same order give the same model.
    Raises: `TooFew`.
    """
    encoders = encoders or {}
    kept = list({(e.text, _label(e)): e for e in examples if e.text.strip()}.values())
    labels = sorted({_label(e) for e in kept})
    outside = "" if "" in labels else None
    if len(labels) - (outside is not None) < 2:
        raise TooFew("there must be at least two intents with an example each")
    has_pairs = len(kept) <= PAIRED_TEXTS or outside is not None
    depths = sentences.depths.encode([e.text for e in kept]) if sentences else None
    if depths is not None and (depths.any(axis=1).sum() < MIN_SENTENCES or len(labels) <= FEW_LABELS):
        depths = None
    if sentences and (len(kept) <= HANDFULS or len(labels) <= FEW_LABELS):
        encoders = {**encoders, sentences.name: sentences.last}
    made = represent([e.text for e in kept], encoders, has_pairs=has_pairs)
    place = {label: i for i, label in enumerate(labels)}
    codes = np.array([place[_label(e)] for e in kept], np.intp)
    is_shown = outside is not None and (codes == place[outside]).sum() >= SHOWN
    is_told_by_labels = is_shown or len(labels) <= FEW_LABELS or not strangers
    others = [] if is_told_by_labels else [made.rows(list(strangers), encoders)]
    table = _Table(
        labels,
        np.concatenate([codes, *(np.full(len(asked), -1) for _, _, asked in others)]),
        sparse.vstack([made.sparse, *(rows for rows, _, _ in others)], format="csr"),
        np.vstack([made.vectors, *(vectors for _, vectors, _ in others)]),
        np.concatenate([made.asked, *(asked for _, _, asked in others)]),
        made.vocabulary.is_counted(),
        min_texts(len(kept)),
    )
    if sentences and depths is not None:
        more = () if is_told_by_labels else (sentences.depths.encode(list(strangers)),)
        table.depths = np.vstack([depths, *more])
        table.names = sentences.depths.encode([(names or {}).get(label, "") for label in labels])
    if len(labels) <= FEW_LABELS and len(kept) >= JUDGED:
        table.opinion = opinion.rows([e.text for e in kept])
    candidates = forms(len(kept), len(labels))
    folds = _folds(table)[: FOLDS if len(candidates) > 1 else 1]
    near = [_near_held(table, fold) for fold in folds] if table.depths is not None else None
    share = NEAR_HANDFULS if len(kept) <= HANDFULS else NEAR
    said = np.vstack([_opinion_held(table, fold) for fold in folds]) if table.opinion is not None else None
    best = max((_trial(table, form, folds, outside, near, share, said) for form in candidates), key=lambda t: t.merit)
    whole, codes = table.learnt(best.form)
    weights, bias = _fit(whole, codes, len(labels), best.form)
    centres = made.unturned(_centres(whole, codes, len(labels)))
    nearby = None
    if best.near is not None:
        nearby = Nearby(*table.near(np.flatnonzero(table.codes >= 0)), *best.near)
    words = None
    if best.opinion and table.opinion is not None:
        by_words, start = opinion.learnt(table.opinion, codes, len(labels))
        words = opinion.Opinion(opinion.names(), by_words * np.float32(best.opinion))
        bias += start * np.float32(best.opinion)
    model = IntentModel(
        labels, made.vocabulary, made.unturned(weights), bias, centres,
        temperature=best.temperature, scope=best.scope, outside=outside,
        blocks=[Block(b.name, b.weight * best.form.dense, b.middle) for b in made.blocks], encoders=encoders,
        figures={"accuracy": best.accuracy, "examples": float(len(kept)), "intents": float(len(labels))},
        nearby=nearby, depths=sentences.depths if nearby and sentences else None, opinion=words,
    )  # fmt: skip
    return _tuned(model, dev) if dev else model


@dataclass(slots=True)
class Represented:
    """Texts as numbers, and how to make them of other texts."""

    vocabulary: Vocabulary
    blocks: list[Block]
    sparse: Any
    """CSR (n, terms)."""
    vectors: Floats
    """(n, directions of all encoders): centred, turned onto their main directions."""
    turns: list[Floats]
    """For each encoder (dimensions, directions)."""
    asked: Floats
    """(n,) number of different words and n-grams."""

    def rows(self, texts: Sequence[str], encoders: dict[str, Dense]) -> tuple[Any, Floats, Floats]:
        """Other texts on the same columns: CSR (n, terms), vectors (n, directions), terms asked for (n,)."""
        bags = [terms(text) for text in texts]
        parts = [np.zeros((len(texts), 0), np.float32)]
        for block, turn in zip(self.blocks, self.turns, strict=True):
            parts.append(centred(encoders[block.name].encode(texts), block.middle) @ turn)
        asked = np.array([_asked(b) for b in bags], np.float32)
        return _csr(bags, self.vocabulary), np.hstack(parts), asked

    def unturned(self, weights: Floats) -> Floats:
        """Weights learnt on these rows, (terms + directions, labels), as weights of terms and dimensions."""
        parts = [weights[: len(self.vocabulary)]]
        at = len(self.vocabulary)
        for turn in self.turns:
            parts.append(turn @ weights[at : at + turn.shape[1]])
            at += turn.shape[1]
        return np.vstack(parts)


def min_texts(texts: int) -> int:
    """In how many texts a term must stand to count."""
    return 2 if texts > 1000 else 1


def represent(texts: Sequence[str], encoders: dict[str, Dense], *, has_pairs: bool = True) -> Represented:
    """Learn the columns of texts, with or without pairs of words, and make their rows."""
    bags = [terms(text) for text in texts]
    blocks = [block for block in BLOCKS if has_pairs or block != "pair"]
    vocabulary = Vocabulary.of(bags, min_texts=min_texts(len(texts)), blocks=blocks)
    vectors, turns, encoded = _vectors(texts, encoders)
    asked = np.array([_asked(b) for b in bags], np.float32)
    return Represented(vocabulary, encoded, _csr(bags, vocabulary), vectors, turns, asked)


def _csr(bags: Sequence[dict[str, list[str]]], vocabulary: Vocabulary) -> Any:
    starts, places, values = stacked(vocabulary.row(b) for b in bags)
    rows = sparse.csr_matrix((values, places, starts), shape=(len(bags), len(vocabulary)))
    rows.sort_indices()
    return rows


def _label(example: Example) -> str:
    return "" if example.label is None or example.label in OUT_LABELS else example.label


def _vectors(texts: Sequence[str], encoders: dict[str, Dense]) -> tuple[Floats, list[Floats], list[Block]]:
    """Vectors on their main directions: fewer columns learn as well in half the time."""
    made: list[Floats] = []
    turns: list[Floats] = []
    blocks: list[Block] = []
    for name, encoder in encoders.items():
        vectors = encoder.encode(texts)
        middle = vectors.mean(axis=0).astype(np.float32)
        moved = centred(vectors, middle)
        most = DIRECTIONS_LARGE if vectors.shape[1] > LARGE else DIRECTIONS
        directions = np.linalg.eigh(moved.T @ moved)[1][:, ::-1][:, :most].astype(np.float32)
        made.append(moved @ directions)
        turns.append(directions)
        blocks.append(Block(name, 1.0, middle))
    return (np.hstack(made) if made else np.zeros((len(texts), 0), np.float32)), turns, blocks


def _asked(bags: dict[str, list[str]]) -> int:
    return len(set(bags["word"])) + len(set(bags["gram"]))


def _folds(table: _Table) -> list[tuple[Codes, Codes]]:
    """Training and held-out rows; each held-out part has a share of every label's rows and all rows of some labels."""
    rng = np.random.default_rng(zlib.crc32(",".join(table.labels).encode()))
    fold = np.zeros(len(table.codes), np.intp)
    for code in range(len(table.labels)):
        rows = np.flatnonzero(table.codes == code)
        rng.shuffle(rows)
        fold[rows] = (np.arange(len(rows)) + code) % FOLDS
    strangers = np.flatnonzero(table.codes < 0)
    fold[strangers] = np.arange(len(strangers)) % FOLDS
    outside = np.array([not label for label in table.labels])[table.codes] & (table.codes >= 0)
    is_shown = outside.sum() >= SHOWN
    if is_shown:  # half of them in the first fold, which may be the only one
        fold[np.flatnonzero(outside)[::2]] = 0
    away = None if is_shown or len(table.labels) <= FEW_LABELS else rng.permutation(len(table.labels)) % (2 * FOLDS)
    made: list[tuple[Codes, Codes]] = []
    for k in range(FOLDS):
        is_held = fold == k
        if away is not None:
            is_held |= (away[table.codes] == k) & ~outside & (table.codes >= 0)
        learnt = np.flatnonzero(~is_held & (table.codes >= 0))
        if len(table.labels) <= FEW_LABELS and len(learnt) > TRIAL_TEXTS:
            learnt = np.sort(rng.choice(learnt, TRIAL_TEXTS, replace=False))
        made.append((learnt, np.flatnonzero(is_held)))
    return made


@dataclass(slots=True)
class _Trial:
    form: Form
    merit: float
    accuracy: float
    temperature: float
    scope: Scope
    near: tuple[float, float, float] | None = None
    """`share`, `alone` and `usual` of `Nearby`."""
    opinion: float = 0.0
    """What the scores of words of opinion are multiplied with."""


def _near_held(table: _Table, fold: tuple[Codes, Codes]) -> tuple[Floats, Floats, Flags]:
    """Of the held-out rows: scores (held, labels), likeness to the nearest example (held,), whether it has a vector."""
    assert table.depths is not None
    learnt, held = fold
    space, rows, weights = table.near(learnt)
    likeness = likenesses(space.rows(table.depths[held]), rows)
    has: Flags = np.any(table.depths[held], axis=1)
    return (likeness @ weights).astype(np.float32), likeness.max(axis=1), has


def _opinion_held(table: _Table, fold: tuple[Codes, Codes]) -> Floats:
    """Scores of the held-out rows by words of opinion: (held, labels)."""
    assert table.opinion is not None
    learnt, held = fold
    weights, bias = opinion.learnt(table.opinion[learnt], table.codes[learnt], len(table.labels))
    made: Floats = table.opinion[held] @ weights + bias
    return made


def _trial(
    table: _Table,
    form: Form,
    folds: list[tuple[Codes, Codes]],
    outside: str | None,
    near: list[tuple[Floats, Floats, Flags]] | None = None,
    near_share: float = NEAR,
    said: Floats | None = None,
) -> _Trial:
    matrix = table.matrix(form.dense)
    n = len(table.labels)
    inside = np.array([label != outside for label in table.labels])

    def one(fold: tuple[Codes, Codes]) -> tuple[Codes, Floats, Floats, Floats, Flags]:
        learnt, held = fold
        weights, bias = _fit(matrix[learnt], table.codes[learnt], n, form)
        centres = _centres(matrix[learnt], table.codes[learnt], n)
        there = np.bincount(table.codes[learnt], minlength=n) > 0
        rows = matrix[held]
        scores = np.where(there, rows @ weights + bias, -1e9).astype(np.float32)
        length = np.sqrt(np.maximum(np.asarray(rows.multiply(rows).sum(axis=1)).ravel(), 1e-6))
        likeness = (np.where(there, rows @ centres, -1e9) / length[:, None]).astype(np.float32)
        return held, scores, likeness, table.known(learnt, held), there[table.codes[held]]

    done = [one(fold) for fold in folds]
    held = np.concatenate([d[0] for d in done])
    scores, likeness = np.vstack([d[1] for d in done]), np.vstack([d[2] for d in done])
    codes = table.codes[held]
    is_in = np.concatenate([d[4] for d in done]) & inside[codes] & (codes >= 0)
    words = 0.0
    if said is not None:
        share = opinion.share_of(scores, said)
        mixed = (scores + np.float32(share) * said).astype(np.float32)
        if _merit(mixed, codes, inside, is_in) > _merit(scores, codes, inside, is_in):
            scores, words = mixed, share
    nearness, beside = None, None
    if near is not None:
        scores, nearness, beside = _beside(scores, near, near_share, is_in)
    right = np.where(inside, scores, -np.inf).argmax(axis=1) == codes
    accuracy = float(right[is_in].mean()) if is_in.any() else 0.0
    temperature = _temperature(np.where(inside, scores, -1e9)[is_in], codes[is_in])
    seen = evidence(scores[:, inside], likeness[:, inside], np.concatenate([d[3] for d in done]), temperature)
    seen = with_outside(with_nearness(seen, nearness), scores, inside, temperature)
    share = OUT_SHARE_UNSEEN if outside is None else OUT_SHARE_SEEN
    # Strangers teach what speaks for out of scope; where to draw the line is told by what is near the intents.
    own = codes >= 0
    scope = cut(_scope(seen, is_in), seen[own], (right & is_in)[own], is_in[own], share)
    return _Trial(form, _merit(scores, codes, inside, is_in), accuracy, temperature, scope, beside, words)


def _merit(scores: Floats, codes: Codes, inside: Flags, is_in: Flags) -> float:
    """Accuracy and mean recall of the labels, added, on the rows that are in scope: 0…2."""
    right = (np.where(inside, scores, -np.inf).argmax(axis=1) == codes)[is_in]
    recalls = [float(right[codes[is_in] == c].mean()) for c in np.unique(codes[is_in])]
    return float(right.mean()) + float(np.mean(recalls)) if recalls else 0.0


def _beside(
    scores: Floats, near: list[tuple[Floats, Floats, Flags]], near_share: float, is_in: Flags
) -> tuple[Floats, Floats, tuple[float, float, float]]:
    """Linear scores with those of what lies near, likeness to the nearest example, and the figures of `Nearby`."""
    other, likeness, has = (np.concatenate([one[part] for one in near]) for part in range(3))
    known = (scores > -1e8) & has[:, None]
    share = near_share * float(np.std(scores[known])) / max(float(np.std(other[known])), 1e-9)
    mixed = scores + np.float32(share) * other
    alone = float(np.std(mixed[known])) / max(float(np.std(scores[known])), 1e-9)
    chosen_in = likeness[has & is_in]
    usual = float(np.median(chosen_in)) if len(chosen_in) else 0.5
    made = np.where(has[:, None], mixed, scores * np.float32(alone)).astype(np.float32)
    return made, np.where(has, likeness, usual).astype(np.float32), (share, alone, usual)


def cut(scope: Scope, seen: Floats, is_right: Flags, is_in: Flags, out_share: float) -> Scope:
    """Move the score so that 0.5 is where most messages are treated right: answered rightly or taken as out of scope.

    `is_right`: (n,) in scope and guessed rightly · `out_share`: share of messages that are out of scope, 0…1.
    """
    if is_in.all() or not is_in.any():
        return scope
    odds = scope.bias + seen @ scope.weights
    order = np.argsort(odds, kind="stable")
    kept = np.concatenate(([0], np.cumsum(is_right[order]))) / is_in.sum()
    left = 1 - np.concatenate(([0], np.cumsum(~is_in[order]))) / (~is_in).sum()
    merit = (1 - out_share) * kept + out_share * left
    # The middle of the flat top: one lucky row does not decide.
    good = np.flatnonzero(merit >= merit.max() - 0.002)
    at = int(good[len(good) // 2])
    limits = np.concatenate((odds[order][:1] - 1, odds[order], odds[order][-1:] + 1))
    return Scope(scope.bias - float(limits[at] + limits[at + 1]) / 2, scope.weights)


def _fit(matrix: Any, codes: Codes, labels: int, form: Form) -> tuple[Floats, Floats]:
    """Weights (columns, labels) and bias (labels,); labels without rows get weight zero."""
    weights = np.zeros((matrix.shape[1], labels), np.float32)
    bias = np.full(labels, -1.0, np.float32)
    there = np.unique(codes)
    if len(there) < 2:
        return weights, bias
    direct, start = _linear(matrix, codes, form)
    if form.contrast:
        scaled, other = _contrasted(matrix, codes, there, form)
        size = float(np.std(matrix @ direct)) / max(float(np.std(matrix @ scaled)), 1e-9)
        direct = (1 - form.contrast) * direct + form.contrast * size * scaled
        start = (1 - form.contrast) * start + form.contrast * size * other
    weights[:, there], bias[there] = direct, start
    return weights, bias


def _linear(matrix: Any, codes: Codes, form: Form) -> tuple[Floats, Floats]:
    # One fit at a time: liblinear draws from one generator for the whole process, so that threads would make a model
    # depend on their timing.
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    weight = "balanced" if form.is_balanced else None
    if form.loss == "logistic":
        made = LogisticRegression(C=form.cost, max_iter=60, tol=1e-3, class_weight=weight)
    else:
        made = LinearSVC(C=form.cost, tol=0.1, max_iter=200, class_weight=weight, random_state=0)
    made.fit(matrix, codes)
    weights, bias = made.coef_.T.astype(np.float32), made.intercept_.astype(np.float32)
    if weights.shape[1] == 1:  # two labels: the estimator keeps one column
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return weights, bias


def _contrasted(matrix: Any, codes: Codes, there: Codes, form: Form) -> tuple[Floats, Floats]:
    """Weights and bias of models on columns scaled by the log ratio of their use with and without the label."""
    from sklearn.svm import LinearSVC

    made = np.zeros((matrix.shape[1], len(there)), np.float32)
    bias = np.zeros(len(there), np.float32)
    positive = abs(matrix)
    total = np.asarray(positive.sum(axis=0)).ravel() * 8
    for i, code in enumerate(there):
        used = np.asarray(positive[codes == code].sum(axis=0)).ravel() * 8 + 1
        unused = total - used + 2
        ratio = np.log(used / used.sum()) - np.log(unused / unused.sum())
        scaled = matrix @ sparse.diags(ratio)
        ratio /= np.sqrt(scaled.multiply(scaled).sum() / len(codes))
        model = LinearSVC(C=0.3, tol=0.1, class_weight="balanced" if form.is_balanced else None, random_state=0)
        model.fit(matrix @ sparse.diags(ratio), codes == code)
        made[:, i], bias[i] = ratio * model.coef_[0], model.intercept_[0]
    return made, bias


def _centres(matrix: Any, codes: Codes, labels: int) -> Floats:
    """Mean row of each label's examples, of length one: (columns, labels)."""
    chosen = sparse.csr_matrix(
        (np.ones(len(codes), np.float32), (codes, np.arange(len(codes)))), shape=(labels, len(codes))
    )
    sums = np.asarray((chosen @ matrix).todense(), np.float32)
    made: Floats = (sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)).T.copy()
    return made


def _temperature(scores: Floats, codes: Codes) -> float:
    """The temperature under which the right labels are likeliest."""
    if not len(codes):
        return 0.2
    tried = np.geomspace(0.02, 3.0, 26)
    return float(min(tried, key=lambda t: log_loss(scores, codes, float(t))))


def _scope(seen: Floats, is_in: Flags) -> Scope:
    """Learn out of scope from rows in scope and rows of labels that were left out or out of scope."""
    from sklearn.linear_model import LogisticRegression

    if is_in.all() or not is_in.any():
        # Nothing to learn from: a text of which little is known is out of scope.
        return Scope(2.0, np.array([0, -0.5, -5, 0, 0, 0][: seen.shape[1]], np.float32))
    made = LogisticRegression(C=1.0, class_weight="balanced", max_iter=200).fit(seen, ~is_in)
    return Scope(float(made.intercept_[0]), made.coef_[0].astype(np.float32))


def _tuned(model: IntentModel, dev: Sequence[Example]) -> IntentModel:
    """Learn out of scope anew from rows that were not learnt from, when they have both kinds."""
    is_in = np.array([bool(_label(e)) for e in dev])
    if is_in.all() or is_in.sum() < 20 or (~is_in).sum() < 20:
        return model
    scores, seen = model.scores([e.text for e in dev])
    seen = with_outside(seen, scores, model.inside, model.temperature)
    best = np.where(model.inside, scores, -np.inf).argmax(axis=1)
    is_right = np.array([model.labels[i] == _label(e) for i, e in zip(best, dev, strict=True)])
    model.scope = cut(_scope(seen, is_in), seen, is_right & is_in, is_in, OUT_SHARE_SEEN)
    return model
