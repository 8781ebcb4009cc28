"""One article as a file gives it: its id and language out of the path, its values checked. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from tongxi.kit.language import detect_language
from tongxi.knowledge.embedded import Picture
from tongxi.knowledge.failures import Unreadable

MAX_TITLE = 300
MAX_BODY = 200_000
MAX_QUESTIONS = 100
MAX_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a file gives it."""

    slug: str
    """Stable id with the language at the end: `shop/refund.zh`."""
    language: str
    title: str
    body: str
    questions: tuple[str, ...] = ()
    audience: str = "everyone"
    collection: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    pictures: tuple[Picture, ...] = ()
    """Those the file holds itself; the body calls them `embedded:<n>`."""


# ── where an entry comes from: id and language out of the path ──────────────────────────────────────
_LANGUAGES = {"zh": "zh", "zh-cn": "zh", "zh-hans": "zh", "zh-hant": "zh", "zh-tw": "zh", "zh-hk": "zh", "cn": "zh",
              "en": "en", "en-us": "en", "en-gb": "en"}  # fmt: skip
_TAIL = re.compile(r"[._-](" + "|".join(map(re.escape, _LANGUAGES)) + r")$")


@dataclass(frozen=True, slots=True)
class Place:
    path: str
    """Without suffix and language: what the language versions of a file share."""
    stem: str
    language: str | None

    @classmethod
    def of(cls, name: str) -> Place:
        parts = [p for p in PurePosixPath(name.replace("\\", "/")).parts if p not in {"/", "..", "."}]
        folders, stem = parts[:-1], PurePosixPath(parts[-1]).stem if parts else ""
        language = None
        tail = _TAIL.search(stem.lower())
        if tail and tail.start() > 0:
            language, stem = _LANGUAGES[tail[1]], stem[: tail.start()]
        for folder in [f for f in folders if f.lower() in _LANGUAGES]:
            language = language or _LANGUAGES[folder.lower()]
            folders = [f for f in folders if f is not folder]
        return cls("/".join([*folders, stem]), stem, language)


def slugify(text: str) -> str:
    """A stable id: lower case letters, digits and Han, `-` between words, `/` and `.` kept, at most 180 characters."""
    text = unicodedata.normalize("NFKC", text).lower()
    slug = re.sub(r"[^\w/.]+", "-", text).strip("-./")
    if len(slug) > 180:
        slug = slug[:167] + "-" + hashlib.sha256(slug.encode(errors="replace")).hexdigest()[:12]
    return slug or "entry"


def make(
    place: Place, base: str, values: Mapping[str, Any], *, line: int | None = None, pictures: Sequence[Picture] = ()
) -> Entry:
    """Check and complete one entry. Raises: `Unreadable`."""
    title, body = _clean(values.get("title", "")).strip(), _clean(values.get("body", "")).strip()
    if not body or not title:
        raise Unreadable("no_text" if not body else "no_title", line)
    if len(title) > MAX_TITLE or len(body) > MAX_BODY:
        raise Unreadable("too_long", line)
    said = str(values.get("language") or "").strip().lower()
    language = _LANGUAGES.get(said) or place.language or detect_language(f"{title}\n{body}"[:2000], "en")
    questions = [_clean(q).strip()[:MAX_QUESTION] for q in _listed(values.get("questions"))]
    audience = str(values.get("audience") or "everyone").strip().lower()
    return Entry(
        slug=f"{slugify(base)}.{language}",
        language=language,
        title=title,
        body=body,
        questions=tuple(dict.fromkeys(q for q in questions if q and q != title))[:MAX_QUESTIONS],
        audience="agents" if audience in {"agents", "internal", "agent", "座席", "内部"} else "everyone",
        collection=_clean(values.get("collection") or ", ".join(_listed(values.get("tags")))).strip()[:100],
        valid_from=_day(values.get("valid_from"), line),
        valid_until=_day(values.get("valid_until"), line),
        pictures=tuple(pictures),
    )


def _clean(value: object) -> str:
    """Text that can be stored: no NUL, no lone surrogates."""
    return str("" if value is None else value).replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _listed(value: object) -> list[str]:
    match value:
        case None | "":
            return []
        case str():
            return [part for part in re.split(r"[\n|;；]", value) if part.strip()]
        case Sequence():
            return [str(part) for part in value if isinstance(part, str | int | float)]
    return [str(value)]


def _day(value: object, line: int | None) -> date | None:
    if value in (None, ""):
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise Unreadable("bad_date", line) from None
