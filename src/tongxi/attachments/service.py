"""Take a file in, let a message carry it, let its readers have it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from tongxi.attachments import names, pictures
from tongxi.attachments.kinds import MAX_BYTES, UploadTooLarge, kind_of
from tongxi.attachments.storage import Storage
from tongxi.kit.db import Database, Transaction
from tongxi.kit.errors import AppError, Invalid, NotFound
from tongxi.kit.ids import new_id

MAX_PER_MESSAGE = 10
UNUSED_AFTER = timedelta(days=1)
"""An upload no message carries by then is thrown away."""

_workers = ThreadPoolExecutor(2, thread_name_prefix="attachments")
"""A picture of 40 megapixels takes up to 240 MB while it is cleaned: never more than two at a time."""


class QuotaUsedUp(AppError):
    """That is all you can upload today. Try again tomorrow."""

    code: ClassVar[str] = "rate_limited"
    status: ClassVar[int] = 429


@dataclass(frozen=True, slots=True)
class Quota:
    """What one uploader may store within 24 hours."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Uploader:
    """A contact at an inbox, or an agent."""

    contact_id: UUID | None = None
    inbox_id: UUID | None = None
    user_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept."""

    name: str
    mime: str
    data: bytes
    width: int | None
    height: int | None
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Attachment:
    """The row of an attachment."""

    id: UUID
    inbox_id: UUID | None
    conversation_id: UUID | None
    contact_id: UUID | None
    user_id: UUID | None
    name: str
    mime: str
    size: int
    width: int | None
    height: int | None
    path: str

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")

    def described(self) -> dict[str, Any]:
        """As in a message's content; the address is put in for each reader (`links.with_urls`)."""
        values: dict[str, Any] = {"id": str(self.id), "name": self.name, "mime": self.mime, "size": self.size}
        return values | ({"width": self.width, "height": self.height} if self.width else {})


COLUMNS = ", ".join(Attachment.__dataclass_fields__)


def check(data: bytes, name: str) -> Checked:
    """Judge and clean a file. CPU-bound. Raises: `UploadRefused`, `UploadTooLarge`."""
    if len(data) > MAX_BYTES:
        raise UploadTooLarge
    kind = kind_of(data, names.extension_of(name))
    name = names.fitting(name, kind)
    if not kind.is_image:
        return Checked(name, kind.mime, data, None, None, sha256(data).digest())
    picture = pictures.clean(data, kind)
    return Checked(name, kind.mime, picture.data, picture.width, picture.height, sha256(picture.data).digest())


async def upload(
    db: Database, storage: Storage, data: bytes, name: str, *, uploader: Uploader, quota: Quota
) -> Attachment:
    """Check a file, keep it and give its row. Opens transactions of its own: none is open while it works on the file.

    Raises: `UploadRefused`, `UploadTooLarge`, `QuotaUsedUp`.
    """
    checked, path = await in_worker(_keep, storage, data, name)
    try:
        async with db.transaction() as tx:
            return await _insert(tx, checked, path, uploader, quota)
    except BaseException:
        await asyncio.to_thread(storage.delete, path)
        raise


async def in_worker(
    work: Callable[[Storage, bytes, str], tuple[Checked, str]], storage: Storage, data: bytes, name: str
) -> tuple[Checked, str]:
    """Do it where no more than two files are worked on at a time."""
    return await asyncio.get_running_loop().run_in_executor(_workers, work, storage, data, name)


async def within_quota(tx: Transaction, uploader: Uploader, quota: Quota, size: int = 0) -> None:
    """Raises: `QuotaUsedUp` when the uploader has used his day up, or would with `size` bytes more."""
    used = await tx.dict(
        "select count(*) as files, coalesce(sum(size), 0) as bytes from attachment"
        " where created_at > now() - interval '1 day' and (contact_id = %(contact_id)s or user_id = %(user_id)s)",
        {"contact_id": uploader.contact_id, "user_id": uploader.user_id},
    )
    assert used is not None
    if used["files"] >= quota.files or used["bytes"] + size > quota.bytes:
        raise QuotaUsedUp(retry_after=3600)


