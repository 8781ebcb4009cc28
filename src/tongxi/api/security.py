"""The door of the server: what may come in (size, encoding, origin), and the headers everything leaves with.

Plain ASGI. A socket passes through untouched: its Origin is checked by its own route, with `check_origin`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tongxi.api.errors import Internal, Malformed, TooLarge, expected, report, response
from tongxi.configuration.origins import matches
from tongxi.house import House
from tongxi.kit.errors import Forbidden
from tongxi.settings import Settings

MAX_BODY: Final = 1_000_000
MAX_UPLOAD: Final = 20 * 1024 * 1024 + 64_000
"""A file of 20 MB and what multipart adds to it."""
_DRAIN: Final = 4 * MAX_UPLOAD
"""So much of a refused body is read and dropped, so that the client gets to read the refusal."""

API: Final = "/api/"
WIDGET_API: Final = "/api/v1/widget/"
WIDGET_FILES: Final = "/widget"
"""`/widget.js` and `/widget/…`: pages of other sites load them."""
CHAT_PAGE: Final = "/chat"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_COOKIES: Final = (b"tongxi=", b"__Host-tongxi=")


class CsrfRefused(Forbidden):
    """The header `X-Tongxi: 1` is missing."""

    code = "csrf"


class OriginRefused(Forbidden):
    """Requests from this site are not allowed here."""

    code = "origin_refused"


# ── origins ──


def own_origins(connection: HTTPConnection, settings: Settings) -> frozenset[str]:
    """Origins of this server itself: the public address, and the host this very request was sent to.

    A page under another name (DNS rebinding) gets nothing by it: the cookie belongs to ours.
    """
    own = {f"{scheme}://{connection.headers.get('host', '')}" for scheme in ("http", "https")}
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        own.add(f"{parts.scheme}://{parts.netloc}")
    return frozenset(own)


def check_origin(origin: str | None, allowed: Iterable[str], own: Collection[str]) -> bool:
    """Whether a request or a socket with this `Origin` header may be served. A missing one may not."""
    return origin is not None and (origin in own or matches(origin, allowed))


def own_address(connection: HTTPConnection, settings: Settings) -> str:
    """Address under which people reach this server, for links: the public one, else the one just used."""
    return settings.public_url or str(connection.base_url).rstrip("/")


def client_address(connection: HTTPConnection) -> str:
    """Address of whoever asks; behind trusted proxies, of their client. Empty when there is none."""
    return connection.client.host if connection.client else ""


# ── what comes in ──


def check_json(body: bytes) -> None:
    """Raises: `Malformed` for what is not JSON in UTF-8 and for NUL or lone surrogates in any string."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Malformed from None
    if b"\\u0000" in body and _holds_nul(value):
        raise Malformed("Text must not contain the character U+0000.")


def _holds_nul(value: Any) -> bool:
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            if "\0" in item:
                return True
        elif isinstance(item, list):
            left += item
        elif isinstance(item, dict):
            left += item
            left += item.values()
    return False


def _check_target(scope: Scope) -> None:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    for part in (raw, scope["query_string"]):
        if b"%" in part:
            part = unquote_to_bytes(part)
        try:
            part.decode()
        except UnicodeDecodeError:
            raise Malformed from None
        if b"\0" in part:
            raise Malformed
    if any(b"\0" in value for _, value in scope["headers"]):
        raise Malformed


