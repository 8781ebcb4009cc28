"""Learn the weights of `tongxi.signals.complexity`: `python scripts/fit_complexity.py` prints them.

From the lines of tests/data/complexity.txt whose text falls into part 0 of 2; the others judge
(`python -m tongxi.evaluation.complexity tests/data`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from tongxi.evaluation.complexity import halves
from tongxi.signals.complexity import LEVELS, features

DATA = Path(__file__).parents[1] / "tests/data"


def main() -> None:
    """Choose the penalty by cross-validation on the learning half, fit, print."""
    rows = halves(DATA)[0]
    found = np.array([features(text) for _, text in rows])
    truth = np.array([LEVELS.index(level) for level, _ in rows])
    penalties = (1.0, 3.0, 10.0, 30.0)
    scored = {
        c: cross_val_score(LogisticRegression(C=c, max_iter=1000), found, truth, cv=5, scoring="neg_log_loss").mean()
        for c in penalties
    }
    best = max(scored, key=scored.__getitem__)
    model = LogisticRegression(C=best, max_iter=1000).fit(found, truth)
    print(f"n {len(rows)}, C {best}, log loss {-scored[best]:.3f}")
    print("BIAS =", tuple(round(float(one), 2) for one in model.intercept_))
    for row in model.coef_:
        print(tuple(round(float(one), 2) for one in row))


if __name__ == "__main__":
    main()
