"""The bot's own search, for agents."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from tongxi.accounts.roles import Permission
from tongxi.api.auth import SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.conversations.views import at as moment

router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])

Reader = Annotated[SignedIn, requires(Permission.READ_KNOWLEDGE)]


@router.get("/search")
async def search(
    _: Reader,
    house: HouseDep,
    q: Annotated[str, Query(max_length=8000)],
    language: Literal["zh", "en"] = "zh",
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> dict[str, Any]:
    """What the bot would find, and what only agents may read, best first, with the confidence of each."""
    hits = house.knowledge.search(q, language, agents=True, k=limit)
    return {
        "items": [
            {
                "article_id": str(hit.article_id),
                "title": hit.title,
                "section": hit.section,
                "text": hit.text,
                "language": hit.language,
                "score": round(hit.score, 4),
                "source": hit.source,
                "updated_at": moment(hit.updated_at),
            }
            for hit in hits
        ],
        "next": None,
        "version": house.knowledge.version,
    }
