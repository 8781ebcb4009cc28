"""Plain mode: the same facts in short lines and everyday words. Pure.

For elderly customers and those new to the language. Nothing is added, and no number, name or condition is lost: words
are exchanged for simpler ones, and long sentences are parted into lines at their commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from tongxi.bot.memory import Memory
from tongxi.decisions import Reason
from tongxi.signals.plain_wish import wants_plain

LONG = {"zh": 22, "en": 14}
"""Characters (Chinese) or words (English) from which a sentence is parted at its commas."""

_ZH = """
自签收之日起=从收到那天起 签收之日起=从收到那天起 签收后=收到后 签收=收到 办理=做 致电=打电话给
逾期=过了时间 届时=到时候 如需=要是想 均可=都可以 即可=就行 方可=才能 无法=不能 提交=交上 核实=查清楚 审核通过=检查好
审核=检查 原路返回=退回您付钱的地方 原支付渠道=您付钱的地方 退款至=钱退到 请勿=请不要 以及=和 或者=或
"""
_EN = """
approximately=about; purchased=bought; purchase=buy; require=need; required=needed; prior to=before; in order to=to
in the event that=if; additional=more; assistance=help; commence=start; submit=send; utilize=use; notify=tell
obtain=get; provided that=if; therefore=so; business days=working days; regarding=about
"""
_WORDS = {
    "zh": tuple((word, to) for word, _, to in (pair.partition("=") for pair in _ZH.split())),
    "en": tuple(
        (word.strip(), to) for word, _, to in (pair.partition("=") for pair in _EN.replace("\n", ";").split(";")) if to
    ),
}
_SENTENCE = re.compile(r".+?(?:[。!?！？；;]+|[.!?](?=\s|$)|\n|$)", re.DOTALL)
_CLAUSE = {
    "zh": re.compile(r"(?<=[，,、])"),
    "en": re.compile(r"(?<=,)\s+|\s+(?=(?:and|but|because|which|so that|unless)\s)"),
}
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d+[.)、．])\s*")


def asked(texts: Iterable[str], mode: Literal["auto", "always", "off"]) -> Reason | None:
    """The wish for simple words in these messages, where the business heeds it."""
    return next((reason for text in texts if (reason := wants_plain(text))), None) if mode == "auto" else None


def heeded(memory: Memory, wish: Reason | None, mode: Literal["auto", "always", "off"]) -> Memory:
    """The memory with plain mode on or off, as the customer asked and the business has it."""
    is_plain = mode == "always" or (mode == "auto" and (memory.plain or wish is not None))
    return memory if memory.plain == is_plain else memory.model_copy(update={"plain": is_plain})


def simplify(text: str, language: str) -> str:
    """The text in short lines of simple words; lists keep their lines."""
    kind = "zh" if language.startswith("zh") else "en"
    lines: list[str] = []
    for sentence in _SENTENCE.findall(_exchanged(text, kind)):
        sentence = sentence.strip()
        if sentence:
            lines += [sentence] if _ITEM.match(sentence) else _parted(sentence, kind)
    return "\n".join(lines)


def length(text: str, language: str) -> float:
    """Mean length of a sentence or line: characters of Chinese, words of English. 0 for an empty text."""
    kind = "zh" if language.startswith("zh") else "en"
    sizes = [size for line in _SENTENCE.findall(text) if (size := _size(line, kind))]
    return sum(sizes) / len(sizes) if sizes else 0.0


def _exchanged(text: str, kind: str) -> str:
    for word, simple in _WORDS[kind]:
        if kind == "zh":
            text = text.replace(word, simple)
        else:
            text = re.sub(rf"\b{word}\b", lambda m, to=simple: _cased(m[0], to), text, flags=re.IGNORECASE)  # type: ignore[misc]
    return re.sub(r"[ \t]{2,}", " ", text)


def _cased(was: str, to: str) -> str:
    return to[:1].upper() + to[1:] if was[:1].isupper() else to


def _parted(sentence: str, kind: str) -> list[str]:
    """The sentence, or its clauses joined up to the length that counts as long."""
    if _size(sentence, kind) <= LONG[kind]:
        return [sentence]
    lines: list[str] = []
    for clause in _CLAUSE[kind].split(sentence):
        if lines and _size(lines[-1], kind) + _size(clause, kind) <= LONG[kind]:
            lines[-1] += clause if kind == "zh" else f" {clause}"
        else:
            lines.append(clause)
    return [line.strip() for line in lines if line.strip()]


def _size(text: str, kind: str) -> int:
    return len(re.findall(r"[\u3400-\u9fff]|[A-Za-z0-9]+", text)) if kind == "zh" else len(re.findall(r"[\w'-]+", text))
