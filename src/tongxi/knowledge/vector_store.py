"""Sentence vectors in PostgreSQL: compared there with pgvector, or as bytes in this process where it is missing.

A row without a vector is a text that is still to be embedded: the table is the list of what is to be done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from tongxi.kit.db import Database
from tongxi.knowledge.nearness import Nearest

Floats = npt.NDArray[np.float32]
Storage = Literal["pgvector", "bytes"]

N_NEAREST = 60
LOCAL = "local "
"""Begins the name of a model that runs here: its vectors stand beside those of an endpoint."""
_LEASE_SECONDS = 90
STORAGE = (
    "select case format_type(atttypid, -1) when 'bytea' then 'bytes' else 'pgvector' end from pg_attribute"
    " where attrelid = 'text_vector'::regclass and attname = 'vector'"
)
"""How vectors are kept, `pgvector` or `bytes`: the type of the column, which the migration chose."""


class VectorStore:
    """The vectors of one database, one model at a time."""

    def __init__(self) -> None:
        self._storage: Storage | None = None
        self._held: tuple[object, list[bytes], Floats] = None, [], np.empty((0, 0), np.float32)
        self._loading = asyncio.Lock()
        self._lengths: dict[str, int] = {}

    async def storage(self, db: Database) -> Storage:
        """How vectors are kept in this database."""
        if self._storage is None:
            async with db.reading() as tx:
                self._storage = await tx.value(STORAGE)
        assert self._storage is not None
        return self._storage

    async def want(self, db: Database, model: str, digests: Collection[bytes]) -> None:
        """Exactly these texts, by this model: what is new is to be embedded, everything else is forgotten."""
        given = {"model": model, "digests": list(digests)}
        async with db.transaction() as tx:
            await tx.execute(
                "insert into text_vector (model, digest) select %(model)s, unnest(%(digests)s::bytea[])"
                " order by 2 on conflict do nothing",
                given,
            )
            await tx.execute(
                "delete from text_vector where not starts_with(model, %(local)s)"
                " and (model <> %(model)s or digest <> all(%(digests)s::bytea[]))",
                given | {"local": LOCAL},
            )

    async def take(self, db: Database, model: str, n: int) -> list[bytes]:
        """Up to `n` texts to embed, nobody else's for a while; what was refused before comes alone."""
        async with db.transaction() as tx:
            rows = await tx.dicts(
                "with due as (select digest, tries from text_vector where model = %(model)s and vector is null"
                " and due_at <= now() order by tries, digest limit %(n)s for update skip locked),"
                " mine as (select digest from due where tries = 0 union all"
                " (select digest from due where not exists (select from due where tries = 0) limit 1))"
                " update text_vector v set due_at = now() + make_interval(secs => %(lease)s)"
                " from mine where v.model = %(model)s and v.digest = mine.digest returning v.digest",
                {"model": model, "n": n, "lease": _LEASE_SECONDS},
            )
        return [row["digest"] for row in rows]

    async def keep(self, db: Database, model: str, vectors: Mapping[bytes, Floats]) -> None:
        """Store unit vectors of one length; those of another length are of another model by the same name."""
        is_pgvector = await self.storage(db) == "pgvector"
        length = len(next(iter(vectors.values())))
        value = "%s::real[]::vector" if is_pgvector else "%s"
        async with db.transaction() as tx:
            for digest, vector in sorted(vectors.items()):
                await tx.execute(
                    f"update text_vector set vector = {value}, stored_at = now() where model = %s and digest = %s",
                    (vector.tolist() if is_pgvector else vector.astype("<f4").tobytes(), model, digest),
                )
            if self._lengths.get(model) != length:
                other = "vector_dims(vector) <> %s" if is_pgvector else "length(vector) <> 4 * %s"
                await tx.execute(
                    "update text_vector set vector = null, stored_at = null, due_at = now()"
                    f" where model = %s and {other}",
                    (model, length),
                )
        self._lengths[model] = length

    async def put_off(self, db: Database, model: str, digests: Sequence[bytes], *, is_refused: bool) -> None:
        """Not now: at the next occasion, or later and later for what was refused."""
        async with db.transaction() as tx:
            await tx.execute(
                "update text_vector set tries = tries + %(by)s, due_at = case when %(by)s = 0 or tries = 0 then now()"
                " else now() + least(power(2, tries), 1440) * interval '1 minute' end"
                " where model = %(model)s and digest = any(%(digests)s::bytea[])",
                {"by": int(is_refused), "model": model, "digests": list(digests)},
            )

    async def nearest(self, db: Database, model: str, vector: Floats) -> Nearest | None:
        """The texts nearest to a unit vector; None while there are none of its length."""
        if await self.storage(db) == "bytes":
            # A large base takes longer to read than one question waits: the reading goes on for the next one.
            digests, matrix = await asyncio.shield(self._read(db, model, len(vector)))
            return _nearest(digests, matrix, vector) if digests else None
        async with db.reading() as tx:
            rows = await tx.dicts(
                "select digest, cosine, avg(cosine) over () as mean, stddev_pop(cosine) over () as deviation from ("
                " select digest, 1 - (vector <=> %(vector)s::real[]::vector) as cosine from text_vector"
                " where model = %(model)s and vector is not null and vector_dims(vector) = %(length)s offset 0"
                ") as compared order by cosine desc limit %(n)s",
                {"vector": vector.tolist(), "model": model, "length": len(vector), "n": N_NEAREST},
            )
        if not rows:
            return None
        return Nearest(
            [row["digest"] for row in rows], [row["cosine"] for row in rows], rows[0]["mean"], rows[0]["deviation"]
        )

    async def _read(self, db: Database, model: str, length: int) -> tuple[list[bytes], Floats]:
        """All vectors of a model: digests and rows, (n, length); held until something is stored."""
        given = {"model": model, "bytes": 4 * length}
        where = "where model = %(model)s and length(vector) = %(bytes)s"
        async with self._loading, db.reading() as tx:
            stand = await tx.dict(f"select count(*) as n, max(stored_at) as at from text_vector {where}", given)
            key = (model, length, stand)
            if self._held[0] != key:
                rows = await tx.dicts(f"select digest, vector from text_vector {where} order by digest", given)
                matrix = np.frombuffer(b"".join(row["vector"] for row in rows), "<f4").reshape(len(rows), length)
                self._held = key, [row["digest"] for row in rows], matrix
            return self._held[1:]


