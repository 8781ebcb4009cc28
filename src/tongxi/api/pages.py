"""Lists by page: a key, not an offset, so that a page does not move while rows come and go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

Limit = Annotated[int, Query(ge=1, le=200)]
IdCursor = Annotated[UUID | None, Query(alias="cursor")]
"""Id of the last row of the page before, as `next` gave it."""
SeqCursor = Annotated[int | None, Query(alias="cursor", ge=0, le=2**62)]


def page(rows: Sequence[dict[str, Any]], limit: int, *, key: str = "id") -> dict[str, Any]:
    """The protocol's list out of up to `limit + 1` rows; the one too many shows that there is a next page."""
    items = list(rows[:limit])
    return {"items": items, "next": items[-1][key] if len(rows) > limit else None}
