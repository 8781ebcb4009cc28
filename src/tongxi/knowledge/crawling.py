"""Read a page, a site or a sitemap through the guarded way out: within limits, and as robots.txt asks.

What pages say is data: text that no reader sees is dropped, links only within the site are followed, nothing is run.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Literal
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

from tongxi.kit.db import Database
from tongxi.kit.egress import USER_AGENT, AddressRefused, AnswerUnsuitable, Egress, Fetched
from tongxi.kit.errors import AppError
from tongxi.knowledge import embedded, html, marks
from tongxi.knowledge.failures import Unreadable
from tongxi.knowledge.marks import Mark
from tongxi.knowledge.pictures import Keep, LeftOut, Site, settle
from tongxi.knowledge.reader_process import Readers
from tongxi.knowledge.reading import Entry, decode, slugify

Scope = Literal["page", "site", "sitemap"]

MAX_PAGES: Final = 500
MAX_DEPTH: Final = 6
MAX_SITEMAPS: Final = 20
MAX_QUEUE: Final = 5_000
PAGE_BYTES: Final = 5_000_000
FILE_BYTES: Final = 20_000_000
PAGE_TIMEOUT: Final = timedelta(seconds=20)
TOTAL_TIMEOUT: Final = timedelta(minutes=15)
PAUSE_SECONDS: Final = 0.3
MAX_PAUSE_SECONDS: Final = 5.0
_SUFFIX: Final = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}  # fmt: skip
_FILES: Final = frozenset(
    "jpg jpeg png gif webp svg ico css js mjs json xml zip gz tar rar 7z exe dmg apk mp3 mp4 avi mov woff woff2 ttf "
    "eot rss atom ics".split()
)
_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """One address: what was read there, or why nothing was."""

    url: str
    entries: tuple[Entry, ...] = ()
    reason: str = ""
    """A code: `robots`, `noindex`, `gone` (404, 410), or of `reading.Unreadable`, or of the fetch."""
    pictures: tuple[LeftOut, ...] = ()
    """Those it shows that could not be had."""


@dataclass(slots=True)
class _Walk:
    """The state of one crawl."""

    start: str
    scope: Scope
    max_pages: int
    language: str
    seen: set[str] = field(default_factory=set)
    pages: list[Page] = field(default_factory=list)


async def crawl(
    egress: Egress,
    url: str,
    scope: Scope,
    *,
    max_pages: int = 100,
    language: str = "",
    known: Iterable[str] = (),
    pause: float = PAUSE_SECONDS,
) -> list[Page]:
    """Read what is at `url`: the page, the pages below its folder, or those its sitemap lists; and the `known` ones.

    Raises: `AppError` when the address itself cannot be read; what goes wrong later is in its `Page`.
    """
    walk = _Walk(_tidy(url), scope, 1 if scope == "page" else min(max_pages, MAX_PAGES), language)
    rules = await _robots(egress, walk.start)
    delay = min(max(pause, float(rules.crawl_delay(USER_AGENT) or 0)), MAX_PAUSE_SECONDS) if rules else pause
    queue: deque[tuple[str, int]] = deque([(walk.start, 0)])
    if scope == "sitemap":
        listed = await _sitemap(egress, walk.start)
        queue = deque((one, MAX_DEPTH) for one in listed if _same_site(one, walk.start))
    if scope != "page":
        queue.extend((one, MAX_DEPTH) for one in known if _same_site(one, walk.start))
    first: AppError | None = None
    async with Readers() as readers:
        try:
            async with asyncio.timeout(TOTAL_TIMEOUT.total_seconds()):
                while queue and len(walk.pages) < walk.max_pages:
                    target, depth = queue.popleft()
                    if target in walk.seen:
                        continue
                    walk.seen.add(target)
                    if rules and not rules.can_fetch(USER_AGENT, target):
                        walk.pages.append(Page(target, reason="robots"))
                        continue
                    if len(walk.seen) > 1:
                        await asyncio.sleep(delay)
                    try:
                        page, further = await _visit(egress, readers, walk, target)
                    except AppError as error:
                        first = first or error
                        walk.pages.append(Page(target, reason=_reason(error)))
                        continue
                    if page is not None:
                        walk.pages.append(page)
                    if scope == "site" and depth < MAX_DEPTH and len(queue) < MAX_QUEUE:
                        queue.extend((one, depth + 1) for one in further if one not in walk.seen)
        except TimeoutError:
            walk.pages += [Page(one, reason="too_slow") for one, _ in list(queue)[:20]]
    if first is not None and not any(page.entries for page in walk.pages):
        raise first
    return without_repeats(walk.pages)


async def _visit(egress: Egress, readers: Readers, walk: _Walk, target: str) -> tuple[Page | None, list[str]]:
    """Read one address; give its page (None when it is another's copy) and the links that belong to the site."""
    heavy = urlsplit(target).path.lower().endswith((".pdf", ".docx"))
    limit = FILE_BYTES if heavy else PAGE_BYTES
    found = await egress.fetch(target, max_bytes=limit, timeout=PAGE_TIMEOUT, types=_SUFFIX)
    place = _tidy(found.url)
    if place != target:
        if walk.scope != "page" and not _same_site(place, walk.start):
            return Page(target, reason="elsewhere"), []
        if place in walk.seen:
            return None, []
        walk.seen.add(place)
    suffix = _SUFFIX[found.content_type]
    if suffix != ".html":
        return await _read(readers, walk, place, suffix, found.body), []
    text = _decoded(found)
    said = html.links(text)
    shown_from = _joined(place, said.base) if said.base else place
    further = _within(said, place, walk.start) if said.may_follow else []
    canonical = _joined(place, said.canonical) if said.canonical else ""
    if canonical and canonical != place and _same_site(canonical, walk.start):
        if canonical in walk.seen and canonical != place:
            return None, further
        walk.seen.add(canonical)
        place = canonical
    if not said.may_index:
        return Page(place, reason="noindex"), further
    return await _read(readers, walk, place, suffix, text.encode(), shown_from), further


async def _read(readers: Readers, walk: _Walk, place: str, suffix: str, data: bytes, shown_from: str = "") -> Page:
    """`shown_from`: what the addresses of pictures are relative to, where it is not the place itself."""
    try:
        entries = await readers.read(f"page{suffix}", data)
    except Unreadable as error:
        return Page(place, reason=error.reason)
    made = []
    for number, entry in enumerate(entries, start=1):
        language = walk.language or entry.language
        parts = urlsplit(place)
        base = unquote(f"{parts.netloc}{parts.path.rstrip('/')}" + (f"/{parts.query}" if parts.query else ""))
        base = re.sub(r"\.(?:html?|php|aspx?)$", "", base) + (f"/{number}" if number > 1 else "")
        title = entry.title if entry.title != "page" else unquote(parts.path.rstrip("/").rpartition("/")[2]) or place
        body = marks.replaced(entry.body, lambda one: _absolute(one, shown_from or place))
        made.append(replace(entry, slug=f"{slugify(base)}.{language}", language=language, title=title, body=body))
    return Page(place, tuple(made))


async def with_pictures(egress: Egress, db: Database, pages: Iterable[Page], keep: Keep) -> list[Page]:
    """The pages with their pictures fetched and kept; what could not be had is in `Page.pictures`."""
    site = Site(egress)
    made = []
    for page in pages:
        settled = [await settle(entry, keep=keep, find=site.find, db=db, in_page=True) for entry in page.entries]
        missing = tuple(one for _, out in settled for one in out)
        made.append(replace(page, entries=tuple(entry for entry, _ in settled), pictures=missing))
    return made


def without_repeats(pages: Iterable[Page]) -> list[Page]:
    """Drop blocks that stand on most pages of a site (menus, notices): they answer nothing. From four pages on."""
    pages = list(pages)
    bodies = [entry.body for page in pages for entry in page.entries]
    if len(bodies) < 4:
        return pages
    often: dict[str, int] = {}
    for body in bodies:
        for block in set(body.split("\n\n")):
            often[block] = often.get(block, 0) + 1
    repeated = {block for block, n in often.items() if n > 0.6 * len(bodies)}
    made = []
    for page in pages:
        entries = []
        for entry in page.entries:
            body = "\n\n".join(block for block in entry.body.split("\n\n") if block not in repeated)
            if body.strip():
                entries.append(replace(entry, body=body))
        made.append(replace(page, entries=tuple(entries), reason=page.reason or ("" if entries else "no_text")))
    return made


# ── addresses ───────────────────────────────────────────────────────────────────────────────────
def _tidy(url: str) -> str:
    parts = urlsplit(urldefrag(url.strip())[0])
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, ""))


