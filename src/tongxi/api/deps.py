"""What every route leans on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from tongxi.house import House


def house(connection: HTTPConnection) -> House:
    """The `House` of this process (HTTP and WebSocket alike)."""
    value: House = connection.app.state.house
    return value


HouseDep = Annotated[House, Depends(house)]
