"""A message with more than one request, cut where a new one may begin. Pure."""

from __future__ import annotations

import re

MAX_PARTS = 6
MIN_HAN = 3
MIN_WORDS = 2
"""A shorter piece is no request of its own."""

_CUTS = re.compile(
    r"[。！？!?；;\n]+|\.(?=\s)|[,，]\s*(?=and |also |plus |but |另外|还有|顺便|然后|同时|以及|再就是|对了|而且|其次)"
    r"|(?<=\s)(?:and also|and|also|plus|as well as)(?=\s)|(?:另外|还有|顺便|再就是|对了|其次)[,，:：]?|[,，]",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9']+")


def parts(text: str) -> list[str]:
    """Pieces of a message that may each be a request, in order, at most `MAX_PARTS`; one piece when it is not cut."""
    pieces: list[str] = []
    for piece in (one.strip() for one in _CUTS.split(text[:1000])):
        if not piece:
            continue
        if len(_HAN.findall(piece)) < MIN_HAN and len(_WORD.findall(piece)) < MIN_WORDS:
            continue
        pieces.append(piece)
    return pieces[:MAX_PARTS]
