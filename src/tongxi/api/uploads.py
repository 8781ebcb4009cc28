"""Read one file from a multipart request, and never more than a file may have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import Request, UploadFile
from starlette.datastructures import UploadFile as StarletteUpload
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from tongxi.api.errors import Malformed
from tongxi.attachments.kinds import MAX_BYTES, UploadTooLarge
from tongxi.kit.errors import Invalid

_OVERHEAD: Final = 16 * 1024
"""Boundaries, headers and small fields around the file."""


class NotMultipart(Malformed):
    """Send the file as multipart/form-data, in the field `file`."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it came in."""

    name: str
    data: bytes


async def receive_file(request: Request, *, most: int = MAX_BYTES) -> Received:
    """The field `file`; read through a temporary file, refused as soon as it is too large.

    Raises: `UploadTooLarge`, `NotMultipart`, `Invalid` when there is no such field.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most + _OVERHEAD:
        raise UploadTooLarge
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise NotMultipart
    counted = Request(request.scope, _counting(request.receive, most + _OVERHEAD))
    try:
        async with counted.form(max_files=1, max_fields=4, max_part_size=_OVERHEAD) as form:
            file = form.get("file")
            if not isinstance(file, (UploadFile, StarletteUpload)):
                raise Invalid(errors=[{"loc": ["body", "file"], "msg": "must be a file"}])
            data = await file.read(most + 1)
            if len(data) > most:
                raise UploadTooLarge
            return Received(file.filename or "", data)
    except HTTPException as error:  # what the parser says of a broken body
        raise NotMultipart from error


def _counting(receive: Receive, most: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise UploadTooLarge
        return message

    return counted
