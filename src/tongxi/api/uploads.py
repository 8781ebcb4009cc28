"""Read one file from a multipart request; how large a body may be, `security.Guard` sees to."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from tongxi.api.errors import Malformed
from tongxi.attachments.kinds import MAX_BYTES, UploadTooLarge
from tongxi.kit.errors import Invalid


class NotMultipart(Malformed):
    """Send the file as multipart/form-data, in the field `file`."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it came in."""

    name: str
    data: bytes


async def receive_file(request: Request) -> Received:
    """The field `file`, read through a temporary file.

    Raises: `UploadTooLarge`, `NotMultipart`, `Invalid` when there is no such field.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise NotMultipart
    try:
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise Invalid(errors=[{"loc": ["body", "file"], "msg": "must be a file"}])
            data = await file.read(MAX_BYTES + 1)
    except HTTPException as error:  # a broken body, says the parser; too many bytes, says the guard
        raise UploadTooLarge if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else NotMultipart from error
    if len(data) > MAX_BYTES:
        raise UploadTooLarge
    return Received(file.filename or "", data)
