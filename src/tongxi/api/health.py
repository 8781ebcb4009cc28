"""Is it alive, is it ready: for supervisors of processes and for the doctor."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from tongxi import __version__
from tongxi.api.deps import HouseDep

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz")
async def ready(house: HouseDep, request: Request) -> dict[str, Any]:
    """The database answers too; with the lag of the sweeper in seconds. 503 otherwise."""
    async with house.db.transaction() as tx:
        await tx.value("select 1")
    return {"status": "ready", "sweeper_lag_seconds": round(request.app.state.sweeper.lag_seconds, 3)}
