"""Takes a flow one message further. Pure but for tool calls and the journal.

A turn walks the steps from the start with what is known by then, looking things up afresh, and stops at the first one
that needs the customer. So a corrected slot changes all that follows from it, and what the customer confirmed is
compared with how things stand now. A write happens only when the message is a yes to the confirmation that was shown,
with the arguments shown, under a key that is the same however often the turn is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from tongxi.bot.flows import asking, confirming, filling, order_choice, order_words, picking, replies, writing
from tongxi.bot.flows.expressions import argument, data, fill, holds
from tongxi.bot.flows.models import (
    MAX_TRIES,
    Ask,
    Branch,
    Confirm,
    End,
    Flow,
    HandOff,
    Read,
    Say,
    Show,
    Step,
    Words,
    Write,
    walk,
)
from tongxi.bot.flows.step import STOP, UNDO, FlowStep, Outcome, Said, Stop
from tongxi.bot.flows.surroundings import Surroundings
from tongxi.bot.memory import Choosing, FlowPosition, Offer
from tongxi.connectors.business import CANONICAL, FIND_OPERATION, UNDO_OPERATION
from tongxi.connectors.orders import GET_ORDER, Orders
from tongxi.connectors.protocol import Answer, Document, Failure, FailureCode
from tongxi.decisions import Reason
from tongxi.kit.i18n import t

MAX_CHOICES = 8
MAX_CHOSEN = 3
"""Questions of which the choices are kept."""


async def advance(flow: Flow, position: FlowPosition, said: Said, around: Surroundings) -> FlowStep:
    """Take the flow as far as it goes with this message. Raises: `journal.Superseded`."""
    turn = Turn(flow, position, said, around)
    try:
        await turn.run()
    except Stop as stop:
        return stop.step
    return turn.finished("done")


class Turn:
    """One message, one walk."""

    def __init__(self, flow: Flow, position: FlowPosition, said: Said, around: Surroundings) -> None:
        self.flow, self.position, self.said, self.around = flow, position, said, around
        self.language = around.language
        self.today = around.now.astimezone(ZoneInfo(around.zone)).date()
        self.started = position.slots
        self.slots = dict(position.slots)
        self.corrected = False
        """A known value was put right: what was said is said again."""
        self.shown = position.step == "shown"
        """The flow is over and only at hand."""
        self.asked = position.step.removeprefix("ask:") if position.step.startswith("ask:") else None
        self.is_first = not position.step
        self.told: list[str] = []
        self.content: dict[str, Any] = {}
        self.live: dict[str, dict[str, str]] = {}
        self.reasons: list[Reason] = []
        self.prefilled: set[str] = set()
        """Slots known without asking."""
        self.cleared: set[str] = set()
        """Slots to be asked for again."""
        self.answers: dict[str, Answer[Any]] = {}
        """What read steps gave, with its time."""
        self.agreed = False
        """The message is a yes to what was shown."""
        self.learnt = False
        """A slot was filled by this message."""
        self.chosen_again = False
        """The message names the place of another choice of the question before."""
        self.values: dict[str, Any] = {
            "contact": {"name": around.contact.name, "phone": around.contact.phone, "email": around.contact.email},
            "fact": dict(around.facts),
            "today": self.today,
            **position.results,
        }
        self.orders: Answer[Orders] | None = None

    # ── the message ─────────────────────────────────────────────────────────────────────────────
    async def run(self) -> None:
        """Read the message, then walk."""
        said, position = self.said, self.position
        if position.undo and (said.quick_reply == UNDO or replies.wants_undo(said.text)):
            await writing.take_back(self, position.undo)
        waits_for_yes = position.pending is not None and position.step.startswith("confirm:")
        is_open = not self.is_first and not self.shown
        if is_open and not (waits_for_yes and confirming.agrees(self)) and (said.quick_reply == STOP or self._stops()):
            raise Stop(self.over("cancelled", t(self.language, "flow.stopped", title=self.title())))
        if self.shown:
            self.slots = {}
        if waits_for_yes:
            confirming.hear(self)
        elif position.step == "edit":
            confirming.choose_what_to_edit(self)
        if not self.agreed:
            filling.fill(self)
        self._check_means()
        if self.agreed and position.pending and await self.around.journal.state(position.pending.key) is not None:
            # The yes is in the log already: a turn taken again. What the customer sees now may be the change itself.
            await writing.carry_out(self, writing.step_of(self, position.pending), position.pending)
        if self.position.results:
            for name, slot in self.flow.slots.items():
                value = self.slots.get(name)
                known = {"number": value} if slot.kind == "order" and value else asking.valued(slot, value or "")
                self.values.setdefault(name, known)
            await self._walk_after(next(reversed(self.position.results)), self.flow.steps, "")
        else:
            await self._walk(self.flow.steps, "")

    def _stops(self) -> bool:
        """The newest message decides: "算了" after a value ends it too."""
        return replies.stops(self.said.texts[-1])

    def clear(self, name: str) -> None:
        """Forget a value that is wrong: it is asked for again."""
        self.slots.pop(name, None)
        self.cleared.add(name)
        self.corrected = True

    def remember(self, name: str) -> None:
        """Keep what there was to choose from, now that it is answered."""
        mine = Choosing(slot=name, offered=self.position.offered[:MAX_CHOICES])
        others = [one for one in self.position.chosen if one.slot != name]
        self.position = self.position.model_copy(update={"chosen": (mine, *others)[:MAX_CHOSEN]})

    def _check_means(self) -> None:
        """Nobody is asked for anything that then could not be looked up or done."""
        tools = {one.tool for _, one in walk(self.flow.steps) if isinstance(one, (Read, Write))}
        if any(self.around.tools.system_of(tool) is None for tool in tools):
            raise Stop(self.offer("no_system", "failed", Reason(code="no_shop_system", met=False)))
        if self.flow.for_ == "verified" and self.around.contact.shop_id is None:
            refused = self.offer("sign_in", "refused", Reason(code="contact_unverified", met=False))
            again = {
                "id": f"flow:{self.flow.name}",
                "label": t(self.language, "bot.can_do.signed_in", title=self.title()),
            }
            raise Stop(replace(refused, content={**refused.content, "quick_replies": [again]}))

    # ── the steps ───────────────────────────────────────────────────────────────────────────────
    async def _walk_after(self, write: str, steps: Sequence[Step], place: str) -> bool:
        """Go on behind a write that is done; what led to it is not asked or looked at again."""
        for index, step in enumerate(steps):
            found = isinstance(step, Write) and step.write == write
            if isinstance(step, Branch):
                for number, case in enumerate(step.branch):
                    found = found or await self._walk_after(write, case.steps, f"{place}{index}.{number}.")
            if found:
                await self._walk(steps, place, start=index + 1)
                return True
        return False

    async def _walk(self, steps: Sequence[Step], place: str, start: int = 0) -> None:
        for index, step in enumerate(steps[start:], start):
            here = f"{place}{index}"
            match step:
                case Say():
                    self._say_once(here, step.say)
                case Show():
                    self._show(step)
                case Ask():
                    await asking.ask(self, step.ask, self.flow.slots[step.ask])
                case Read():
                    await self._read(step)
                case Confirm():
                    await confirming.confirm(self, step, steps[index + 1 :])
                case Write():
                    pass  # carried out by the confirmation in front of it
                case Branch():
                    for number, case in enumerate(step.branch):
                        if holds(case.when, self.values):
                            await self._walk(case.steps, f"{here}.{number}.")
                            break
                case HandOff():
                    words = self.words(step.hand_off)
                    raise Stop(self.over("hand_off", words, subject=step.subject or self.flow.name))
                case End():
                    raise Stop(self.finished(step.end))

    def _say_once(self, here: str, words: Words) -> None:
        if here not in self.position.said or self.corrected:
            self.told.append(self.words(words))
        self.position = self.position.model_copy(update={"said": (*self.position.said, here)})

    def _show(self, step: Show) -> None:
        found = self.answers[step.of]
        words, content = order_words.standing(found, self.language, self.around.now)
        self.told.append(words)
        self.content |= content
        listed = self.orders.value.orders if self.orders else ()
        others = [one for one in order_choice.first_few(listed) if one.number != found.value.number and one.is_open]
        if others:
            self.content["quick_replies"] = [
                picking.order_reply(self, one) for one in others[: order_choice.MAX_CHOICES - 1]
            ]
        self.reasons.append(Reason(code="order_found", value=1.0))
        if found.is_stale and found.error:
            self.reasons.append(Reason(code=f"system_{found.error.value}", met=False))

    async def _read(self, step: Read) -> None:
        arguments = self.arguments(step.arguments)
        result = await self.call(step.tool, arguments)
        if isinstance(result, Failure):
            if result.code is FailureCode.NOT_FOUND:
                words = self.words(step.missing) if step.missing else t(self.language, "flow.not_found")
                reason = Reason(code="system_not_found", met=False)
                raise Stop(self.over("refused", words, reasons=(reason,), offer_person=True))
            raise Stop(self.failed(result))
        self.values[step.read] = {**data(result.value), "checked_at": result.checked_at}
        self.answers[step.read] = result
        if result.is_stale and step.tool != GET_ORDER:  # how an order stands says so itself
            self.told.append(order_words.stale(result, self.language, self.around.now).strip())
            if result.error:
                self.reasons.append(Reason(code=f"system_{result.error.value}", met=False))

    # ── inside ──────────────────────────────────────────────────────────────────────────────────
    async def call(self, tool: str, arguments: Any, key: str | None = None) -> Answer[Any] | Failure:
        shape = CANONICAL.get(tool)
        if isinstance(arguments, Mapping) and shape is not None:
            try:
                arguments = shape.arguments.model_validate(arguments)
            except ValueError:
                return Failure(FailureCode.BAD_ARGUMENTS, self.around.tools.system_of(tool) or "")
        result = await self.around.tools.call(
            tool, arguments, shape.result if shape else Document,
            contact_external_id=self.around.contact.shop_id or "", idempotency_key=key,
        )  # fmt: skip
        if isinstance(result, Answer) and tool not in (FIND_OPERATION, UNDO_OPERATION):
            self.live[result.system] = order_words.live(result)
        return result

    def arguments(self, template: Mapping[str, Any]) -> dict[str, Any]:
        filled = {name: argument(one, self.values, self.language, self.around.zone) for name, one in template.items()}
        return {name: _jsonable(value) for name, value in filled.items() if value is not None}

    def words(self, words: Words) -> str:
        return fill(words.text(self.language), self.values, self.language, self.around.zone)

    def cell(self, cell: str | Words) -> str:
        text = cell if isinstance(cell, str) else cell.text(self.language)
        return fill(text, self.values, self.language, self.around.zone)

    def title(self) -> str:
        return self.flow.title.text(self.language)

    def tries(self, name: str) -> int:
        return self.tries_at(f"ask:{name}")

    def tries_at(self, step: str) -> int:
        if self.position.step != step or self.corrected:
            return 1
        return self.position.tries + (not self.learnt)

    def stuck(self, tries: int) -> FlowStep:
        reason = Reason(code="flow_stuck", value=tries, threshold=MAX_TRIES)
        return FlowStep("", "hand_off", slots=filling.facts(self), reasons=(reason,), subject=self.flow.name)

    def failed(self, failure: Failure) -> FlowStep:
        if not failure.system:
            return self.offer("no_system", "failed", Reason(code="no_shop_system", met=False))
        return self.offer("down", "failed", Reason(code=f"system_{failure.code.value}", met=False))

    def offer(self, key: str, outcome: Outcome, reason: Reason) -> FlowStep:
        """A failure of the system; an open flow stays open, so that the customer may just try again."""
        text = t(self.language, f"flow.order_status.{key}")
        keeps = outcome == "failed" and not self.is_first and not self.shown
        return FlowStep(text, outcome, {"offer_person": True}, self.position if keeps else None, reasons=(reason,))

    def waiting(
        self, step: str, text: str, content: dict[str, Any], tries: int, offers: Sequence[Offer],
        reasons: tuple[Reason, ...], *, problem: str = "",
    ) -> FlowStep:  # fmt: skip
        position = self.position.model_copy(
            update={"step": step, "slots": dict(self.slots), "tries": tries, "offered": tuple(offers), "pending": None,
                    "undo": None}
        )  # fmt: skip
        if self.is_first or self.shown:
            position = position.model_copy(update={"run": self.said.seq})
        whole = "\n".join(part for part in (*self.told, problem, text) if part)
        return FlowStep(
            whole, "asked", {**self.seen(), **content}, position, filling.facts(self), (*self.reasons, *reasons)
        )

    def seen(self) -> dict[str, Any]:
        return {"live": list(self.live.values())} if self.live else {}

    def finished(self, outcome: Outcome) -> FlowStep:
        """The steps are through."""
        return self.over(outcome, "")

    def over(
        self, outcome: Outcome, words: str, *, reasons: tuple[Reason, ...] = (), subject: str = "",
        offer_person: bool = False, keep: bool = False,
    ) -> FlowStep:  # fmt: skip
        """The end of the flow; an answer about an order, and a change that can be taken back, stay open for a word."""
        content = {**self.seen(), **self.content}
        if offer_person:
            content["offer_person"] = True
        text = "\n".join(part for part in (*self.told, words) if part)
        left: FlowPosition | None = None
        after = {"step": "shown", "slots": dict(self.slots), "tries": 0, "pending": None, "said": (), "results": {}}
        has_written = any(reason.code == "written" for reason in self.reasons)
        if keep:
            left = self.position
        elif outcome == "done" and self.position.undo is not None and has_written:
            left = self.position.model_copy(update={**after, "offered": ()})
        elif outcome == "done" and any(slot.rest for slot in self.flow.slots.values()) and not has_written:
            left = self.position.model_copy(update={**after, "undo": None, "offered": ()})
        elif outcome in ("done", "refused") and self.orders is not None and self.slots and not has_written:
            few = order_choice.first_few(self.orders.value.orders)
            offered = tuple(Offer(value=one.number, label=one.number) for one in few)
            left = self.position.model_copy(update={**after, "undo": None, "offered": offered})
        return FlowStep(text, outcome, content, left, filling.facts(self), (*self.reasons, *reasons), subject)


def _jsonable(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value, default=str))
