"""What the bot asks before it answers: is this group under a certificate now, and from which confidence may it speak.

One object per process, read at the start and refreshed by the sweeper; `standing` needs no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongxi.calibration import queries, service, versions
from tongxi.calibration.plan import ALPHA, DELTA, LOOSEST, WRITE_ALPHA, Versions, is_write, needed
from tongxi.calibration.versions import Running
from tongxi.decisions import Standing
from tongxi.kit.clock import Clock
from tongxi.kit.db import Database
from tongxi.settings import Settings

CONSERVATIVE = 0.7
"""Threshold of a group nobody has audited, where the business has set none (`limits.answer_at`). No promise."""


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate as `judge` looks at it."""

    id: UUID
    alpha: float
    delta: float
    n: int
    wrong: int
    threshold: float | None
    bound: float | None
    coverage: float
    versions: Versions
    expires_at: datetime
    has_alarm: bool = False
    alarm_threshold: float | None = None
    """Where the last alarm tightened to; None with `has_alarm`: stopped."""


def judge(
    group: str,
    certificate: Certified | None,
    running: Versions,
    *,
    at: datetime,
    goal: tuple[float, float] = (ALPHA, DELTA),
    default: float = CONSERVATIVE,
    labels_missing: int = 0,
    is_checked: bool = True,
) -> Standing:
    """Where a group stands. Pure. `default`: threshold without a certificate, 0…1; `is_checked` False: what runs may
    have changed a moment ago.

    A fallback is never looser than the last certified threshold, and a group that failed its test or was stopped by an
    alarm stays with people until a new certificate.
    """
    alpha, delta = goal
    hashed = versions.digest(running)
    if certificate is None:
        return Standing(
            group, "conservative", default, alpha=alpha, delta=delta, labels_missing=labels_missing,
            versions=hashed,
        )  # fmt: skip
    changed = certificate.versions.changed(running) if is_checked else ("unchecked",)
    base = Standing(
        group, "person_only", None, None, certificate.alpha, certificate.delta, certificate.n, certificate.wrong,
        certificate.bound, certificate.coverage, labels_missing, certificate.expires_at, changed, hashed,
    )  # fmt: skip
    if certificate.threshold is None:
        return base
    threshold = certificate.alarm_threshold if certificate.has_alarm else certificate.threshold
    if threshold is None:
        return base._replace(state="alarm")
    if changed or at >= certificate.expires_at:
        return base._replace(state="alarm" if certificate.has_alarm else "expired", threshold=max(default, threshold))
    state = base._replace(threshold=threshold, certificate_id=certificate.id)
    if certificate.has_alarm:
        return state._replace(state="alarm")
    return state._replace(state="certified", labels_missing=0)


class Calibration:
    """The standing of every group in this process."""

    def __init__(self, clock: Clock, settings: Settings, *, knowledge: Any = None, bot: Any = None) -> None:
        """`knowledge`: the search index, for its version; `bot`: the bot's settings, for what is to be promised."""
        self._clock, self._settings = clock, settings
        self._knowledge, self._bot = knowledge, bot
        self._certificates: dict[str, Certified] = {}
        self._missing: dict[str, int] = {}
        self._fingerprint = ""
        self._knowledge_version = -1
        self.running = Running()
        """What runs, as last read."""

    async def load(self, db: Database) -> None:
        """Read everything."""
        version = self._knowledge.version if self._knowledge is not None else -1  # an empty index is false
        async with db.transaction() as tx:
            fingerprint = await queries.fingerprint(tx)
            running = await versions.read(tx, self._settings)
            rows = await queries.certificates(tx)
            plans = await queries.progress(tx)
        self._certificates = {row["topic_group"]: _certified(row) for row in rows}
        self._missing = {row["topic_group"]: int(row["labels_missing"]) for row in plans}
        self.running, self._fingerprint, self._knowledge_version = running, fingerprint, version

    async def refresh(self, db: Database) -> bool:
        """Read again if anything changed since; tell whether it did. One aggregate."""
        is_stale = self._knowledge is not None and self._knowledge.version != self._knowledge_version
        if not is_stale:
            async with db.reading() as tx:
                is_stale = await queries.fingerprint(tx) != self._fingerprint
        if is_stale:
            await self.load(db)
        return is_stale

    async def tend(self, db: Database) -> None:
        """Drop stale plans and draw audits; for the sweeper, now and then."""
        async with db.transaction() as tx:
            moved = await service.tend(tx, await versions.read(tx, self._settings), at=self._clock.now())
        if moved:
            await self.load(db)

    def group_of(self, article_id: UUID, language: str) -> str:
        """The group of an answer from this article to a customer who writes this language."""
        return versions.group_name(self.running.topics.get(article_id, versions.GENERAL), language)

    def goal(self, group: str) -> tuple[float, float]:
        """(alpha, delta) that the business wants promised."""
        if self._bot is None:
            return WRITE_ALPHA if is_write(group) else ALPHA, DELTA
        promise = self._bot.settings.promise_of(group)
        return min(promise.alpha, WRITE_ALPHA) if is_write(group) else promise.alpha, promise.delta

    def standing(self, group: str) -> Standing:
        """Where the group stands now. Any string is allowed; an unknown group was never audited."""
        goal = self.goal(group)
        default = self._bot.settings.limits.answer_at if self._bot is not None else CONSERVATIVE
        return judge(
            group,
            self._certificates.get(group),
            self.running.of(group),
            at=self._clock.now(),
            goal=goal,
            # Without a certificate a flow changes what the customer says yes to, as ever.
            default=LOOSEST if is_write(group) else default,
            labels_missing=self._missing[group] if group in self._missing else needed(*goal, group),
            is_checked=is_write(group) or self._knowledge is None or self._knowledge.version == self._knowledge_version,
        )

    def groups(self) -> list[str]:
        """Every group that has articles or had a certificate."""
        return sorted({*self.running.groups(), *self._certificates})


def _certified(row: dict[str, Any]) -> Certified:
    return Certified(
        row["id"], row["alpha"], row["delta"], row["n"], row["wrong"], row["threshold"], row["bound"],
        row["coverage"], Versions(**row["versions"]), row["expires_at"], row["alarm_id"] is not None,
        row["alarm_to"],
    )  # fmt: skip
