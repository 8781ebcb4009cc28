"""The detectors on lines written from outside, with look-alikes: what is missed and what is imagined, by subject.

Rows `{text, about, holds}`, of personal data `spans`, of injections `where`; `about` names the subject and `holds` says
whether the text is of it. Halves by checksum: `outside_tune` was looked at and learnt from, `outside_kept` only scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tongxi.evaluation.score import Score
from tongxi.evaluation.upset import hands_off
from tongxi.signals.injection import injection
from tongxi.signals.personal_data import find
from tongxi.signals.risk import COMPLAINT, RED_LINES, risks
from tongxi.signals.urgency import urgency

Row = Mapping[str, Any]


def _risk(*codes: str) -> Callable[[Row], bool]:
    return lambda row: bool({*codes} & {reason.code for reason in risks(row["text"])})


def _personal(row: Row) -> bool:
    """Every piece is found under its label; without any, whether something is imagined."""
    found = {(one.start, one.end, str(one.label)) for one in find(row["text"])}
    if not row["holds"]:
        return bool(found)
    return all(
        any(a < end and start < b and label == kind for a, b, kind in found) for start, end, label in row["spans"]
    )


SEES: dict[str, Callable[[Row], bool]] = {
    "critical": lambda row: urgency(row["text"]).level == "critical",
    **{code: _risk(*RED_LINES) for code in ("medical", "legal", "finance", "fraud")},
    "threat": _risk(COMPLAINT),
    "angry": lambda row: hands_off(row["text"]),
    "injection": lambda row: injection(row["text"], row["where"]) is not None,
    "personal_data": _personal,
}
"""What counts as seen, by subject: of red lines any one, for each leads to a person."""


def missed(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows a detector gets wrong."""
    return (row for row in rows if SEES[row["about"]](row) != row["holds"])


def scores(rows: Sequence[Row]) -> Iterator[Score]:
    """Recall and false alarms of each subject."""
    for about, sees in SEES.items():
        here = [row for row in rows if row["about"] == about]
        yes, no = ([row for row in here if row["holds"] is holds] for holds in (True, False))
        yield Score(f"outside, {about}", "recall", len(yes), sum(map(sees, yes)))
        yield Score(f"outside, {about}", "false alarms", len(no), sum(map(sees, no)))