class Guard:
    """Middleware around the whole app; the outermost."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = finished = False
        headers = _headers_for(scope)

        async def sender(message: Message) -> None:
            nonlocal started, finished
            finished = message["type"] == "http.response.body" and not message.get("more_body")
            if message["type"] == "http.response.start":
                started = True
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in headers if h[0] not in present)]
            await send(message)

        try:
            answer, receive = await self._admit(scope, receive, headers)
            await (answer or self.app)(scope, receive, sender)
        except ClientDisconnect:
            return
        except Exception as error:
            known = expected(error)
            if known is None:
                report(error, path=scope["path"])
                known = Internal()
            if finished:
                return
            if started:
                raise
            await response(known)(scope, receive, sender)

    async def _admit(
        self, scope: Scope, receive: Receive, headers: list[tuple[bytes, bytes]]
    ) -> tuple[Response | None, Receive]:
        """Check a request; give an answer if that is all it gets, and where to read its body from."""
        _check_target(scope)
        path: str = scope["path"]
        if not path.startswith(API):
            return None, _counted(receive, MAX_BODY)
        connection = HTTPConnection(scope)
        if path.startswith(WIDGET_API):
            if (answer := _cross_origin(connection, headers)) is not None:
                return answer, receive
        elif scope["method"] not in _SAFE:
            _check_same_site(connection)
        return None, await _body(connection, receive)


def _check_same_site(connection: HTTPConnection) -> None:
    """A request that changes something and may carry our cookie comes from our own pages."""
    cookie = connection.headers.get("cookie", "").encode("latin-1")
    if "authorization" in connection.headers and not any(name in cookie for name in _COOKIES):
        return
    if connection.headers.get("x-tongxi") != "1":
        raise CsrfRefused
    house: House = connection.scope["app"].state.house
    origin = connection.headers.get("origin")
    if not check_origin(origin, (), own_origins(connection, house.settings)):
        raise OriginRefused(f"Requests from {origin!r} do nothing here. If it is this server, set TONGXI_PUBLIC_URL.")


def _cross_origin(connection: HTTPConnection, headers: list[tuple[bytes, bytes]]) -> Response | None:
    """Let pages call the widget's routes from sites that some inbox allows; the route checks for its own inbox."""
    headers.append((b"vary", b"Origin"))
    origin = connection.headers.get("origin")
    if origin is None:
        return None
    house: House = connection.scope["app"].state.house
    if origin not in own_origins(connection, house.settings):
        if not any(matches(origin, box.settings.allowed_origins) for box in house.inboxes if box.is_active):
            raise OriginRefused
        headers += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-expose-headers", b"Retry-After"),
        ]
    if connection.scope["method"] != "OPTIONS":
        return None
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": "600",
        },
    )


# ── bodies ──


async def _body(connection: HTTPConnection, receive: Receive) -> Receive:
    """Check the body of a call of the API; give where to read it from."""
    kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_upload = kind == "multipart/form-data"
    limit = MAX_UPLOAD if is_upload else MAX_BODY
    length = connection.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        await _drain(receive)
        raise TooLarge
    if is_upload:
        return _counted(receive, limit)
    if (not length.isdigit() and "transfer-encoding" not in connection.headers) or length == "0":
        return receive
    counted = _counted(receive, limit)
    chunks: list[bytes] = []
    while True:
        message = await counted()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    body = b"".join(chunks)
    if body:
        if kind != "application/json" and not kind.endswith("+json"):
            raise Malformed("Send JSON with Content-Type: application/json.")
        check_json(body)
    return _replayed(body, receive)


def _counted(receive: Receive, limit: int) -> Receive:
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            if message.get("more_body"):
                await _drain(receive)
            raise HTTPException(TooLarge.status)  # the only kind that FastAPI lets through while it reads a body
        return message

    return counting


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replaying() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replaying


async def _drain(receive: Receive) -> None:
    left = _DRAIN
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return


# ── headers ──

_CONTENT: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
    "font-src 'self'; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'; frame-ancestors "
)
_NOTHING: Final = b"default-src 'none'; frame-ancestors 'none'"
_EVERYWHERE: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
]
_FOR_API: Final = [*_EVERYWHERE, (b"content-security-policy", _NOTHING), (b"cache-control", b"no-store")]
_SHARED: Final = (b"cross-origin-resource-policy", b"cross-origin")
_PRIVATE: Final = (b"cross-origin-resource-policy", b"same-origin")


def _headers_for(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Headers of an answer, unless its route sets them itself."""
    path: str = scope["path"]
    house: House | None = getattr(scope["app"].state, "house", None)
    if path.startswith(API):
        headers = [*_FOR_API, _SHARED if path.startswith(WIDGET_API) else _PRIVATE]
    elif path.startswith(WIDGET_FILES):
        headers = [*_EVERYWHERE, _SHARED, (b"access-control-allow-origin", b"*")]
    else:
        is_chat = path == CHAT_PAGE or path.startswith(CHAT_PAGE + "/")
        framed_by = _framing_sites(scope, house) if is_chat and house else "'none'"
        headers = [*_EVERYWHERE, _PRIVATE, (b"content-security-policy", (_CONTENT + framed_by).encode())]
        if not is_chat:
            headers += [(b"cross-origin-opener-policy", b"same-origin"), (b"x-frame-options", b"DENY")]
    if house and (house.settings.public_url or "").startswith("https://"):
        headers.append((b"strict-transport-security", b"max-age=31536000"))
    return headers


def _framing_sites(scope: Scope, house: House) -> str:
    """Who may show the chat page in a frame: this server, and the sites of the inbox it is for."""
    key = parse_qs(scope["query_string"].decode("latin-1")).get("inbox", [""])[0]
    sites = [site for box in house.inboxes if box.key == key for site in box.settings.allowed_origins]
    return " ".join(["'self'", *(site for site in sites if "[" not in site)])  # CSP has no words for IPv6 addresses
