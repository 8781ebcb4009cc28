"""Which language model this installation uses, if any."""

from __future__ import annotations

from tongxi.kit.clock import Clock
from tongxi.llm.protocol import Breaker, Models
from tongxi.settings import Settings


def connect(settings: Settings, clock: Clock, breaker: Breaker) -> Models | None:
    """The model at `TONGXI_MODEL_URL`, or None; then nothing of it is imported."""
    if not settings.model_url or not settings.model_name:
        return None
    from tongxi.llm.openai_compatible import OpenAICompatible

    key = settings.model_key.get_secret_value() if settings.model_key else None
    provider = OpenAICompatible(settings.model_url, key, settings.model_name)
    return Models(provider, breaker, clock=clock, timeout=settings.model_timeout_seconds)
