"""Every failure leaves here as problem+json with a stable code; nothing of the inside leaves with it."""

from __future__ import annotations

import traceback
from http import HTTPStatus
from typing import Any, Final

import orjson
import psycopg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketState

from tongxi.kit.errors import PROBLEM_JSON, AppError, Conflict, Invalid, NotFound, problem

log = structlog.get_logger(__name__)


class Malformed(AppError):
    """This is not JSON in UTF-8, or it holds characters that text cannot have."""

    code = "malformed"
    status = 400


class TooLarge(AppError):
    """This is larger than what is taken here."""

    code = "too_large"
    status = 413


class Unauthenticated(AppError):
    """Sign in first."""

    code = "unauthenticated"
    status = 401


class MethodNotAllowed(AppError):
    """This address does not do that."""

    code = "method_not_allowed"
    status = 405


class Busy(AppError):
    """The server cannot do this right now; nothing was stored. Try again in a moment."""

    code = "unavailable"
    status = 503


class Internal(AppError):
    """Something went wrong on our side."""

    code = "internal"
    status = 500


CLOSE: Final = {400: 4400, 401: 4401, 403: 4403, 413: 4413, 429: 4429, 503: 1012}
"""HTTP status → close code of a socket."""

_BY_STATUS: Final[dict[int, type[AppError]]] = {
    kind.status: kind for kind in (Malformed, Unauthenticated, NotFound, MethodNotAllowed, TooLarge, Invalid, Busy)
}


def install(app: FastAPI) -> None:
    """Render every kind of failure of the app; `security.Guard` logs those nobody foresaw."""
    handle: Any = _handle  # one function for requests and sockets; Starlette types them apart
    for kind in (AppError, RequestValidationError, HTTPException, psycopg.Error, UnicodeEncodeError):
        app.add_exception_handler(kind, handle)
    app.add_exception_handler(Exception, _fault)


def expected(error: Exception) -> AppError | None:
    """What a failure means to whoever asked; None for one that is a fault of ours."""
    match error:
        case AppError():
            return error
        case RequestValidationError():
            return _refused_fields(error)
        case HTTPException():
            return _plain(error)
        case UnicodeEncodeError():
            return Malformed()  # a lone surrogate on its way to the database
        case psycopg.DataError():
            return Malformed() if "NUL" in str(error) else Invalid("A value is outside of what can be stored.")
        case psycopg.IntegrityError():
            return Conflict("Something this refers to has changed in the meantime; load again.")
        case psycopg.OperationalError():
            return Busy(retry_after=1)
    return None


def response(error: AppError, headers: dict[str, str] | None = None) -> Response:
    """The answer that tells an error."""
    sent = dict(headers or {})
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        error.fields.setdefault("retry_after", 1)
    if "retry_after" in error.fields:
        sent["retry-after"] = str(error.fields["retry_after"])
    body = orjson.dumps(problem(error), default=str, option=orjson.OPT_NON_STR_KEYS)
    return Response(body, status_code=error.status, headers=sent, media_type=PROBLEM_JSON)


def report(error: Exception, *, path: str) -> None:
    """Log a fault of ours: where it was, without the values it was about."""
    log.error(
        "request.failed",
        path=path,
        error=type(error).__qualname__,
        stack="".join(traceback.format_tb(error.__traceback__)),
        pii_detail=str(error),
    )


async def _handle(connection: HTTPConnection, error: Exception) -> Response | None:
    known = expected(error)
    if known is None:
        raise error
    if isinstance(error, psycopg.Error):
        report(error, path=connection.url.path)
    if isinstance(connection, WebSocket):
        # The code of a close frame reaches the client only on an open socket.
        if connection.application_state is WebSocketState.CONNECTING:
            await connection.accept()
        await connection.close(CLOSE.get(known.status, 1011), known.code)
        return None
    kept = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return response(known, kept)


async def _fault(_connection: HTTPConnection, _error: Exception) -> Response:
    return response(Internal())  # Starlette raises the error again, after this


def _refused_fields(error: RequestValidationError) -> AppError:
    problems = error.errors()
    if any(item["type"] == "json_invalid" for item in problems):
        return Malformed()
    if any(item["loc"][:1] == ("path",) for item in problems):
        return NotFound()  # an id that cannot be one names nothing
    return Invalid(errors=[{"loc": list(item["loc"]), "msg": item["msg"]} for item in problems])


def _plain(error: HTTPException) -> AppError:
    kind = _BY_STATUS.get(error.status_code)
    if kind is not None:
        return kind()
    status = HTTPStatus(error.status_code)
    made: Any = type("Plain", (AppError,), {"code": status.name.lower(), "status": status.value})
    refused: AppError = made(status.description or status.phrase)
    return refused