class LocalStore:
    """Vectors of a model that runs here, kept so that a start need not make them again."""

    def __init__(self, name: str) -> None:
        self._model = f"{LOCAL}{name}"

    async def read(self, db: Database, digests: Collection[bytes]) -> dict[bytes, Floats]:
        """Those that are kept of these texts."""
        async with db.reading() as tx:
            is_pgvector = await tx.value(STORAGE) == "pgvector"
            value = "vector::real[]" if is_pgvector else "vector"
            rows = await tx.dicts(
                f"select digest, {value} as vector from text_vector"
                " where model = %s and digest = any(%s) and vector is not null",
                (self._model, list(digests)),
            )
        if is_pgvector:
            return {row["digest"]: np.array(row["vector"], np.float32) for row in rows}
        return {row["digest"]: np.frombuffer(row["vector"], "<f4") for row in rows}

    async def keep(self, db: Database, vectors: Mapping[bytes, Floats]) -> None:
        """Store vectors of one length; what is there already stays."""
        if not vectors:
            return
        async with db.transaction() as tx:
            is_pgvector = await tx.value(STORAGE) == "pgvector"
            value = "%s::real[]::vector" if is_pgvector else "%s"
            for digest, vector in sorted(vectors.items()):
                await tx.execute(
                    f"insert into text_vector (model, digest, vector, stored_at) values (%s, %s, {value}, now())"
                    " on conflict (model, digest) do nothing",
                    (self._model, digest, vector.tolist() if is_pgvector else vector.astype("<f4").tobytes()),
                )

    async def forget(self, db: Database, *, beside: Collection[bytes]) -> None:
        """Drop the vectors of all other texts, and those of other models that ran here."""
        async with db.transaction() as tx:
            await tx.execute(
                "delete from text_vector where starts_with(model, %(local)s)"
                " and (model <> %(model)s or digest <> all(%(digests)s::bytea[]))",
                {"local": LOCAL, "model": self._model, "digests": list(beside)},
            )


def _nearest(digests: Sequence[bytes], matrix: Floats, vector: Floats) -> Nearest:
    cosines: Floats = np.vecdot(matrix, vector)
    best = np.argsort(-cosines, kind="stable")[:N_NEAREST]
    return Nearest(
        [digests[n] for n in best], [float(cosines[n]) for n in best], float(cosines.mean()), float(cosines.std())
    )
