"""What the product itself says, in the reader's language: `locales/zh.json` and `locales/en.json`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import orjson

LANGUAGES = ("zh", "en")


@cache
def _texts(language: str) -> dict[str, str]:
    path = files("tongxi") / "locales" / f"{language}.json"
    texts: dict[str, str] = orjson.loads(path.read_bytes())
    return texts


def base(language: str) -> str:
    """The language the product speaks for a locale such as `zh-Hant-TW` or `en-GB`: `zh` or `en`."""
    return "zh" if language[:2].lower() in {"zh", "yu"} else "en"


def t(language: str, key: str, /, **params: object) -> str:
    """The text of `key` with `{name}` places filled. Values are put in as they are, never read as a template.

    Raises: `KeyError` for an unknown key or a missing value.
    """
    text = _texts(base(language))[key]
    return text.format_map(params) if params else text


def has(key: str) -> bool:
    """Whether the product has a text for `key`."""
    return key in _texts("en")
