"""Which article refers to which files, and what of them customers may be sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from tongxi.kit.db import Transaction
from tongxi.kit.errors import Invalid
from tongxi.knowledge import marks
from tongxi.knowledge.marks import MAX_MEDIA

MAX_BYTES: Final = 60_000_000
"""Of all files of one article."""


class TooManyMedia(Invalid):
    """An article holds at most 30 pictures, videos and files."""

    code = "too_many_media"


class MediaTooLarge(Invalid):
    """The pictures, videos and files of one article hold at most 60 MB together."""

    code = "media_too_large"


class UnknownMedia(Invalid):
    """A picture, video or file that the text names is not here; upload it again."""

    code = "unknown_media"


class NotPublic(Invalid):
    """This picture, video or file stands in no published article that customers may see."""

    code = "media_not_public"


async def refer(tx: Transaction, article_id: UUID, version: int, body: str) -> None:
    """Note which files a version of an article refers to; it is there already.

    Raises: `TooManyMedia`, `UnknownMedia`, `MediaTooLarge`.
    """
    wanted = marks.ids(body)
    if not wanted:
        return
    if len(wanted) > MAX_MEDIA:
        raise TooManyMedia(max=MAX_MEDIA)
    # Held until the reference stands, so that housekeeping leaves them alone.
    found = {row["id"]: row["size"] for row in await tx.dicts(
        "select id, size from media where id = any(%s) for share", (wanted,)
    )}  # fmt: skip
    if missing := [str(one) for one in wanted if one not in found]:
        raise UnknownMedia(media=missing)
    if sum(found.values()) > MAX_BYTES:
        raise MediaTooLarge(max_bytes=MAX_BYTES)
    await tx.execute(
        "insert into article_media (article_id, version, media_id) select %s, %s, unnest(%s)",
        (article_id, version, wanted),
    )


async def for_message(tx: Transaction, wanted: Sequence[UUID], language: str) -> list[dict[str, Any]]:
    """What an agent sends along, as a message's `content.media`: words of the article in `language` first.

    Raises: `NotPublic` unless each stands in a published article that customers may see.
    """
    if not wanted:
        return []
    rows = await tx.dicts(
        "select m.id, m.name, m.mime, m.size, m.width, m.height, a.body from media m"
        " join article_media r on r.media_id = m.id join article a on a.id = r.article_id and a.version = r.version"
        " where m.id = any(%s) and a.status = 'published' and a.audience = 'everyone'"
        " and (a.valid_from is null or a.valid_from <= current_date)"
        " and (a.valid_until is null or a.valid_until >= current_date) order by a.language = %s, a.updated_at",
        (list(wanted), language),
    )
    made: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        file = {name: row[name] for name in ("name", "mime", "size", "width", "height") if row[name] is not None}
        said = next(one for one in marks.marks(row["body"]) if one.id == row["id"])
        made[row["id"]] = {"id": str(row["id"]), **file, "alt": said.alt, "caption": said.caption}
    if missing := [str(one) for one in wanted if one not in made]:
        raise NotPublic(media=missing)
    return [made[one] for one in dict.fromkeys(wanted)]
