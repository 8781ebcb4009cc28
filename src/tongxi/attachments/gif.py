"""A GIF without comments, foreign extensions and what hangs behind its end. Pure.

Re-encoding would change palettes and timing, so the blocks are copied and the rest is left out.
Source: GIF89a specification, sections 17 to 27.
"""

from __future__ import annotations

_LOOPS = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_APPLICATION, _CONTROL = 0xFF, 0xF9


class BadGif(ValueError):
    """The blocks do not follow one another as they must."""


def clean(data: bytes, *, max_frames: int) -> bytes:
    """Copy header, palettes, frames, their controls and the loop count. Raises: `BadGif`."""
    try:
        return _copy(data, max_frames)
    except IndexError as error:
        raise BadGif("cut off") from error


def _copy(data: bytes, max_frames: int) -> bytes:
    at = 13 + _palette(data[10])
    out = [data[:at]]
    frames = 0
    while data[at] != _TRAILER:
        start = at
        if data[at] == _EXTENSION:
            label, first = data[at + 1], data[at + 3 : at + 3 + data[at + 2]]
            at = _skip(data, at + 2)
            if label != _CONTROL and not (label == _APPLICATION and first in _LOOPS):
                continue
        elif data[at] == _IMAGE:
            frames += 1
            at = _skip(data, at + 10 + _palette(data[at + 9]) + 1)
        else:
            raise BadGif("unknown block")
        if frames > max_frames:
            raise BadGif("too many frames")
        out.append(data[start:at])
    if not frames:
        raise BadGif("no picture")
    return b"".join((*out, bytes([_TRAILER])))


def _palette(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip(data: bytes, at: int) -> int:
    """Behind a chain of sub-blocks, which ends with an empty one."""
    while size := data[at]:
        at += size + 1
    return at + 1
