"""What a translation engine is, and how it fails. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class FailureCode(StrEnum):
    """Why there is no translation."""

    NO_ENGINE = "no_engine"
    """None is set up."""
    KEY = "key"
    """The service refuses the key."""
    BUSY = "busy"
    """Too many requests."""
    QUOTA = "quota"
    """The characters of the plan are used up."""
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    """Not reached, or an error of the service."""
    ADDRESS = "address"
    """The address leads where this server may not go."""
    TOO_LONG = "too_long"
    BAD_ANSWER = "bad_answer"
    """Not of the agreed form, or a placeholder is missing."""


class TranslationFailed(Exception):
    """An engine gave no usable translation."""

    def __init__(self, code: FailureCode, message: str = "", *, is_worth_retrying: bool = False) -> None:
        """`message` is for the log and the test on screen: never the customer's text."""
        super().__init__(f"{code}: {message}" if message else code.value)
        self.code, self.message, self.is_worth_retrying = code, message, is_worth_retrying


@dataclass(frozen=True, slots=True)
class Translated:
    """A text in the language asked for."""

    text: str
    source: str
    """Language it was written in, as the engine or the caller knows it: `zh`, `en`, `ja` …"""
    engine: str


class Engine(Protocol):
    """Translates one text at a time. Places such as `⟦1⟧` stand for what must not change and come back."""

    name: str

    async def translate(self, text: str, *, source: str, target: str, context: str = "") -> Translated:
        """`source` may be empty: the engine finds out. `context` helps and is not translated.

        Raises: `TranslationFailed`.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
