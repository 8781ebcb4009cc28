"""When to ask the same engine again. Pure.

Source: "Exponential backoff and jitter" (full jitter, AWS Architecture Blog); providers' pages on 429.
"""

from __future__ import annotations

BASE_SECONDS = 0.25
MAX_SECONDS = 4.0


def delay(tries: int, *, retry_after: float, left: float, chance: float) -> float | None:
    """Seconds to wait after `tries` tries before the next one; None when there is no time for it.

    `retry_after`: what the provider asked for, kept to the second and never shortened; `left`: seconds until the
    deadline; `chance`: 0…1.
    """
    backoff = min(MAX_SECONDS, BASE_SECONDS * 2 ** (tries - 1)) * chance
    wait = max(backoff, retry_after)
    return wait if wait < left / 2 else None
