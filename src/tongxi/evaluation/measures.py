"""Figures of predictions against labels, each with a 95 % interval. Pure; NumPy only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 400
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure."""

    name: str
    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.name} {self.value:.4f} [{self.low:.4f}, {self.high:.4f}] n {self.n}"


def figure(name: str, n: int, measure: Callable[[Codes], float]) -> Figure:
    """A figure of `n` rows, `measure` of row numbers; interval: percentile bootstrap over rows, seeded."""
    value = measure(np.arange(n))
    rng = np.random.default_rng(7)
    again = [measure(rng.integers(0, n, n)) for _ in range(RESAMPLES)]
    low, high = np.percentile(again, [2.5, 97.5])
    return Figure(name, value, float(low), float(high), n)


def coded(truth: Sequence[str], said: Sequence[str]) -> tuple[Codes, Codes, list[str]]:
    """Labels as numbers, with the list of labels."""
    names = sorted(set(truth) | set(said))
    place = {name: i for i, name in enumerate(names)}
    return np.array([place[t] for t in truth], np.intp), np.array([place[s] for s in said], np.intp), names


def accuracy(truth: Codes, said: Codes) -> float:
    """Share of equal ones, 0…1."""
    return float((truth == said).mean()) if len(truth) else 0.0


def macro_f1(truth: Codes, said: Codes) -> float:
    """Mean F1 over the labels of `truth`, 0…1."""
    size = int(max(truth.max(initial=0), said.max(initial=0))) + 1
    both = np.bincount(truth[truth == said], minlength=size)
    real, claimed = np.bincount(truth, minlength=size), np.bincount(said, minlength=size)
    f1 = 2 * both / np.maximum(real + claimed, 1)
    return float(f1[real > 0].mean()) if len(truth) else 0.0


def matthews(truth: Codes, said: Codes) -> float:
    """Matthews correlation of many labels, -1…1; 0 when either side is constant. Source: Gorodkin (2004)."""
    size = int(max(truth.max(initial=0), said.max(initial=0))) + 1
    n, right = float(len(truth)), float((truth == said).sum())
    real = np.bincount(truth, minlength=size).astype(float)
    claimed = np.bincount(said, minlength=size).astype(float)
    below = (n * n - claimed @ claimed) * (n * n - real @ real)
    return float((right * n - real @ claimed) / np.sqrt(below)) if below > 0 else 0.0


def kappa(truth: Codes, said: Codes, levels: int) -> float:
    """Quadratic-weighted kappa of ordered levels 0 … `levels` - 1, -1…1. Source: Cohen (1968)."""
    apart = (np.arange(levels)[:, None] - np.arange(levels)[None, :]) ** 2
    seen = np.zeros((levels, levels))
    np.add.at(seen, (truth, said), 1.0)
    chance = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / max(1.0, seen.sum())
    below = float((apart * chance).sum())
    return 1 - float((apart * seen).sum()) / below if below else 1.0


def calibration_error(probability: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Mean gap between probability and share of right ones over equal bins, weighted by rows, 0…1.

    Source: Naeini et al. (2015), expected calibration error.
    """
    if not len(probability):
        return 0.0
    place = np.minimum((probability * bins).astype(np.intp), bins - 1)
    claimed = np.bincount(place, weights=probability, minlength=bins)
    real = np.bincount(place, weights=right.astype(np.float64), minlength=bins)
    return float(np.abs(claimed - real).sum() / len(probability))


def auroc(inside: npt.NDArray[np.float64], outside: npt.NDArray[np.float64]) -> float:
    """Chance that a value of `inside` is above one of `outside`, 0…1; a tie counts half."""
    if not len(inside) or not len(outside):
        return 0.5
    order = np.sort(outside)
    below, upto = np.searchsorted(order, inside, "left"), np.searchsorted(order, inside, "right")
    return float((below + upto).mean() / (2 * len(outside)))
