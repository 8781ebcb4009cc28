"""Which systems of one's own network may be reached although their addresses are not public (`kit.egress`)."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NAME: Final = "egress"
_HOST = re.compile(r"^(?:[a-z0-9](?:[a-z0-9._-]{0,250}[a-z0-9])?|\[?[0-9a-f:.]+\]?)(?::([0-9]{1,5}))?$")


def _host(value: str) -> str:
    host = value.strip().lower().rstrip(".")
    found = _HOST.match(host)
    if not found or (found[1] and not 0 < int(found[1]) < 65536):
        raise ValueError("a host, or host:port, without http://")
    return host


class EgressSettings(BaseModel):
    """What the administrator has opened."""

    model_config = ConfigDict(frozen=True)

    allowed_hosts: tuple[Annotated[str, AfterValidator(_host)], ...] = Field(default=(), max_length=100)
    """`host` (ports 80 and 443) or `host:port`. Link-local addresses and metadata services stay closed."""
