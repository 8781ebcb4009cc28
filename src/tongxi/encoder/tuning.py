"""Continue the training on an operator's own knowledge, on top of given weights, in seconds."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from tongxi.encoder.corpus import Meaning
from tongxi.encoder.encoder import Encoder
from tongxi.encoder.learning import Bag, Settings, Table, contrast_step, pick

TUNING = Settings(steps=150, rate=2e-3, strangers=0, rare=1)
SHARE = 0.4
"""How far known vectors go the way from the old weights to the tuned ones: learns nearly as much, forgets far less.
Source: Wortsman et al. 2022, arXiv:2109.01903."""
ENOUGH = 2
"""Texts a meaning needs to teach something."""


def tune(encoder: Encoder, meanings: Sequence[Meaning], settings: Settings = TUNING) -> Encoder:
    """Move the vectors of the pieces that these meanings use, and add those that are new.

    A meaning is an article: example questions and confirmed questions as `zh` and `en`, its title and sentences as
    `titles`. Fewer than two meanings with two texts teach nothing; then the encoder comes back as it is.
    """
    useful = [m for m in meanings if len(set(m.texts())) >= ENOUGH]
    if len(useful) < 2:
        return encoder
    rng, chance = np.random.default_rng(settings.seed), random.Random(settings.seed)
    bag = Bag((text for meaning in useful for text in meaning.texts()), settings.rare, known=encoder.hashes)
    # New pieces start near nothing, but not at nothing: there would be no direction to move in.
    vectors = rng.normal(0, 0.02, (len(bag.hashes), encoder.dimensions)).astype(np.float32)
    vectors[np.searchsorted(bag.hashes, encoder.hashes)] = encoder.vectors()
    table = Table(vectors)
    for step in range(settings.steps):
        batch = useful if len(useful) <= settings.batch else chance.sample(useful, settings.batch)
        views = [[pick(meaning, chance) for meaning in batch] for _ in range(settings.views)]
        contrast_step(bag, table, views, [], settings, rng, settings.rate * (1 - step / settings.steps))
    places = np.searchsorted(bag.hashes, encoder.hashes)
    table.vectors[places] = (1 - SHARE) * encoder.vectors() + SHARE * table.vectors[places]
    return Encoder.of(bag.hashes, table.vectors)
