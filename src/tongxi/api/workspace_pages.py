"""What browsers load to show the workspace: one page for all its addresses, and its hashed files."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from fastapi import APIRouter, Request, Response

from tongxi.kit.errors import NotFound

router = APIRouter(include_in_schema=False)

_FILES: Final = Path(__file__).parent.parent / "static" / "workspace"
_ASSET: Final = re.compile(r"[A-Za-z0-9_.-]+\.(js|css|svg)")
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HASHED: Final = "public, max-age=31536000, immutable"
_SCREENS: Final = (
    "inbox", "live", "knowledge", "tickets", "labels", "intents", "bot", "settings", "me", "login", "start",
    "invitations",
)  # fmt: skip
"""First parts of the addresses the application itself understands (`web/workspace/src/router.tsx`)."""


class _File(NamedTuple):
    plain: bytes
    packed: bytes
    """Gzip."""
    tag: str


@router.api_route("/assets/{name}", methods=["GET", "HEAD"])
def asset(name: str, request: Request) -> Response:
    """A file with its hash in the name: it never changes."""
    if not _ASSET.fullmatch(name):
        raise NotFound
    path = _FILES / "assets" / name
    return _answer(request, path, _TYPES[path.suffix], _HASHED)


@router.api_route("/favicon.svg", methods=["GET", "HEAD"])
def icon(request: Request) -> Response:
    """The mark, for the tab of the browser."""
    return _answer(request, _FILES / "favicon.svg", _TYPES[".svg"], "public, max-age=86400")


def page(request: Request) -> Response:
    """The application; what it shows stands in the address. Asked for anew each time, so that a new version is seen."""
    return _answer(request, _FILES / "index.html", "text/html; charset=utf-8", "no-cache")


router.add_api_route("/", page, methods=["GET", "HEAD"])
for _screen in _SCREENS:
    router.add_api_route(f"/{_screen}", page, methods=["GET", "HEAD"])
    router.add_api_route(f"/{_screen}/{{rest:path}}", page, methods=["GET", "HEAD"])


def _answer(request: Request, path: Path, kind: str, cache: str) -> Response:
    file = _read(path)
    headers = {"Cache-Control": cache, "ETag": file.tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(file.packed if packed else file.plain, media_type=kind, headers=headers)


def _read(path: Path) -> _File:
    """Raises: `NotFound`."""
    try:
        return _load(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise NotFound from None


@lru_cache(maxsize=128)
def _load(path: Path, changed: int) -> _File:
    plain = path.read_bytes()
    return _File(plain, gzip.compress(plain, 9, mtime=0), f'"{changed:x}-{len(plain):x}"')
