"""After a message is stored and delivered, its translation follows: beside the message, and as a frame to who watches.

Nothing waits for a translation. One conversation is worked on by one task at a time, a few conversations at once; what
fails is marked and stays as it was written.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from tongxi.house import House
from tongxi.kit.crypto import Unreadable
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound
from tongxi.translation import settings
from tongxi.translation.deepl import DeepL
from tongxi.translation.direction import Direction, direction
from tongxi.translation.engines import Engines
from tongxi.translation.languages import language_of
from tongxi.translation.model import ModelTranslator
from tongxi.translation.placeholders import Term
from tongxi.translation.protocol import Engine, FailureCode, Translated, TranslationFailed
from tongxi.translation.settings import TranslationSettings

log = structlog.get_logger(__name__)

AT_ONCE: Final = 4
"""Conversations translated at the same time."""
LOOK_BACK: Final = 20
"""Newest messages of a conversation that get a translation; older ones on demand."""
REFRESH_SECONDS: Final = 5.0
"""After which a change made by another process is noticed."""

FRAME: Final = "translation"


@dataclass(frozen=True, slots=True)
class _Message:
    id: UUID
    seq: int
    sender: str
    text: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Talk:
    """What a translation needs to know of a conversation."""

    customer: str
    staff: str
    messages: list[_Message]


class Translation:
    """The translator of one process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.settings = TranslationSettings()
        self.version = 0
        self.glossary: list[settings.Term] = []
        self.engines = Engines()
        self._dirty: dict[UUID, None] = {}
        self._busy: set[UUID] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._jobs: set[asyncio.Task[None]] = set()
        house.live.watch(self._committed)

    @property
    def is_on(self) -> bool:
        """Whether an engine is set up."""
        return bool(self.engines.engines)

    def start(self) -> None:
        """Begin to follow what is committed."""
        self._task = asyncio.create_task(self._run(), name="translation")

    async def stop(self) -> None:
        """Stop; what is not translated stays as it is."""
        self._house.live.unwatch(self._committed)
        tasks = [task for task in (self._task, *self._jobs) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.engines.close()

    async def load(self) -> None:
        """Read settings, key and glossary again."""
        async with self._house.db.reading() as tx:
            saved = await settings.read(tx)
            sealed, _ = await settings.sealed_key(tx)
            self.glossary = await settings.terms(tx)
        key = ""
        if sealed:
            try:
                key = self._house.vault.unseal(sealed, scope=settings.KEY_SCOPE)
            except Unreadable:
                log.warning("translation.key_unreadable")
        before, self.settings, self.version = self.engines, saved.value, saved.version
        made: list[Engine] = []
        for name in saved.value.engines:
            if name == "deepl" and key:
                made.append(DeepL(saved.value.deepl_url, key, is_inside=saved.value.deepl_is_inside))
            elif name == "model":
                made.append(ModelTranslator(self._house.models))
        self.engines = Engines(made)
        await before.close()

    async def text(self, text: str, way: Direction, context: str = "") -> Translated | None:
        """Translate one text with the glossary. Raises: `TranslationFailed`."""
        terms = [Term(one.source, one.target) for one in settings.fitting(self.glossary, way.source, way.target)]
        return await self.engines.translate(text, source=way.source, target=way.target, terms=terms, context=context)

    async def again(self, conversation_id: UUID, seq: int) -> dict[str, Any] | None:
        """Translate one message now, whatever came of it before; None when it needs none. Raises: `NotFound`."""
        async with self._house.db.reading() as tx:
            talk = await self._talk(tx, conversation_id, seq=seq)
        if talk is None or not talk.messages:
            raise NotFound
        return await self._message(conversation_id, talk, talk.messages[-1], "")

    # ── following what is committed ───────────────────────────────────────────────────────────────────

    def _committed(self, conversation_id: UUID, _changed: bool) -> None:
        if self.is_on:
            self._dirty[conversation_id] = None
            self._wake.set()

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(REFRESH_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                await self._refresh()
                continue
            self._wake.clear()
            for conversation_id in list(self._dirty):
                if len(self._jobs) >= AT_ONCE:
                    break
                if conversation_id not in self._busy:
                    del self._dirty[conversation_id]
                    self._busy.add(conversation_id)
                    job = asyncio.create_task(self._work(conversation_id))
                    self._jobs.add(job)
                    job.add_done_callback(self._ended)

    def _ended(self, job: asyncio.Task[None]) -> None:
        self._jobs.discard(job)
        if self._dirty:
            self._wake.set()

    async def _refresh(self) -> None:
        try:
            async with self._house.db.reading() as tx:
                version = (await settings.read(tx)).version
                count = await tx.value("select count(*) from glossary_term")
            if version != self.version or count != len(self.glossary):
                await self.load()
        except Exception:
            log.exception("translation.refresh_failed")

    async def _work(self, conversation_id: UUID) -> None:
        try:
            async with self._house.db.reading() as tx:
                talk = await self._talk(tx, conversation_id)
            if talk is None:
                return
            before = ""
            for message in talk.messages:
                if "translation" not in message.content:
                    await self._message(conversation_id, talk, message, before)
                before = message.text
        except Exception:
            log.exception("translation.broken", conversation_id=str(conversation_id))
        finally:
            self._busy.discard(conversation_id)

    async def _talk(self, tx: Transaction, conversation_id: UUID, *, seq: int | None = None) -> _Talk | None:
        """The newest messages of a conversation whose inbox translates, or the one asked for."""
        row = await tx.dict(
            "select c.inbox_id, c.language, u.locale from conversation c left join app_user u on u.id = c.holder_id"
            " where c.id = %s",
            (conversation_id,),
        )
        if row is None:
            return None
        inbox = self._house.inboxes.get(row["inbox_id"]).settings
        if not inbox.translation:
            return None
        messages = await tx.all(
            _Message,
            "select id, seq, sender, text, content from message where conversation_id = %s and not is_note"
            " and erased_at is null and sender <> 'system' and text <> '' and (%s::bigint is null or seq = %s)"
            " order by seq desc limit %s",
            (conversation_id, seq, seq, LOOK_BACK),
        )
        last = await tx.value(
            "select text from message where conversation_id = %s and sender = 'customer' and erased_at is null"
            " order by seq desc limit 1",
            (conversation_id,),
        )
        customer = language_of(last or "", row["language"])
        return _Talk(customer, row["locale"] or inbox.staff_language, messages[::-1])

    async def _message(
        self, conversation_id: UUID, talk: _Talk, message: _Message, before: str
    ) -> dict[str, Any] | None:
        way = direction(message.sender, message.text, customer=talk.customer, staff=talk.staff)
        if way is None:
            return None
        try:
            made = await self.text(message.text, way, before)
        except TranslationFailed as error:
            if error.code is FailureCode.NO_ENGINE and not self.is_on:
                return None
            value: dict[str, Any] = {"language": way.target, "source": way.source, "failed": error.code.value}
        else:
            if made is None:
                value = {"language": way.target, "source": way.source, "needless": True}
            else:
                value = {"language": way.target, "source": made.source, "text": made.text, "engine": made.engine}
        async with self._house.db.transaction() as tx:
            stored = await tx.execute(
                "update message set content = content || jsonb_build_object('translation', %s::jsonb)"
                " where id = %s and erased_at is null",
                (Jsonb(value), message.id),
            )
        if stored:
            payload = {"seq": message.seq, "by": message.sender, "translation": value}
            self._house.live.signal(conversation_id, FRAME, payload)
        return value
