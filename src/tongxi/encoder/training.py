"""Train the shipped weights: `python -m tongxi.encoder.training --corpus STARTER SET.jsonl … --output FILE`.

`STARTER` is the folder of the starter corpus; each further file is a public English set of rows `{text, label}`. Same
input and seed give the same weights on the same machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tongxi.encoder.corpus import Family, labelled, starter, strangers
from tongxi.encoder.learning import Settings, learn

STARTER_SHARE = 0.7
"""Share of the steps on the starter corpus; the public sets divide the rest by their number of meanings."""


def families(corpora: Sequence[Path]) -> list[tuple[Family, float]]:
    """What to learn from, with shares."""
    first = starter(corpora[0])
    others = [family for path in corpora[1:] if (family := labelled(path)).meanings]
    total = sum(len(family.meanings) for family in others)
    shared = [(family, (1 - STARTER_SHARE) * len(family.meanings) / total) for family in others]
    return [(first, STARTER_SHARE), *shared]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, nargs="+", required=True, help="starter corpus folder, then public sets")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=Settings.steps)
    parser.add_argument("--seed", type=int, default=Settings.seed)
    options = parser.parse_args(argv)
    settings = replace(Settings(), steps=options.steps, seed=options.seed)
    encoder = learn(families(options.corpus), strangers(), settings, _say)
    encoder.save(options.output)
    _say(f"{len(encoder.hashes)} pieces, {options.output.stat().st_size / 1e6:.1f} MB")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
