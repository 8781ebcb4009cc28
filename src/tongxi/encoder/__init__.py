"""Meaning of short texts as vectors: zh and en paraphrases lie close together. Numpy only, no network, no model key."""

from tongxi.encoder.encoder import Encoder, NotWeights, own, shipped

__all__ = ["Encoder", "NotWeights", "own", "shipped"]
