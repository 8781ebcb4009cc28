"""Texts to vectors: the mean of the learnt vectors of their pieces. A table look-up, no network."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tongxi.encoder.features import pieces

Floats = npt.NDArray[np.float32]

_MAGIC = b"TXENC\x02\0\0"
_HEADER = struct.Struct("<8sIII")


class NotWeights(Exception):
    """The file does not hold encoder weights of this version."""


class Encoder:
    """Learnt vectors of pieces. Immutable; safe to share between threads."""

    def __init__(
        self,
        hashes: npt.NDArray[np.uint32],
        table: npt.NDArray[np.int8],
        scales: Floats,
        landmarks: Floats | None = None,
    ) -> None:
        """`hashes`: (pieces,) ascending · `table`: (pieces, dimensions) · `scales`: (pieces,), of one step.

        `landmarks`: (meanings, dimensions), a unit vector for each meaning of the training: what people ask anywhere.
        """
        self.hashes, self.table, self.scales = hashes, table, scales
        self.landmarks = np.zeros((0, table.shape[1]), dtype=np.float32) if landmarks is None else landmarks
        self.dimensions: int = table.shape[1]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of texts: (n, dimensions); a zero row where no piece of a text is known."""
        made = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if not len(self.hashes):
            return made
        for row, text in zip(made, texts, strict=True):
            known = self._rows(pieces(text))
            if len(known):
                vector = self.scales[known] @ self.table[known].astype(np.float32)
                length = float(np.sqrt(vector @ vector))
                if length > 0:
                    np.divide(vector, length, out=row)
        return made

    def _rows(self, asked: npt.NDArray[np.uint32]) -> npt.NDArray[np.intp]:
        places = np.searchsorted(self.hashes, asked)
        places[places == len(self.hashes)] = 0
        known: npt.NDArray[np.intp] = places[self.hashes[places] == asked]
        return known

    def vectors(self) -> Floats:
        """The table as numbers: (pieces, dimensions)."""
        return self.table.astype(np.float32) * self.scales[:, None]

    @classmethod
    def of(cls, hashes: npt.NDArray[np.uint32], vectors: Floats, landmarks: Floats | None = None) -> Encoder:
        """Quantise vectors (pieces, dimensions) to one byte a number, with one scale a row."""
        scales = (np.abs(vectors).max(axis=1, initial=1e-12) / 127).astype(np.float32)
        table = np.rint(vectors / scales[:, None]).astype(np.int8)
        return cls(hashes, table, scales, landmarks)

    def save(self, path: Path) -> None:
        """Write the weights; `load` reads them."""
        with path.open("wb") as file:
            file.write(_HEADER.pack(_MAGIC, *self.table.shape, len(self.landmarks)))
            file.write(self.hashes.astype("<u4").tobytes())
            file.write(self.scales.astype("<f4").tobytes())
            file.write(self.landmarks.astype("<f2").tobytes())
            file.write(self.table.tobytes())

    @classmethod
    def load(cls, path: Path) -> Encoder:
        """Map a weights file into memory; only the rows that are used become resident. Raises: `NotWeights`."""
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
            if len(head) < _HEADER.size:
                raise NotWeights(path.name)
            magic, n, dimensions, marks = _HEADER.unpack(head)
            if magic != _MAGIC or path.stat().st_size != _HEADER.size + n * (8 + dimensions) + 2 * marks * dimensions:
                raise NotWeights(path.name)
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        place = _HEADER.size
        hashes = np.frombuffer(data, "<u4", n, place)
        scales = np.frombuffer(data, "<f4", n, place + 4 * n)
        landmarks = np.frombuffer(data, "<f2", marks * dimensions, place + 8 * n).astype(np.float32)
        table = np.frombuffer(data, np.int8, n * dimensions, place + 8 * n + 2 * marks * dimensions)
        return cls(hashes, table.reshape(n, dimensions), scales, landmarks.reshape(marks, dimensions))


@cache
def shipped() -> Encoder:
    """The encoder that comes with the product, one a process. Trained by `python -m tongxi.encoder.training`."""
    return Encoder.load(Path(str(files("tongxi") / "encoder" / "shipped.weights")))
