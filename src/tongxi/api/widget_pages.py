"""What browsers load to show the widget: the loader, the app's files, and `/chat`, the widget as a page of its own.

Cross-origin headers and the Content-Security-Policy come from `security.Guard`.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Annotated, Final, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from tongxi.api.deps import HouseDep
from tongxi.kit.errors import NotFound

router = APIRouter(include_in_schema=False)

_FILES: Final = Path(__file__).parent.parent / "static" / "widget"
_ASSET: Final = re.compile(r"[A-Za-z0-9_-]+\.js")
_HASHED: Final = "public, max-age=31536000, immutable"
# Not stale while it is asked for anew: an old loader names files that a newer installation does not have.
_STABLE: Final = "public, max-age=300"
_UNKNOWN: Final = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>404</title>
<p>这个对话地址不存在，请向给您地址的网站确认。</p>
<p lang="en">There is no conversation at this address. Please check it with the site that gave it to you.</p>"""


class _File(NamedTuple):
    plain: bytes
    packed: bytes
    """Gzip."""
    tag: str


@router.api_route("/widget.js", methods=["GET", "HEAD"])
def loader(request: Request) -> Response:
    """The script a host page includes; it names the current app, so it is asked for again after five minutes."""
    return _script(request, _FILES / "loader.js", _STABLE)


@router.api_route("/widget/assets/{name}", methods=["GET", "HEAD"])
def asset(name: str, request: Request) -> Response:
    """A file with its hash in the name: it never changes."""
    if not _ASSET.fullmatch(name):
        raise NotFound
    return _script(request, _FILES / "assets" / name, _HASHED)


@router.api_route("/chat", methods=["GET", "HEAD"])
def chat(request: Request, house: HouseDep, inbox: Annotated[str, Query(max_length=100)] = "") -> Response:
    """The widget as a page, for phones and web views of apps. Sites that may pass an identity are listed in it.

    Without `inbox` an installation that has only one opens that one.
    """
    active = [box for box in house.inboxes if box.is_active]
    if not inbox and len(active) == 1:
        return RedirectResponse(f"/chat?inbox={quote(active[0].key)}")
    found = next((box for box in active if box.key == inbox), None)
    if found is None:
        return HTMLResponse(_UNKNOWN, status_code=404)
    page = _read(_FILES / "chat.html").plain.decode()
    title = found.title(request.headers.get("accept-language"))
    head = (
        f'<meta name="tongxi-origins" content="{escape(" ".join(found.settings.allowed_origins))}" />'
        f"<title>{escape(title)}</title>"
    )
    page = re.sub(r"<title>.*?</title>", lambda _: head, page, count=1)
    return HTMLResponse(page, headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"})


def _script(request: Request, path: Path, cache: str) -> Response:
    file = _read(path)
    headers = {"Cache-Control": cache, "ETag": file.tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(file.packed if packed else file.plain, media_type="text/javascript; charset=utf-8", headers=headers)


def _read(path: Path) -> _File:
    """Raises: `NotFound`."""
    try:
        return _load(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise NotFound from None


@lru_cache(maxsize=32)
def _load(path: Path, changed: int) -> _File:
    plain = path.read_bytes()
    return _File(plain, gzip.compress(plain, 9, mtime=0), f'"{changed:x}-{len(plain):x}"')
