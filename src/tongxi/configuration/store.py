"""Versioned values the business sets: each save is a new version, so that a decision can name the one it used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ValidationError

from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, Invalid

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Versioned(Generic[M]):
    """A value and the version it has; 0 while nothing was saved."""

    version: int
    value: M


class StaleVersion(Conflict):
    """Somebody else saved in the meantime; load again and repeat your change."""

    code = "stale_version"


async def read(tx: Transaction, name: str, model: type[M], *, version: int | None = None) -> Versioned[M]:
    """The newest version (or the one asked for) of a value; the model's defaults while there is none."""
    row = await tx.dict(
        "select version, value from configuration where name = %s and (%s::int is null or version = %s)"
        " order by version desc limit 1",
        (name, version, version),
    )
    if row is None:
        return Versioned(0, model())
    return Versioned(row["version"], model.model_validate(row["value"]))


async def save(tx: Transaction, name: str, value: BaseModel, *, author_id: UUID | None, after: int) -> int:
    """Store a new version on top of version `after`; give its number. Raises: `StaleVersion`."""
    stored = await tx.execute(
        "insert into configuration (name, version, value, author_id)"
        " select %s, %s, %s, %s where %s = (select coalesce(max(version), 0) from configuration where name = %s)"
        " on conflict do nothing",
        (name, after + 1, Jsonb(value.model_dump(mode="json")), author_id, after, name),
    )
    if not stored:
        raise StaleVersion(name=name)
    return after + 1


def changed(current: M, patch: dict[str, Any], *, loc: tuple[str, ...] = ()) -> M:
    """Apply a partial change, top-level fields only, and check the whole; unknown fields are refused.

    Raises: `Invalid` with `errors:[{loc,msg}]`.
    """
    merged = current.model_dump(mode="json") | patch
    try:
        return type(current).model_validate(merged, extra="forbid")
    except ValidationError as error:
        raise Invalid(errors=as_errors(error, loc)) from error


def as_errors(error: ValidationError, loc: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The protocol's `errors` of a failed check."""
    return [
        {"loc": [*loc, *item["loc"]], "msg": item["msg"]}
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
