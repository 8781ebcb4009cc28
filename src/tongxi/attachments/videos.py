"""MP4 and WebM: well formed, how large they appear, and without what a telephone writes beside the film. Pure.

Sources: ISO/IEC 14496-12 (boxes), RFC 8794 (EBML), RFC 9559 (Matroska elements).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from tongxi.attachments.kinds import MP4, Kind, UploadRefused

MAX_SIDE = 8_192
"""Pixels."""
MAX_PARTS = 10_000
"""Boxes or elements of one level; real files have a few."""

_ASIDE = frozenset((b"udta", b"meta", b"uuid"))
"""Boxes with places, names, devices; players do without."""


@dataclass(frozen=True, slots=True)
class Video:
    """A video that may be kept."""

    data: bytes
    width: int
    height: int


def clean(data: bytes, kind: Kind) -> Video:
    """Read the frame size and blank out what is not the film. Raises: `UploadRefused` with `damaged` or `pixels`."""
    try:
        video = _mp4(data) if kind is MP4 else _webm(data)
    except (struct.error, IndexError) as error:
        raise UploadRefused("damaged") from error
    if not (video.width and video.height):
        raise UploadRefused("damaged")
    if max(video.width, video.height) > MAX_SIDE:
        raise UploadRefused("pixels")
    return video


@dataclass(frozen=True, slots=True)
class _Part:
    """A box or element: its name, where it begins, and its content."""

    name: bytes
    at: int
    start: int
    end: int


# ── MP4 ──
def _mp4(data: bytes) -> Video:
    out = bytearray(data)
    size = (0, 0)
    top = list(_boxes(data, 0, len(data)))
    if not {b"moov", b"mdat"} <= {box.name for box in top}:
        raise UploadRefused("damaged")
    for box in top:
        if box.name != b"moov":
            _blank(out, box)
            continue
        for inner in _boxes(data, box.start, box.end):
            _blank(out, inner)
            if inner.name == b"trak":
                for part in _boxes(data, inner.start, inner.end):
                    _blank(out, part)
                    if part.name == b"tkhd":
                        size = max(size, _shown(data[part.start : part.end]))
    return Video(bytes(out), *size)


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Part]:
    for _ in range(MAX_PARTS):
        if start == end:
            return
        length, head = struct.unpack_from(">I", data, start)[0], 8
        if length == 1:
            length, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        elif length == 0:  # up to the end of the file
            length = end - start
        if length < head or start + length > end:
            raise UploadRefused("damaged")
        yield _Part(data[start + 4 : start + 8], start, start + head, start + length)
        start += length
    raise UploadRefused("damaged")


def _shown(header: bytes) -> tuple[int, int]:
    """Width and height of a track as it is shown, from its `tkhd`: turned where the camera was."""
    width, height = struct.unpack(">II", header[-8:])
    a, b, _, c, d = struct.unpack(">iiiii", header[-44:-24])
    size = width >> 16, height >> 16
    return size[::-1] if not a and not d and b and c else size


def _blank(out: bytearray, box: _Part) -> None:
    """Make a box free space: nothing moves, so the offsets in the file stay true."""
    if box.name in _ASIDE:
        out[box.at + 4 : box.at + 8] = b"free"
        out[box.start : box.end] = bytes(box.end - box.start)


# ── WebM ──
_EBML, _DOC_TYPE, _SEGMENT, _TRACKS, _TRACK, _VIDEO = (
    b"\x1a\x45\xdf\xa3", b"\x42\x82", b"\x18\x53\x80\x67", b"\x16\x54\xae\x6b", b"\xae", b"\xe0",
)  # fmt: skip
_WIDTH, _HEIGHT = b"\xb0", b"\xba"
_CLUSTER = b"\x1f\x43\xb6\x75"


def _webm(data: bytes) -> Video:
    top = {part.name: part for part in _elements(data, 0, len(data))}
    if _EBML not in top or _SEGMENT not in top:
        raise UploadRefused("damaged")
    header = {part.name: data[part.start : part.end] for part in _within(data, top[_EBML])}
    if header.get(_DOC_TYPE, b"").rstrip(b"\0") != b"webm":
        raise UploadRefused("media_type")
    size = (0, 0)
    for tracks in _named(data, top[_SEGMENT], _TRACKS):
        for track in _named(data, tracks, _TRACK):
            for video in _named(data, track, _VIDEO):
                values = {part.name: data[part.start : part.end] for part in _within(data, video)}
                width, height = (int.from_bytes(values.get(name, b"")) for name in (_WIDTH, _HEIGHT))
                size = max(size, (width, height))
    return Video(data, *size)


def _named(data: bytes, outer: _Part, name: bytes) -> Iterator[_Part]:
    return (part for part in _within(data, outer) if part.name == name)


def _within(data: bytes, outer: _Part) -> Iterator[_Part]:
    return _elements(data, outer.start, outer.end)


def _elements(data: bytes, start: int, end: int) -> Iterator[_Part]:
    for _ in range(MAX_PARTS):
        if start >= end:
            return
        at = start
        length = _vint_length(data[start])
        name = data[start : start + length]
        start += length
        length = _vint_length(data[start])
        raw = int.from_bytes(data[start : start + length])
        size = raw & ((1 << 7 * length) - 1)
        start += length
        if size == (1 << 7 * length) - 1:  # not known when it was written: up to the end
            size = end - start
        if start + size > end:
            raise UploadRefused("damaged")
        yield _Part(name, at, start, start + size)
        if name == _CLUSTER:  # the film itself; what describes it stands before
            return
        start += size


def _vint_length(first: int) -> int:
    if not first:
        raise UploadRefused("damaged")
    return 9 - first.bit_length()
