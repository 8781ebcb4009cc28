"""Whether the labels of an input row can be scored. Pure."""

from __future__ import annotations

from typing import Any

from tongxi.evaluation.rows import Row

MULTILABEL = "'label' is neither a list nor names joined by '|'"


def fault(kind: str, row: Row) -> str | None:
    """What is wrong with the labels of a row, as far as it has any; None: nothing."""
    label: Any = row.get("label")
    match kind:
        case "intent" if isinstance(label, list | dict):
            return "'label' is not a single value; for several labels use --kind multilabel"
        case "multilabel" if not isinstance(label, list | str | None):
            return MULTILABEL
        case "retrieval" if not isinstance(row.get("relevant", []), list):
            return "'relevant' is not a list of ids"
        case "triage" if row.get("handoff") not in (None, 0, 1):
            return "'handoff' is neither 0 nor 1"
    return None
