"""What may be spent, and what was: per conversation and per day (UTC), over all processes."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from tongxi.kit.clock import Clock
from tongxi.llm.configuration import ModelSettings
from tongxi.llm.engines import Engine
from tongxi.llm.ledger import Ledger
from tongxi.llm.protocol import Call, Cost, Usage

ASSUMED_OUTPUT = 400
"""Tokens of an answer, while it is not known."""
CHARACTERS_A_TOKEN = 2
"""Low, between Chinese (about 1.5) and English (about 4): rather stop early than late."""
READ_EVERY_SECONDS = 5.0
"""How often what other processes spent is read."""


class Budget:
    """The purse of one process. Without a ledger nothing is counted."""

    def __init__(self, clock: Clock, ledger: Ledger | None) -> None:
        self._clock = clock
        self._ledger = ledger
        self._spent = Decimal(0)
        self._reserved = Decimal(0)
        self._read_at: float | None = None
        self._day = clock.now().date()

    async def spent_today(self) -> Decimal:
        """What the installation has spent since midnight UTC; a few seconds old as for other processes."""
        now, at = self._clock.monotonic(), self._clock.now()
        is_fresh = self._read_at is not None and now - self._read_at < READ_EVERY_SECONDS
        if self._ledger is not None and not (is_fresh and at.date() == self._day):
            self._read_at, self._day = now, at.date()
            self._spent = await self._ledger.spent_today(at)
        return self._spent

    async def reserve(
        self, settings: ModelSettings, engine: Engine, characters: int, conversation_id: UUID | None
    ) -> Decimal | None:
        """Set aside what a call will probably cost; None when that is too much. An engine without a price may run."""
        usage = Usage(characters // CHARACTERS_A_TOKEN, ASSUMED_OUTPUT)
        expected = money(settings, engine, usage)[1]
        if expected and self._ledger is not None:
            day, one = settings.per_day, settings.per_conversation
            if day is not None and await self.spent_today() + self._reserved + expected > day:
                return None
            if one is not None and conversation_id is not None:
                spent = await self._ledger.spent_on(conversation_id)
                if spent + expected > one:
                    return None
        self._reserved += expected
        return expected

    def release(self, reserved: Decimal) -> None:
        """The call is over."""
        self._reserved -= reserved

    def record(self, call: Call) -> None:
        """Write a call down; nobody waits for it."""
        self._spent += call.spent
        if self._ledger is not None:
            self._ledger.record(call, self._clock.now())

    async def close(self) -> None:
        """Write what is on its way."""
        if self._ledger is not None:
            await self._ledger.close()


def money(settings: ModelSettings, engine: Engine, usage: Usage) -> tuple[Cost | None, Decimal]:
    """The cost, and its value in the budget's currency; a currency without a rate counts as if it were that one."""
    amount = engine.model.cost(usage)
    if amount is None:
        return None, Decimal(0)
    converted = settings.converted(amount, engine.model.currency)
    return Cost(amount, engine.model.currency), amount if converted is None else converted