async def attach(
    tx: Transaction, ids: Sequence[UUID], conversation_id: UUID, uploader: Uploader
) -> list[dict[str, Any]]:
    """Bind uploads to the conversation whose message carries them; give the message's `content.attachments`.

    Safe to repeat with the same conversation. Raises: `NotFound` when one is not the uploader's or belongs to another
    conversation, `Invalid` for more than ten.
    """
    if not ids:
        return []
    if len(ids) > MAX_PER_MESSAGE:
        raise Invalid(f"a message carries at most {MAX_PER_MESSAGE} files")
    rows = await tx.all(
        Attachment,
        f"update attachment set conversation_id = %(conversation_id)s where id = any(%(ids)s)"
        " and (conversation_id is null or conversation_id = %(conversation_id)s)"
        " and (contact_id = %(contact_id)s or user_id = %(user_id)s)"
        f" returning {COLUMNS}",
        {
            "conversation_id": conversation_id,
            "ids": list(ids),
            "contact_id": uploader.contact_id,
            "user_id": uploader.user_id,
        },
    )
    found = {row.id: row for row in rows}
    if len(found) != len(set(ids)):
        raise NotFound
    return [found[attachment_id].described() for attachment_id in dict.fromkeys(ids)]


async def read_attachment(tx: Transaction, attachment_id: UUID, *, contact_id: UUID) -> Attachment:
    """The attachment, if the contact uploaded it or owns its conversation. Raises: `NotFound`."""
    row = await tx.one(
        Attachment,
        f"select {COLUMNS} from attachment a where id = %(id)s and (contact_id = %(contact_id)s or exists"
        " (select from conversation c where c.id = a.conversation_id and c.contact_id = %(contact_id)s))",
        {"id": attachment_id, "contact_id": contact_id},
    )
    if row is None:
        raise NotFound
    return row


async def find(tx: Transaction, attachment_id: UUID) -> Attachment:
    """The attachment, whoever asks: the caller checks the right to its conversation. Raises: `NotFound`."""
    row = await tx.one(Attachment, f"select {COLUMNS} from attachment where id = %s", (attachment_id,))
    if row is None:
        raise NotFound
    return row


async def discard_unused(tx: Transaction, storage: Storage, *, limit: int = 100) -> int:
    """Throw away uploads that no message carries after a day; give their number. Safe to run anywhere, any time."""
    rows = await tx.dicts(
        "delete from attachment where id in (select id from attachment where conversation_id is null"
        " and created_at < now() - %s limit %s for update skip locked) returning path",
        (UNUSED_AFTER, limit),
    )
    delete_after_commit(tx, storage, [row["path"] for row in rows])
    return len(rows)


def delete_after_commit(tx: Transaction, storage: Storage, paths: Sequence[str]) -> None:
    """Remove stored files once nothing names them any more."""

    async def remove() -> None:
        for path in paths:
            await asyncio.to_thread(storage.delete, path)

    tx.after_commit(remove)


def _keep(storage: Storage, data: bytes, name: str) -> tuple[Checked, str]:
    checked = check(data, name)
    return checked, storage.save(checked.data)


async def _insert(tx: Transaction, checked: Checked, path: str, uploader: Uploader, quota: Quota) -> Attachment:
    owner = uploader.contact_id or uploader.user_id
    await tx.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"attachment {owner}",))
    await within_quota(tx, uploader, quota, len(checked.data))
    row = await tx.one(
        Attachment,
        "insert into attachment (id, inbox_id, contact_id, user_id, name, mime, size, width, height, sha256, path)"
        " values (%(id)s, %(inbox_id)s, %(contact_id)s, %(user_id)s, %(name)s, %(mime)s, %(size)s, %(width)s,"
        f" %(height)s, %(sha256)s, %(path)s) returning {COLUMNS}",
        {
            "id": new_id(),
            "inbox_id": uploader.inbox_id,
            "contact_id": uploader.contact_id,
            "user_id": uploader.user_id,
            "name": checked.name,
            "mime": checked.mime,
            "size": len(checked.data),
            "width": checked.width,
            "height": checked.height,
            "sha256": checked.sha256,
            "path": path,
        },
    )
    assert row is not None
    return row
