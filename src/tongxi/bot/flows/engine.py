"""Takes a flow one message further. Pure but for tool calls and the journal.

A turn walks the steps from the start with what is known by then, looking things up afresh, and stops at the first one
that needs the customer. So a corrected slot changes all that follows from it, and what the customer confirmed is
compared with how things stand now. A write happens only when the message is a yes to the confirmation that was shown,
with the arguments shown, under a key that is the same however often the turn is taken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from pydantic import BaseModel

from tongxi.bot.flows import dates, order_choice, order_words, reading
from tongxi.bot.flows.expressions import argument, fill, fill_with, holds, paths, plain, render, resolve
from tongxi.bot.flows.journal import Intent, Journal
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
    Slot,
    Step,
    Words,
    Write,
    walk,
)
from tongxi.bot.flows.step import FlowContact, FlowStep, Outcome, Said
from tongxi.bot.memory import FlowPosition, Offer, PendingWrite, Undo
from tongxi.connectors.business import CANONICAL, FIND_OPERATION, UNDO_OPERATION, Operation, Receipt
from tongxi.connectors.orders import LIST_ORDERS, ListOrders, Order, Orders
from tongxi.connectors.protocol import Answer, Document, Failure, FailureCode
from tongxi.conversations.events import NIL
from tongxi.decisions import Reason
from tongxi.kit.i18n import t

YES, EDIT, STOP, UNDO, SKIP = "step:yes", "step:edit", "step:stop", "step:undo", "step:skip"
"""Ids of the buttons; their words do the same when they are typed."""
MAX_OFFERS = 8
MAX_INPUT_OPTIONS = 24
"""In a native input, which has room for more than buttons."""


class Tools(Protocol):
    """The shop's systems as a flow may reach them (`connectors.protocol.Connectors`)."""

    def system_of(self, tool: str) -> str | None: ...

    async def call(
        self, tool: str, arguments: Any, expect: type[Any], *, contact_external_id: str,
        idempotency_key: str | None = None,
    ) -> Answer[Any] | Failure: ...  # fmt: skip

    def forget(self, contact_external_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """For whom, where and when a flow is run."""

    contact: FlowContact
    tools: Tools
    journal: Journal
    language: str
    """`zh` or `en`."""
    now: datetime
    zone: str = "Asia/Shanghai"
    conversation_id: UUID = NIL
    facts: Mapping[str, str] = field(default_factory=dict)
    """Known facts of the conversation, by code."""


class _Stop(Exception):
    """The walk is over: this is the turn's outcome."""

    def __init__(self, step: FlowStep) -> None:
        super().__init__()
        self.step = step


async def advance(flow: Flow, position: FlowPosition, said: Said, around: Surroundings) -> FlowStep:
    """Take the flow as far as it goes with this message. Raises: `journal.Superseded`."""
    turn = _Turn(flow, position, said, around)
    try:
        await turn.run()
    except _Stop as stop:
        return stop.step
    return turn.finished("done")


class _Turn:
    """One message, one walk."""

    def __init__(self, flow: Flow, position: FlowPosition, said: Said, around: Surroundings) -> None:
        self.flow, self.position, self.said, self.around = flow, position, said, around
        self.language = around.language
        self.today = around.now.astimezone(ZoneInfo(around.zone)).date()
        self.slots = dict(position.slots)
        self.corrected = False
        self.shown = position.step == "shown"
        self.asked = position.step.removeprefix("ask:") if position.step.startswith("ask:") else None
        self.is_first = not position.step
        self.told: list[str] = []
        self.content: dict[str, Any] = {}
        self.live: dict[str, dict[str, str]] = {}
        self.reasons: list[Reason] = []
        self.prefilled: set[str] = set()
        self.cleared: set[str] = set()
        self.answers: dict[str, Answer[Any]] = {}
        self.agreed = False
        self.learnt = False
        """A slot was filled by this message."""
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
        if position.undo and (said.quick_reply == UNDO or reading.wants_undo(said.text)):
            await self._undo(position.undo)
        waits_for_yes = position.pending is not None and position.step.startswith("confirm:")
        is_open = not self.is_first and not self.shown
        if is_open and not (waits_for_yes and self._agrees()) and (said.quick_reply == STOP or self._stops()):
            raise _Stop(self._over("cancelled", t(self.language, "flow.stopped", title=self._title())))
        if self.shown:
            self.slots = {}
        if waits_for_yes:
            self._answer_to_confirmation()
        elif position.step == "edit":
            self._choose_what_to_edit()
        if not self.agreed:
            self._fill()
        self._check_means()
        if self.agreed and position.pending and await self.around.journal.state(position.pending.key) is not None:
            # The yes is in the log already: a turn taken again. What the customer sees now may be the change itself.
            await self._carry_out(self._step_of(position.pending), position.pending)
        if self.position.results:
            for name, slot in self.flow.slots.items():
                value = self.slots.get(name)
                known = {"number": value} if slot.kind == "order" and value else self._valued(slot, value or "")
                self.values.setdefault(name, known)
            await self._walk_after(next(reversed(self.position.results)), self.flow.steps, "")
        else:
            await self._walk(self.flow.steps, "")

    def _stops(self) -> bool:
        """Every message counts, so that "算了" after a value still ends it; a bare "cancel" answers no question."""
        return reading.stops(self.said.texts[-1])

    def _agrees(self) -> bool:
        said, pending = self.said, self.position.pending
        is_button = said.quick_reply == YES and len(said.texts) == 1
        return is_button or reading.agrees(said.texts, pending.button if pending else "")

    def _answer_to_confirmation(self) -> None:
        said = self.said
        if self._agrees():
            self.agreed = True
        elif said.quick_reply == EDIT or reading.declines(said.texts[-1]):
            raise _Stop(self._ask_what_to_edit())

    def _choose_what_to_edit(self) -> None:
        reply = (self.said.quick_reply or "").removeprefix("edit:")
        name = reply or reading.chosen(self.said.text, self.position.offered)
        name = name or reading.by_place(self.said.text, self.position.offered)
        if name in self.flow.slots:
            self._clear(name)

    def _clear(self, name: str) -> None:
        """Forget a value that is wrong: it is asked for again."""
        self.slots.pop(name, None)
        self.cleared.add(name)
        self.corrected = True

    def _fill(self) -> None:
        """Take values out of the message: the answer to the open question, and whatever else stands there."""
        text = self.said.text
        corrects = reading.corrects(text)
        reply = self.said.quick_reply or ""
        for name, slot in self.flow.slots.items():
            if slot.kind == "order":
                continue  # chosen among the customer's own when it is asked for
            if reply.startswith(f"slot:{name}:"):
                self._set(name, reply.removeprefix(f"slot:{name}:"))
                continue
            if slot.kind == "file" and self.said.attachments:
                self._set(name, str(self.said.attachments))
                continue
            if name != self.asked and slot.only_when_asked:
                continue
            found = self._taken(slot, text) if name == self.asked else reading.find(slot, text, self.today)
            if found is None:
                is_named = corrects and not self.is_first and reading.names(text, slot)
                if is_named and name in self.slots:
                    self._clear(name)
                continue
            if name not in self.slots or (not self.is_first and self.slots[name] != found):
                self._set(name, found)

    def _taken(self, slot: Slot, text: str) -> str | None:
        if slot.optional and (self.said.quick_reply == SKIP or reading.skips(text)):
            return ""
        if slot.kind == "time_slot":
            fitting = dates.by_time(text, self.position.offered, self.today)
            if len(fitting) == 1:
                return fitting[0].value
        return reading.take(slot, text, self.today, self.position.offered)

    def _set(self, name: str, value: str) -> None:
        if name in self.slots and self.slots[name] != value:
            self.corrected = True
        self.slots[name] = value
        self.learnt = True

    def _check_means(self) -> None:
        """Nobody is asked for anything that then could not be looked up or done."""
        tools = {one.tool for _, one in walk(self.flow.steps) if isinstance(one, (Read, Write))}
        if any(self.around.tools.system_of(tool) is None for tool in tools):
            raise _Stop(self._offer("no_system", "failed", Reason(code="no_shop_system", met=False)))
        if self.flow.for_ == "verified" and self.around.contact.shop_id is None:
            raise _Stop(self._offer("sign_in", "refused", Reason(code="contact_unverified", met=False)))

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
                    await self._ask(step.ask, self.flow.slots[step.ask])
                case Read():
                    await self._read(step)
                case Confirm():
                    await self._confirm(step, steps[index + 1 :])
                case Write():
                    pass  # carried out by the confirmation in front of it
                case Branch():
                    for number, case in enumerate(step.branch):
                        if holds(case.when, self.values):
                            await self._walk(case.steps, f"{here}.{number}.")
                            break
                case HandOff():
                    words = self._words(step.hand_off)
                    raise _Stop(self._over("hand_off", words, subject=step.subject or self.flow.name))
                case End():
                    raise _Stop(self.finished(step.end))

    def _say_once(self, here: str, words: Words) -> None:
        if here not in self.position.said or self.corrected:
            self.told.append(self._words(words))
        self.position = self.position.model_copy(update={"said": (*self.position.said, here)})

    def _show(self, step: Show) -> None:
        found = self.answers[step.of]
        words, content = order_words.standing(found, self.language, self.around.now)
        self.told.append(words)
        self.content |= content
        listed = self.orders.value.orders if self.orders else ()
        others = [one for one in order_choice.first_few(listed) if one.number != found.value.number and one.is_open]
        if others:
            self.content["quick_replies"] = [self._order_reply(one) for one in others[: order_choice.MAX_CHOICES - 1]]
        self.reasons.append(Reason(code="order_found", value=1.0))
        if found.is_stale and found.error:
            self.reasons.append(Reason(code=f"system_{found.error.value}", met=False))

    async def _read(self, step: Read) -> None:
        arguments = self._arguments(step.arguments)
        result = await self._call(step.tool, arguments)
        if isinstance(result, Failure):
            if result.code is FailureCode.NOT_FOUND:
                words = self._words(step.missing) if step.missing else t(self.language, "flow.not_found")
                reason = Reason(code="system_not_found", met=False)
                raise _Stop(self._over("refused", words, reasons=(reason,), offer_person=True))
            raise _Stop(self._failed(result))
        self.values[step.read] = _data(result.value)
        self.answers[step.read] = result

    # ── slots ───────────────────────────────────────────────────────────────────────────────────
    async def _ask(self, name: str, slot: Slot) -> None:
        if slot.kind == "order":
            self.values[name] = await self._order(name, slot)
            return
        offers = self._offers(slot)
        if slot.prefill and name not in self.cleared and name != self.asked:
            known = str(plain(resolve(self.values, slot.prefill)) or "")
            if known and self.slots.get(name, known) == known and reading.valid(slot, known, self.today):
                self.slots[name] = known
                self.prefilled.add(name)
        value = self.slots.get(name)
        if value == "" and slot.optional:
            self.values[name] = None
            return
        if value is not None:
            if slot.source or (slot.kind == "choice" and not slot.options):
                member = next((one for one in self._members(slot) if str(one.get(slot.value)) == value), None)
                if member is not None:
                    label = next(one.label for one in offers if one.value == value)
                    self.values[name] = {**member, "value": value, "label": label}
                    return
                self.slots.pop(name)  # gone meanwhile
                problem = t(self.language, "flow.gone")
                raise _Stop(self._question(name, slot, offers, problem=problem))
            if reading.valid(slot, value, self.today):
                self.values[name] = self._valued(slot, value)
                return
            self.slots.pop(name)
            problem = self._words(slot.problem) if slot.problem else t(self.language, "flow.unusable")
            raise _Stop(self._question(name, slot, offers, problem=problem))
        if slot.source and not offers:
            words = self._words(slot.none) if slot.none else t(self.language, "flow.nothing_to_choose")
            raise _Stop(self._over("refused", words, offer_person=True, reasons=(Reason(code="nothing_to_choose"),)))
        if slot.source and len(offers) == 1 and slot.kind == "choice":
            self.slots[name] = offers[0].value
            await self._ask(name, slot)
            return
        narrowed = dates.by_time(self.said.text, offers, self.today) if slot.kind == "time_slot" else []
        if len(narrowed) == 1 and name not in self.cleared:
            self.slots[name] = narrowed[0].value
            await self._ask(name, slot)
            return
        raise _Stop(self._question(name, slot, narrowed or offers))

    def _valued(self, slot: Slot, value: str) -> Any:
        option = next((one for one in slot.options if one.value == value), None)
        return {"value": value, "label": {"zh": option.zh, "en": option.en}} if option else value

    def _members(self, slot: Slot) -> list[Mapping[str, Any]]:
        found = resolve(self.values, slot.source) if slot.source else None
        return [one for one in found or () if isinstance(one, Mapping)]

    def _offers(self, slot: Slot) -> list[Offer]:
        """What there is to choose from."""
        if slot.options:
            return [
                Offer(value=one.value, label=one.text(self.language), words="\n".join((one.zh, one.en, *one.words)))
                for one in slot.options
            ]
        offers = []
        for one in self._members(slot)[:24]:
            label = slot.label.text(self.language) if slot.label else "{" + slot.value + "}"
            starts = one.get("starts_at")
            when = starts.astimezone(ZoneInfo(self.around.zone)) if isinstance(starts, datetime) else None
            words = when.strftime("%Y-%m-%dT%H:%M") if when else ""
            shown = fill(label, one, self.language, self.around.zone)
            if when is not None:
                shown = shown.replace("[day]", t(self.language, f"weekday.{when.weekday()}"))
            offers.append(Offer(value=str(one.get(slot.value, "")), label=shown, words=words))
        return offers

    def _question(self, name: str, slot: Slot, offers: Sequence[Offer], *, problem: str = "") -> FlowStep:
        tries = self._tries(name)
        if tries > MAX_TRIES:
            return self._stuck(tries)
        text = self._words(slot.ask)
        if tries > 1 and not problem and not self.corrected and not slot.options and not offers:
            problem = self._words(slot.problem) if slot.problem else ""
        shown = list(offers)[:MAX_OFFERS]
        replies = [{"id": f"slot:{name}:{one.value}", "label": one.label} for one in shown]
        if slot.optional:
            replies.append({"id": SKIP, "label": t(self.language, "flow.skip")})
        entry: dict[str, Any] = {"kind": slot.kind, "slot": name, "label": slot.title.text(self.language)}
        if shown:
            is_time = slot.kind == "time_slot"
            entry["options"] = [
                {"id": f"slot:{name}:{one.value}", "label": one.label, "at": one.words[:16] if is_time else None}
                for one in list(offers)[:MAX_INPUT_OPTIONS]
            ]
        if slot.days_ahead:
            first, last = slot.days_ahead
            entry["min"] = (self.today + timedelta(days=first)).isoformat()
            entry["max"] = (self.today + timedelta(days=last)).isoformat()
        content = {**self.content, "input": entry}
        if replies:
            content["quick_replies"] = replies
        reason = Reason(code="flow_asks", value=float(tries), name=name)
        return self._waiting(f"ask:{name}", text, content, tries, offers, (reason,), problem=problem)

    # ── orders ──────────────────────────────────────────────────────────────────────────────────
    async def _order(self, name: str, slot: Slot) -> dict[str, Any]:
        """The order that is meant, out of the customer's own."""
        listed = await self._call(LIST_ORDERS, ListOrders())
        if isinstance(listed, Failure):
            raise _Stop(self._failed(listed))
        self.orders = listed
        orders: tuple[Order, ...] = listed.value.orders
        if not orders:
            words = t(self.language, "flow.order_status.none")
            raise _Stop(self._over("done", words, reasons=(Reason(code="no_orders", value=0.0),)))
        known = next((one for one in orders if one.number == self.slots.get(name)), None)
        text, reply = self.said.text, self.said.quick_reply or ""
        if reply.startswith("order:"):
            text = reply.removeprefix("order:")
        named, is_missing = order_choice.named(text, orders)
        is_other = known is not None and not self.agreed and not self.corrected and self._means_another(text)
        is_same = known is not None and not is_other and not (len(named) == 1 and named[0] is not known)
        if known is not None and is_same and not (is_missing and self.asked == name):
            return _data(known)
        pool = [one for one in orders if one.status in slot.prefer] if slot.prefer else list(orders)
        if slot.prefer and not pool and slot.none and not named and not is_missing:
            words = self._words(slot.none)
            raise _Stop(self._over("refused", words, offer_person=True, reasons=(Reason(code="nothing_to_choose"),)))
        shown = known.number if is_other and known else self.position.slots.get(name, "") if self.shown else ""
        choice = order_choice.choose(
            orders if named or is_missing or not pool or is_other else pool, text,
            offered=[one.value for one in self.position.offered], shown=shown, is_asked=self.asked == name,
        )  # fmt: skip
        if choice.order is None:
            raise _Stop(self._which(name, slot, choice))
        if known is not None and choice.order is not known:
            self.corrected = True
        self.slots[name] = choice.order.number
        return _data(choice.order)

    def _means_another(self, text: str) -> bool:
        """In a flow about more than the order, "不对" alone may be about anything."""
        is_only_one = len(self.flow.slots) == 1
        return order_choice.asks_for_another(text) and (is_only_one or order_choice.speaks_of_orders(text))

    def _which(self, name: str, slot: Slot, choice: order_choice.Choice) -> FlowStep:
        code = "order_unknown" if choice.is_missing else "several_orders"
        tries = self._tries(name)
        if tries > MAX_TRIES:
            return self._stuck(tries)
        offers = [
            Offer(
                value=one.number, label=order_words.label(one, self.language),
                words="\n".join(item.name.text(self.language) for item in one.items),
            )
            for one in choice.among
        ]  # fmt: skip
        key = "flow.order_status.not_yours"
        text = t(self.language, key) if choice.is_missing else self._words(slot.ask)
        assert self.orders is not None
        text = order_words.stale(self.orders, self.language, self.around.now) + text
        content: dict[str, Any] = {
            "quick_replies": [self._order_reply(one) for one in choice.among],
            "input": {
                "kind": "order",
                "slot": name,
                "label": slot.title.text(self.language),
                "options": [
                    {
                        "id": f"order:{one.number}", "label": one.number,
                        "goods": order_words.goods(one, self.language),
                        "status": order_words.status_text(one, self.language),
                        "total": {"amount": str(one.total.amount), "currency": one.total.currency},
                    }
                    for one in choice.among
                ],
            },
        }  # fmt: skip
        if choice.is_missing:
            content["offer_person"] = True
        reasons = (Reason(code=code, value=float(len(choice.among))),)
        return self._waiting(f"ask:{name}", text, content, tries, offers, reasons)

    def _order_reply(self, one: Order) -> dict[str, str]:
        return {"id": f"order:{one.number}", "label": order_words.label(one, self.language)}

    # ── confirming and writing ──────────────────────────────────────────────────────────────────
    async def _confirm(self, step: Confirm, after: Sequence[Step]) -> None:
        write = next(one for one in after if isinstance(one, Write))
        if write.write in self.position.results:
            return
        arguments = self._arguments(write.arguments)
        rows = [
            {
                "label": row.label.text(self.language),
                "old": self._cell(row.old),
                "new": self._cell(row.new),
            }
            for row in step.rows
        ]
        rows = [row for row in rows if row["old"] or row["new"]]
        shown = {
            path: render(resolve(self.values, path), self.language, self.around.zone)
            for words in (write.done, *write.refused.values())
            for path in paths(words.text(self.language))
            if path.split(".")[0] != write.write
        }
        price = self._words(step.price) if step.price else ""
        title = self._words(step.title)
        digest = _digest([step.confirm, write.tool, arguments, title, rows, price])
        pending = self.position.pending
        if self.agreed and pending and pending.step == step.confirm:
            if pending.digest == digest and not self.corrected:
                await self._carry_out(write, pending)
                return
            self.told.append(t(self.language, "flow.changed_meanwhile"))
        attempt = self.position.attempt + 1
        key = _key(self.around.conversation_id, self.flow.name, self.position.run, attempt, write.write)
        made = PendingWrite(
            step=step.confirm, tool=write.tool, arguments=arguments, key=key, digest=digest, shown=shown,
            button=step.button.text(self.language) if step.button else t(self.language, "flow.confirm.yes"),
        )  # fmt: skip
        raise _Stop(self._ask_yes(step, made, rows, title, price, attempt))

    def _ask_yes(
        self, step: Confirm, pending: PendingWrite, rows: list[dict[str, str]], title: str, price: str, attempt: int
    ) -> FlowStep:
        tries = self._tries_at(f"confirm:{step.confirm}")
        if tries > MAX_TRIES:
            return self._stuck(tries)
        yes, edit = pending.button, t(self.language, "flow.confirm.edit")
        replies = [{"id": YES, "label": yes}, {"id": EDIT, "label": edit}]
        lines = [t(self.language, "flow.confirm.row", label=row["label"], value=_change(row)) for row in rows]
        text = "\n".join([title, *(f"- {line}" for line in lines), *filter(None, [price])])
        text += "\n\n" + t(self.language, "flow.confirm.ask", yes=yes)
        card = {"type": "confirm", "title": title, "rows": rows, "price": price, "yes": replies[0], "edit": replies[1]}
        content: dict[str, Any] = {**self.content, "card": card, "quick_replies": replies}
        reasons = (Reason(code="flow_confirms", name=pending.tool),)
        made = self._waiting(f"confirm:{step.confirm}", text, content, tries, (), reasons)
        assert made.flow is not None
        return replace(made, flow=made.flow.model_copy(update={"pending": pending, "attempt": attempt}))

    def _ask_what_to_edit(self) -> FlowStep:
        asked = [one.ask for _, one in walk(self.flow.steps) if isinstance(one, Ask) and one.ask in self.slots]
        names = list(dict.fromkeys(asked))
        offers = [
            Offer(
                value=name, label=self.flow.slots[name].title.text(self.language),
                words=f"{self.flow.slots[name].title.zh}\n{self.flow.slots[name].title.en}",
            )
            for name in names
        ]  # fmt: skip
        replies = [{"id": f"edit:{one.value}", "label": one.label} for one in offers]
        replies.append({"id": STOP, "label": t(self.language, "flow.stop")})
        text = t(self.language, "flow.edit")
        tries = self._tries_at("edit")
        if tries > MAX_TRIES:
            return self._stuck(tries)
        reason = Reason(code="flow_edits")
        return self._waiting("edit", text, {"quick_replies": replies}, tries, offers, (reason,))

    def _step_of(self, pending: PendingWrite) -> Write:
        """The write behind a confirmation."""
        steps = [one for _, one in walk(self.flow.steps)]
        start = next(i for i, one in enumerate(steps) if isinstance(one, Confirm) and one.confirm == pending.step)
        return next(one for one in steps[start:] if isinstance(one, Write))

    async def _carry_out(self, step: Write, pending: PendingWrite) -> None:
        """Do what was confirmed, once; then say what became of it."""
        flow = self.flow
        intent = Intent(pending.key, flow.name, self.position.version, step.write, pending.tool, self.said.seq)
        journal = self.around.journal
        await journal.begin(intent)
        result = await self._call(pending.tool, pending.arguments, key=pending.key)
        if isinstance(result, Failure) and result.is_outcome_unknown:
            result = await self._look_up(pending) or result
        if isinstance(result, Failure):
            if result.is_outcome_unknown:
                await journal.finish(intent, "unknown", reason=result.code.value)
                words = t(self.language, "flow.unknown", title=self._title(), system=result.system)
                reason = Reason(code="outcome_unknown", met=False, name=pending.tool)
                raise _Stop(self._over("unknown", words, reasons=(reason,), subject=flow.name, keep=True))
            await journal.finish(intent, "failed", reason=result.code.value)
            words = t(self.language, "flow.not_done", title=self._title())
            reason = Reason(code=f"system_{result.code.value}", met=False, name=pending.tool)
            if result.code is FailureCode.UNAVAILABLE:
                self.content["quick_replies"] = [{"id": YES, "label": t(self.language, "flow.retry")}]
            is_passing = result.code is FailureCode.UNAVAILABLE
            raise _Stop(self._over("failed", words, reasons=(reason,), offer_person=True, keep=is_passing))
        receipt = result.value if isinstance(result.value, Receipt) else Receipt(outcome="done")
        await journal.finish(intent, receipt.outcome, reason=receipt.reason)
        if self.around.contact.shop_id:
            self.around.tools.forget(self.around.contact.shop_id)
        self.values[step.write] = _data(result.value)
        values = {step.write: self.values[step.write]}
        zone = self.around.zone
        if receipt.outcome == "refused":
            refusal = step.refused.get(receipt.reason, step.refused["other"])
            reason = Reason(code="write_refused", met=False, name=receipt.reason or "other")
            text = fill_with(refusal.text(self.language), values, pending.shown, self.language, zone)
            raise _Stop(self._over("refused", text, reasons=(reason,), offer_person=True))
        self.told.append(fill_with(step.done.text(self.language), values, pending.shown, self.language, zone))
        self.reasons.append(Reason(code="written", value=1.0, name=pending.tool))
        self._receipt_card(receipt, pending)
        # Text of the earlier answers stays out: what follows a write knows its slots and receipts.
        stored = {**self.position.results, step.write: receipt.model_dump(mode="json")}
        self.position = self.position.model_copy(update={"results": stored, "pending": None})
        self.agreed = False

    def _receipt_card(self, receipt: Receipt, pending: PendingWrite) -> None:
        card: dict[str, Any] = {"type": "result", "title": self._title(), "reference": receipt.reference}
        until = receipt.undo_until
        if until is not None and until > self.around.now and self.around.tools.system_of(UNDO_OPERATION):
            card["undo"] = {
                "id": UNDO,
                "label": t(self.language, "flow.undo"),
                "until": until.astimezone(UTC).isoformat(),
            }
            minutes = max(round((until - self.around.now).total_seconds() / 60), 1)
            self.told.append(t(self.language, "flow.undo.until", minutes=minutes))
            self.position = self.position.model_copy(
                update={"undo": Undo(key=pending.key, until=until, title=self._title())}
            )
        self.content["card"] = card

    async def _look_up(self, pending: PendingWrite) -> Answer[Any] | None:
        """Ask the system whether a write with an unknown outcome was made; once more if it never arrived."""
        if self.around.tools.system_of(FIND_OPERATION) is None:
            return None
        found = await self._call(FIND_OPERATION, {"key": pending.key})
        if not isinstance(found, Answer) or found.is_stale or not isinstance(found.value, Operation):
            return None
        if found.value.receipt is not None and found.value.state != "unknown":
            return replace(found, value=found.value.receipt)
        again = await self._call(pending.tool, pending.arguments, key=pending.key)  # same key: never twice
        return again if isinstance(again, Answer) else None

    async def _undo(self, undo: Undo) -> None:
        if self.around.now >= undo.until:
            words = t(self.language, "flow.undo.late")
            raise _Stop(self._over("refused", words, offer_person=True, reasons=(Reason(code="undo_late", met=False),)))
        intent = Intent(
            f"{undo.key}-undo", self.flow.name, self.position.version, "undo", UNDO_OPERATION, self.said.seq
        )
        await self.around.journal.begin(intent)
        result = await self._call(UNDO_OPERATION, {"key": undo.key}, key=intent.key)
        if isinstance(result, Failure) and result.is_outcome_unknown:
            pending = PendingWrite(
                step="undo", tool=UNDO_OPERATION, arguments={"key": undo.key}, key=intent.key, digest=""
            )
            result = await self._look_up(pending) or result
        if self.around.contact.shop_id:
            self.around.tools.forget(self.around.contact.shop_id)
        if isinstance(result, Answer) and isinstance(result.value, Receipt) and result.value.outcome == "done":
            await self.around.journal.finish(intent, "done")
            words = t(self.language, "flow.undo.done", title=undo.title or self._title())
            raise _Stop(self._over("done", words, reasons=(Reason(code="undone", value=1.0),)))
        if isinstance(result, Failure) and result.is_outcome_unknown:
            await self.around.journal.finish(intent, "unknown", reason=result.code.value)
            words = t(self.language, "flow.unknown", title=t(self.language, "flow.undo"), system=result.system)
            raise _Stop(self._over("unknown", words, reasons=(Reason(code="outcome_unknown", met=False),), keep=True))
        await self.around.journal.finish(intent, "refused" if isinstance(result, Answer) else "failed")
        words = t(self.language, "flow.undo.refused")
        raise _Stop(self._over("refused", words, offer_person=True, reasons=(Reason(code="undo_refused", met=False),)))

    # ── inside ──────────────────────────────────────────────────────────────────────────────────
    async def _call(self, tool: str, arguments: Any, key: str | None = None) -> Answer[Any] | Failure:
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

    def _arguments(self, template: Mapping[str, Any]) -> dict[str, Any]:
        filled = {name: argument(one, self.values, self.language, self.around.zone) for name, one in template.items()}
        return {name: _jsonable(value) for name, value in filled.items() if value is not None}

    def _words(self, words: Words) -> str:
        return fill(words.text(self.language), self.values, self.language, self.around.zone)

    def _cell(self, cell: str | Words) -> str:
        text = cell if isinstance(cell, str) else cell.text(self.language)
        return fill(text, self.values, self.language, self.around.zone)

    def _title(self) -> str:
        return self.flow.title.text(self.language)

    def _tries(self, name: str) -> int:
        return self._tries_at(f"ask:{name}")

    def _tries_at(self, step: str) -> int:
        if self.position.step != step or self.corrected:
            return 1
        return self.position.tries + (not self.learnt)

    def _stuck(self, tries: int) -> FlowStep:
        reason = Reason(code="flow_stuck", value=tries, threshold=MAX_TRIES)
        return FlowStep("", "hand_off", slots=self._facts(), reasons=(reason,), subject=self.flow.name)

    def _failed(self, failure: Failure) -> FlowStep:
        if not failure.system:
            return self._offer("no_system", "failed", Reason(code="no_shop_system", met=False))
        return self._offer("down", "failed", Reason(code=f"system_{failure.code.value}", met=False))

    def _offer(self, key: str, outcome: Outcome, reason: Reason) -> FlowStep:
        """A failure of the system; an open flow stays open, so that the customer may just try again."""
        text = t(self.language, f"flow.order_status.{key}")
        keeps = outcome == "failed" and not self.is_first and not self.shown
        return FlowStep(text, outcome, {"offer_person": True}, self.position if keeps else None, reasons=(reason,))

    def _waiting(
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
        return FlowStep(whole, "asked", {**self._seen(), **content}, position, self._facts(), (*self.reasons, *reasons))

    def _seen(self) -> dict[str, Any]:
        return {"live": list(self.live.values())} if self.live else {}

    def _facts(self) -> dict[str, Any]:
        """Slots as facts of the conversation, typed."""
        facts: dict[str, Any] = {}
        for name, slot in self.flow.slots.items():
            value = self.slots.get(name)
            if not value or slot.kind == "file":
                continue
            shown = self.values.get(name)
            if isinstance(shown, Mapping) and "label" in shown:
                value = render(shown, self.language, self.around.zone)
            is_verified = slot.kind == "order" or name in self.prefilled
            facts[slot.fact or name] = {"value": value, "kind": slot.kind, "verified": is_verified}
            if slot.kind == "order" and isinstance(shown, Mapping) and "status" in shown:
                facts["order_status"] = {"value": str(shown["status"]), "kind": "choice", "verified": True}
        return facts

    def finished(self, outcome: Outcome) -> FlowStep:
        """The steps are through."""
        return self._over(outcome, "")

    def _over(
        self, outcome: Outcome, words: str, *, reasons: tuple[Reason, ...] = (), subject: str = "",
        offer_person: bool = False, keep: bool = False,
    ) -> FlowStep:  # fmt: skip
        """The end of the flow; an answer about an order, and a change that can be taken back, stay open for a word."""
        content = {**self._seen(), **self.content}
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
        elif outcome == "done" and self.orders is not None and self.slots and not has_written:
            offered = tuple(
                Offer(value=one.number, label=one.number) for one in order_choice.first_few(self.orders.value.orders)
            )
            left = self.position.model_copy(update={**after, "undo": None, "offered": offered})
        return FlowStep(text, outcome, content, left, self._facts(), (*self.reasons, *reasons), subject)


def _change(row: Mapping[str, str]) -> str:
    return f"{row['old']} → {row['new']}" if row["old"] and row["new"] else row["new"] or row["old"]


def _data(value: BaseModel) -> dict[str, Any]:
    return value.data if isinstance(value, Document) else value.model_dump()


def _jsonable(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value, default=str))


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()[:24]


def _key(conversation_id: UUID, flow: str, run: int, attempt: int, step: str) -> str:
    """The same for every repetition of one confirmed write, another for every other."""
    named = f"{conversation_id}:{flow}:{run}:{attempt}:{step}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]
