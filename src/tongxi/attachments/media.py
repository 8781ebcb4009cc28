"""Pictures, videos and files that stand in articles: kept once however often they come, thrown away when unused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from tongxi.attachments import names, pictures, videos
from tongxi.attachments.kinds import MAX_BYTES, MP4, WEBM, UploadTooLarge, media_kind_of
from tongxi.attachments.service import Checked, Quota, QuotaUsedUp, delete_after_commit, in_worker
from tongxi.attachments.storage import Storage
from tongxi.kit.db import Database, Transaction
from tongxi.kit.errors import NotFound
from tongxi.kit.ids import new_id

UNUSED_AFTER = timedelta(days=2)
"""A file that no version of an article refers to by then is thrown away."""


@dataclass(frozen=True, slots=True)
class Media:
    """The row of a file."""

    id: UUID
    digest: bytes
    name: str
    mime: str
    size: int
    width: int | None
    height: int | None
    path: str

    @property
    def etag(self) -> str:
        """Of the answer that carries it."""
        return f'"{self.digest.hex()[:32]}"'

    def described(self) -> dict[str, Any]:
        """As screens need it; the address is put in for each reader."""
        values: dict[str, Any] = {"id": str(self.id), "name": self.name, "mime": self.mime, "size": self.size}
        return values | ({"width": self.width, "height": self.height} if self.width else {})


_COLUMNS = ", ".join(Media.__dataclass_fields__)


def check(data: bytes, name: str) -> Checked:
    """Judge and clean a file. CPU-bound. Raises: `UploadRefused`, `UploadTooLarge`."""
    if len(data) > MAX_BYTES:
        raise UploadTooLarge
    kind, digest = media_kind_of(data), sha256(data).digest()
    name = names.fitting(name, kind)
    if kind.is_image:
        picture = pictures.clean(data, kind)
        return Checked(name, kind.mime, picture.data, picture.width, picture.height, digest)
    if kind in (MP4, WEBM):
        video = videos.clean(data, kind)
        return Checked(name, kind.mime, video.data, video.width, video.height, digest)
    return Checked(name, kind.mime, data, None, None, digest)


class Shelf:
    """Where the files of articles are kept."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self.storage = storage

    async def keep(self, data: bytes, name: str, *, author: UUID | None, source: str = "") -> Media:
        """Check a file, keep it and give its row; the same content again gives the row that is there.

        `source`: the address it was fetched from.
        Raises: `UploadRefused`, `UploadTooLarge`.
        """
        digest = await asyncio.to_thread(lambda: sha256(data).digest())
        async with self._db.transaction() as tx:
            held = await tx.one(
                Media,
                "update media set kept_at = now(), source = coalesce(nullif(%s, ''), source) where digest = %s"
                f" returning {_COLUMNS}",
                (source, digest),
            )
        if held is not None and await asyncio.to_thread(self.storage.file(held.path).is_file):
            return held
        checked, path = await in_worker(_stored, self.storage, data, name)
        try:
            async with self._db.transaction() as tx:
                row = await _insert(tx, checked, path, author, source, is_lost=held is not None)
        except BaseException:
            await asyncio.to_thread(self.storage.delete, path)
            raise
        if row.path != path:  # somebody else was faster
            await asyncio.to_thread(self.storage.delete, path)
        return row


async def within_quota(tx: Transaction, author: UUID, quota: Quota) -> None:
    """Raises: `QuotaUsedUp` when a colleague has put in as much within a day as one may."""
    used = await tx.dict(
        "select count(*) as files, coalesce(sum(size), 0) as bytes from media"
        " where created_by = %s and kept_at > now() - interval '1 day'",
        (author,),
    )
    assert used is not None
    if used["files"] >= quota.files or used["bytes"] >= quota.bytes:
        raise QuotaUsedUp(retry_after=3600)


async def find(tx: Transaction, media_id: UUID) -> Media:
    """The file, whoever asks: for staff. Raises: `NotFound`."""
    row = await tx.one(Media, f"select {_COLUMNS} from media where id = %s", (media_id,))
    if row is None:
        raise NotFound
    return row


async def find_public(tx: Transaction, media_id: UUID) -> Media:
    """The file, while an article that customers may see today refers to it. Raises: `NotFound`."""
    row = await tx.one(
        Media,
        f"select {_COLUMNS} from media m where id = %s and exists (select from article_media u"
        " join article a on a.id = u.article_id and a.version = u.version where u.media_id = m.id"
        " and a.status = 'published' and a.audience = 'everyone'"
        " and (a.valid_from is null or a.valid_from <= current_date)"
        " and (a.valid_until is null or a.valid_until >= current_date))",
        (media_id,),
    )
    if row is None:
        raise NotFound
    return row


async def discard_unused(tx: Transaction, storage: Storage, *, limit: int = 100) -> int:
    """Throw away files that no version of an article refers to; give their number. Safe to run anywhere, any time."""
    rows = await tx.dicts(
        "delete from media where id in (select id from media m where kept_at < now() - %s"
        " and not exists (select from article_media u where u.media_id = m.id) limit %s for update skip locked)"
        " returning path",
        (UNUSED_AFTER, limit),
    )
    delete_after_commit(tx, storage, [row["path"] for row in rows])
    return len(rows)


def _stored(storage: Storage, data: bytes, name: str) -> tuple[Checked, str]:
    checked = check(data, name)
    return checked, storage.save(checked.data)


async def _insert(
    tx: Transaction, checked: Checked, path: str, author: UUID | None, source: str, *, is_lost: bool
) -> Media:
    """`is_lost`: the row was there, its file was not; it gets the new one."""
    row = await tx.one(
        Media,
        "insert into media as m (id, digest, name, mime, size, width, height, path, created_by, source)"
        " values (%(id)s, %(digest)s, %(name)s, %(mime)s, %(size)s, %(width)s, %(height)s, %(path)s, %(author)s,"
        " %(source)s)"
        " on conflict (digest) do update set kept_at = now(), source = coalesce(nullif(excluded.source, ''), m.source),"
        f" path = case when %(is_lost)s then excluded.path else m.path end returning {_COLUMNS}",
        {
            "id": new_id(), "digest": checked.sha256, "name": checked.name, "mime": checked.mime,
            "size": len(checked.data), "width": checked.width, "height": checked.height, "path": path,
            "author": author, "source": source, "is_lost": is_lost,
        },
    )  # fmt: skip
    assert row is not None
    return row
