"""Errors as problem+json."""

from tongxi.kit.errors import AppError, Conflict, NotFound, problem


class Detailed(AppError):
    """This is the first
    sentence.

    And this is for programmers.
    """

    code = "detailed"
    status = 409


def test_the_class_docstring_is_the_default_message() -> None:
    assert Detailed().detail == str(Detailed()) == "This is the first sentence."


def test_a_problem_holds_code_status_message_and_fields() -> None:
    assert problem(NotFound("no inbox 'shop-zh'", inbox="shop-zh")) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "no inbox 'shop-zh'",
        "inbox": "shop-zh",
    }


def test_fields_cannot_replace_the_members_of_a_problem() -> None:
    assert problem(Conflict(status=200, code="fine"))["status"] == 409
