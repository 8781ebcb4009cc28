"""What a detector is: text in, the evidence out."""

from __future__ import annotations

from typing import Protocol

from tongxi.decisions import Reason


class Detector(Protocol):
    """Notices one thing in one message. Pure, no model, microseconds; evidence as a `span` of the text."""

    def __call__(self, text: str, /) -> Reason | None: ...