def _joined(place: str, target: str) -> str:
    try:
        return _tidy(urljoin(place, target))
    except ValueError:
        return ""


def _absolute(one: Mark, place: str) -> Mark | None:
    """A picture by its whole address; those that the file holds itself stay."""
    if one.target.startswith(embedded.SCHEME):
        return one
    target = _joined(place, one.target)
    return replace(one, target=target) if target else None


def _same_site(url: str, start: str) -> bool:
    one, other = urlsplit(url), urlsplit(start)
    return one.scheme in ("http", "https") and one.netloc.removeprefix("www.") == other.netloc.removeprefix("www.")


def _within(said: html.Links, place: str, start: str) -> list[str]:
    """Links to pages of the same site below the folder of the start."""
    base = _joined(place, said.base) if said.base else place
    folder = urlsplit(start).path.rpartition("/")[0] + "/"
    found = []
    for target in said.targets:
        url = _joined(base, target)
        path = urlsplit(url).path if url else ""
        if url and _same_site(url, start) and path.startswith(folder) and path.rpartition(".")[2].lower() not in _FILES:
            found.append(url)
    return list(dict.fromkeys(found))


def _decoded(found: Fetched) -> str:
    if found.charset:
        try:
            return found.body.decode(found.charset)
        except (LookupError, UnicodeDecodeError):
            pass
    try:
        return decode(found.body)
    except Unreadable:
        return found.body.decode(errors="replace")


