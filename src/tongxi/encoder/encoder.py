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
import structlog

from tongxi.encoder.features import pieces

log = structlog.get_logger(__name__)

Floats = npt.NDArray[np.float32]

_MAGIC = b"TXENC\x01\0\0"
_HEADER = struct.Struct("<8sII")


class NotWeights(Exception):
    """The file does not hold encoder weights of this version."""


class Encoder:
    """Learnt vectors of pieces. Immutable; safe to share between threads."""

    def __init__(self, hashes: npt.NDArray[np.uint32], table: npt.NDArray[np.int8], scales: Floats) -> None:
        """`hashes`: (pieces,) ascending · `table`: (pieces, dimensions) · `scales`: (pieces,), of one step."""
        self.hashes, self.table, self.scales = hashes, table, scales
        self.dimensions: int = table.shape[1]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of texts: (n, dimensions); a zero row where no piece of a text is known."""
        made = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(made, texts, strict=True):
            row[:] = self.read(text)[0]
        return made

    def read(self, text: str) -> tuple[Floats, float]:
        """Unit vector of one text, (dimensions,), and the share of its pieces that are known, 0…1.

        Little known means that the text speaks of what the training did not: the vector says less then.
        """
        asked = pieces(text)
        known = self._rows(asked) if len(self.hashes) else asked[:0]
        if not len(known):
            return np.zeros(self.dimensions, dtype=np.float32), 0.0
        vector: Floats = (self.table[known] * self.scales[known, None]).sum(axis=0)
        length = float(np.sqrt(vector @ vector))
        return (vector / length if length > 0 else vector), len(known) / len(asked)

    def _rows(self, asked: npt.NDArray[np.uint32]) -> npt.NDArray[np.intp]:
        places = np.searchsorted(self.hashes, asked)
        places[places == len(self.hashes)] = 0
        known: npt.NDArray[np.intp] = places[self.hashes[places] == asked]
        return known

    def vectors(self) -> Floats:
        """The table as numbers: (pieces, dimensions)."""
        return self.table.astype(np.float32) * self.scales[:, None]

    @classmethod
    def of(cls, hashes: npt.NDArray[np.uint32], vectors: Floats) -> Encoder:
        """Quantise vectors (pieces, dimensions) to one byte a number, with one scale a row."""
        scales = (np.abs(vectors).max(axis=1, initial=1e-12) / 127).astype(np.float32)
        table = np.rint(vectors / scales[:, None]).astype(np.int8)
        return cls(hashes, table, scales)

    def save(self, path: Path) -> None:
        """Write the weights; `load` reads them."""
        with path.open("wb") as file:
            file.write(_HEADER.pack(_MAGIC, *self.table.shape))
            file.write(self.hashes.astype("<u4").tobytes())
            file.write(self.scales.astype("<f4").tobytes())
            file.write(self.table.tobytes())

    @classmethod
    def load(cls, path: Path) -> Encoder:
        """Map a weights file into memory; only the rows that are used become resident. Raises: `NotWeights`."""
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
            if len(head) < _HEADER.size:
                raise NotWeights(path.name)
            magic, n, dimensions = _HEADER.unpack(head)
            size = _HEADER.size + n * (8 + dimensions)
            if magic != _MAGIC or path.stat().st_size != size:
                raise NotWeights(path.name)
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        hashes = np.frombuffer(data, "<u4", n, _HEADER.size)
        scales = np.frombuffer(data, "<f4", n, _HEADER.size + 4 * n)
        table = np.frombuffer(data, np.int8, n * dimensions, _HEADER.size + 8 * n).reshape(n, dimensions)
        return cls(hashes, table, scales)


@cache
def shipped() -> Encoder:
    """The encoder that comes with the product, one a process. Trained by `python -m tongxi.encoder.training`."""
    return Encoder.load(Path(str(files("tongxi") / "encoder" / "shipped.weights")))


def own_weights(folder: Path) -> Path:
    """Where an installation keeps the weights it tuned itself."""
    return folder / "encoder.weights"


def own(folder: Path) -> Encoder:
    """The weights tuned for this installation, else the shipped ones; what cannot be read is reported and left out."""
    path = own_weights(folder)
    if not path.exists():
        return shipped()
    try:
        return Encoder.load(path)
    except (NotWeights, OSError) as error:
        log.warning("encoder.unreadable", path=str(path), reason=type(error).__name__)
        return shipped()
