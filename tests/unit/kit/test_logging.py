"""Logs: one JSON object a line, nothing personal outside development."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from tongxi.kit import logging as logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave logging as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_json_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    structlog.get_logger().info("turn.superseded", seq=7)
    logging.getLogger("somebody.else").warning("plain %s", "words")
    ours, theirs = said(capsys)
    assert (ours["event"], ours["seq"], ours["level"]) == ("turn.superseded", 7, "info")
    assert (theirs["event"], theirs["level"]) == ("plain words", "warning")


def test_personal_fields_are_dropped_in_production(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    structlog.get_logger().info("contact.merged", pii_email="li@example.com", contact_id="c1")
    (line,) = said(capsys)
    assert "pii_email" not in line
    assert line["contact_id"] == "c1"


def test_personal_fields_are_kept_in_development(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", development=True)
    structlog.get_logger().info("contact.merged", pii_email="li@example.com")
    assert "li@example.com" in capsys.readouterr().err


def test_an_exception_is_one_line_with_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger().exception("job.failed")
    (line,) = said(capsys)
    assert "ValueError: broken" in str(line["exception"])


def test_below_the_level_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("WARNING")
    structlog.get_logger().info("quiet")
    assert said(capsys) == []
