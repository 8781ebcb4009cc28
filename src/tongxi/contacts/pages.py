"""Which page addresses may be kept, and how. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from tongxi.contacts.identity import one_line

MAX_URL = 2000
MAX_TITLE = 300


@dataclass(frozen=True, slots=True)
class Page:
    """A page a customer looked at."""

    url: str
    title: str = ""
    referrer: str = ""


def page(url: str, title: str = "", referrer: str = "") -> Page | None:
    """The page as it may be kept, or None when its address may not.

    Only http and https, at most 2,000 characters; user, password and fragment, where tokens travel, are left out. A
    title is cut at 300 characters, a referrer that does not qualify is dropped.
    """
    kept = _address(url)
    return None if kept is None else Page(kept, one_line(title, MAX_TITLE), _address(referrer) or "")


def _address(url: str) -> str | None:
    if len(url) > MAX_URL or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
