"""A published article as the search takes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Article:
    """What the index needs of an article."""

    id: UUID
    slug: str | None
    language: str
    title: str
    body: str
    questions: Sequence[str]
    audience: str
    source: str
    updated_at: datetime
    valid_until: date | None = None
    media: Sequence[Mapping[str, Any]] = ()
    """The files it refers to: `id`, `name`, `mime`, `size`, of pictures and videos `width` and `height`."""

    @property
    def twin(self) -> str:
        """Slug without its language: the same for all language versions of an entry."""
        return (self.slug or str(self.id)).removesuffix(f".{self.language}")
