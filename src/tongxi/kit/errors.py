"""Expected failures: each has a stable code for programs and a sentence for people.

Rendered as RFC 9457 problem+json by one function; the screen translates the code.
"""

from http import HTTPStatus
from inspect import getdoc
from typing import Any, ClassVar

PROBLEM_JSON = "application/problem+json"


class AppError(Exception):
    """The request could not be carried out."""

    code: ClassVar[str] = "failed"
    status: ClassVar[int] = 400

    def __init__(self, detail: str | None = None, /, **fields: Any) -> None:
        """Raise with the class docstring as the message, or with `detail`; `fields` go out beside it."""
        self.detail = detail or default_detail(type(self))
        self.fields = fields
        super().__init__(self.detail)


class NotFound(AppError):
    """There is no such thing, or it is not yours to see."""

    code = "not_found"
    status = 404


class Forbidden(AppError):
    """Your role does not allow this."""

    code = "forbidden"
    status = 403


class Conflict(AppError):
    """This is not possible in the present state."""

    code = "conflict"
    status = 409


class Invalid(AppError):
    """A field is missing, too long or of the wrong type."""

    code = "invalid"
    status = 422


def default_detail(kind: type[AppError]) -> str:
    """First paragraph of the class docstring, on one line."""
    return " ".join((getdoc(kind) or kind.__name__).partition("\n\n")[0].split())


def problem(error: AppError) -> dict[str, Any]:
    """Body of the problem+json answer; own members first, so that `fields` cannot replace them."""
    own = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
    }
    return own | {name: value for name, value in error.fields.items() if name not in own}