async def _robots(egress: Egress, url: str) -> RobotFileParser | None:
    """The site's rules; None when it has none. Raises: `AppError` for a server in trouble: it is left alone.

    Source: RFC 9309, section 2.3.1.4.
    """
    rules = RobotFileParser()
    try:
        found = await egress.fetch(urljoin(url, "/robots.txt"), max_bytes=512_000, timeout=PAGE_TIMEOUT)
    except AddressRefused:
        raise
    except AnswerUnsuitable as error:
        if error.fields.get("answered", 0) >= 500:
            raise
        return None
    except AppError:
        return None
    rules.parse(found.body.decode(errors="replace").splitlines())
    return rules


async def _sitemap(egress: Egress, url: str) -> list[str]:
    """Addresses of a sitemap, also one of sitemaps. Raises: `AppError`."""
    start = url if urlsplit(url).path.endswith((".xml", ".xml.gz", ".txt")) else urljoin(url, "/sitemap.xml")
    queue, found = [start], list[str]()
    for place in queue:
        if len(queue) > MAX_SITEMAPS:
            break
        text = (await egress.fetch(place, max_bytes=PAGE_BYTES, timeout=PAGE_TIMEOUT)).body.decode(errors="replace")
        places = [one.replace("&amp;", "&") for one in _LOCATION.findall(text)] or (
            [line.strip() for line in text.splitlines() if line.startswith("http")] if "<" not in text else []
        )
        if "<sitemapindex" in text[:2000]:
            queue += [one for one in places if _same_site(one, start) and one not in queue][: MAX_SITEMAPS - len(queue)]
        else:
            found += map(_tidy, places)
    return list(dict.fromkeys(found))[:MAX_QUEUE]


def _reason(error: AppError) -> str:
    return "gone" if error.fields.get("answered") in (404, 410) else error.code
