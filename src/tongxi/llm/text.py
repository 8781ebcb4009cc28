"""Text as models write it: thoughts are taken out, also when they come in pieces. Pure."""

from __future__ import annotations

import re
import unicodedata

from tongxi.llm.protocol import FailureCode, ModelFailed

_OPEN = ("<think>", "<thinking>")
_CLOSE = ("</think>", "</thinking>")
_ANY = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


class Thoughts:
    """Lets through what stands outside of `<think>…</think>`, however the text is cut into pieces."""

    def __init__(self) -> None:
        self._held = ""
        """Could be the beginning of a mark."""
        self.is_thinking = False

    def take(self, piece: str) -> str:
        """Give what may be passed on of everything so far."""
        text = self._held + piece
        self._held = ""
        passed: list[str] = []
        while text:
            marks = _CLOSE if self.is_thinking else _OPEN
            found = min(((text.find(m), m) for m in marks if m in text), default=None)
            if found is not None:
                at, mark = found
                if not self.is_thinking:
                    passed.append(text[:at])
                self.is_thinking = not self.is_thinking
                text = text[at + len(mark) :]
                continue
            keep = _tail(text, marks)
            if not self.is_thinking:
                passed.append(text[: len(text) - keep])
            self._held = text[len(text) - keep :] if keep else ""
            break
        return "".join(passed)

    def end(self) -> str:
        """The rest. Raises: `ModelFailed` in the middle of a thought."""
        if self.is_thinking:
            raise ModelFailed(FailureCode.CUT, "in the middle of a thought", is_ill=False)
        rest, self._held = self._held, ""
        return rest


def visible(text: str) -> str:
    """The text without characters that people do not see and models read: they can hide instructions."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cn"})


def spoken(text: str) -> str:
    """The text without thoughts. Raises: `ModelFailed` in the middle of a thought."""
    text = _ANY.sub("", text)
    if "<think>" in text or "<thinking>" in text:
        raise ModelFailed(FailureCode.CUT, "in the middle of a thought", is_ill=False)
    return text.strip()


def _tail(text: str, marks: tuple[str, ...]) -> int:
    """How many characters at the end could begin one of the marks."""
    longest = max(len(mark) for mark in marks) - 1
    for size in range(min(longest, len(text)), 0, -1):
        if any(mark.startswith(text[-size:]) for mark in marks):
            return size
    return 0
