"""Which language a message is in, and whether it needs another. Pure.

Scripts tell most languages; for Latin letters a few small words do. Short texts (ok, a number, an emoji) keep the
conversation's language.
"""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

from tongxi.kit.language import detect_language

LANGUAGES = ("zh", "zh-Hant", "en", "ja", "ko", "fr", "de", "es", "pt", "it", "ru", "ar", "th", "vi")
"""Languages a customer may be answered in."""

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("vi", re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)),
)
_SMALL = {
    "fr": "je vous nous est une des dans pour avec mon ma mes pas que qui où quand merci commande livraison c'est",
    "de": "ich sie ist ein eine nicht und der die das mein meine wann wo wie danke bitte habe bestellung noch",
    "es": "el los las una es mi mis no para con cuándo dónde cómo gracias hola pedido por favor está quiero mi",
    "pt": "o os as uma é meu minha não para com quando onde como obrigado olá pedido por você está quero preciso",
    "it": "il lo gli una è mio mia non per con quando dove come grazie ciao ordine sono vorrei ho della",
}
_WORDS = re.compile(r"[a-zà-ÿ']+", re.IGNORECASE)
_SMALL_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_ENGLISH = frozenset(
    "the a is are i you my your to of and in it for on not when where how what have has this that with can do please me"
    " was be at order delivery hello thanks no an or if".split()
)
MAX_CHARS = 1_000


def language_of(text: str, fallback: str) -> str:
    """The language a text is written in, one of `LANGUAGES`; `fallback` when it does not show."""
    text = text[:MAX_CHARS]
    for language, script in _SCRIPTS:
        if len(script.findall(text)) >= 2:
            return language
    words = [word.lower() for word in _WORDS.findall(text)]
    if len(words) >= 3:
        counts = {language: sum(word in small for word in words) for language, small in _SMALL_WORDS.items()}
        best = max(counts, key=counts.__getitem__)
        if counts[best] >= 2 and counts[best] > sum(word in _ENGLISH for word in words):
            return best
    found = detect_language(text, fallback)
    if found == "zh" and _is_traditional(text):
        return "zh-Hant"
    return found


def reads(reader: str, written: str) -> bool:
    """Whether someone who reads `reader` needs no translation of `written`; simplified and traditional count as one."""
    return reader.partition("-")[0] == written.partition("-")[0]


def _is_traditional(text: str) -> bool:
    to_simplified, to_traditional = _converters()
    return bool(to_simplified.convert(text) != text and to_traditional.convert(text) == text)


@cache
def _converters() -> tuple[OpenCC, OpenCC]:
    return OpenCC("t2s"), OpenCC("s2t")
