"""Tries a flow without anything happening: reads from sample data or the real systems, writes only pretended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from tongxi.bot.flows.engine import advance
from tongxi.bot.flows.journal import MemoryJournal
from tongxi.bot.flows.models import Flow
from tongxi.bot.flows.step import FlowContact, FlowStep, Said
from tongxi.bot.flows.surroundings import Surroundings, Tools
from tongxi.bot.memory import FlowPosition
from tongxi.connectors.business import (
    APPOINTMENT_SLOTS,
    CANONICAL,
    FIND_PRODUCTS,
    GET_ACCOUNT,
    LIST_APPOINTMENTS,
    LIST_COUPONS,
    REFUND_STATUS,
    Account,
    Appointment,
    Appointments,
    Coupon,
    Coupons,
    Product,
    Products,
    Receipt,
    Refund,
    Refunds,
    TimeSlot,
    TimeSlots,
)
from tongxi.connectors.orders import GET_ORDER, LIST_ORDERS, Item, Money, Name, Order, Orders, OrderStatus
from tongxi.connectors.protocol import Answer, Document, Failure, FailureCode

MAX_MESSAGES = 40
SAMPLE = "sample"
UNDO = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the person who tries it."""

    text: str
    tap: str | None = None
    """Id of the button."""


@dataclass(slots=True)
class Turn:
    """A message and what came of it."""

    said: str
    step: FlowStep
    trace: list[dict[str, Any]]
    """Tool calls in order: tool, effect, arguments, what came back, milliseconds; `pretended` for writes."""


@dataclass(slots=True)
class Recorder:
    """Passes reads on, pretends writes, and notes both."""

    now: datetime
    behind: Tools | None
    """The real systems; None: sample data."""
    trace: list[dict[str, Any]] = field(default_factory=list)

    def system_of(self, tool: str) -> str | None:
        if self.behind is not None and (found := self.behind.system_of(tool)):
            return found
        return SAMPLE if tool in CANONICAL and self.behind is None else None

    def forget(self, contact_external_id: str) -> None:
        """Nothing was changed."""

    async def call(
        self, tool: str, arguments: Any, expect: type[Any], *, contact_external_id: str,
        idempotency_key: str | None = None,
    ) -> Answer[Any] | Failure:  # fmt: skip
        started = asyncio.get_running_loop().time()
        given = arguments.model_dump(mode="json") if isinstance(arguments, BaseModel) else dict(arguments)
        result: Answer[Any] | Failure
        if idempotency_key is not None:
            receipt = Receipt(outcome="done", reference="TEST-0001", at=self.now, undo_until=self.now + UNDO)
            value: Any = receipt if tool in CANONICAL else Document(data={"outcome": "done"})
            result = Answer(value, self.system_of(tool) or SAMPLE, self.now)
        elif self.behind is not None:
            result = await self.behind.call(tool, arguments, expect, contact_external_id=contact_external_id)
        else:
            result = self._sample(tool, given)
        came = result.value.model_dump(mode="json") if isinstance(result, Answer) else {"failed": result.code.value}
        spent = asyncio.get_running_loop().time() - started
        self.trace.append(
            {
                "tool": tool, "effect": "write" if idempotency_key else "read", "arguments": given, "result": came,
                "pretended": idempotency_key is not None, "ms": round(spent * 1000, 1),
            }
        )  # fmt: skip
        return result

    def _sample(self, tool: str, arguments: dict[str, Any]) -> Answer[Any] | Failure:
        found = samples(self.now).get(tool)
        if tool == GET_ORDER:
            orders = samples(self.now)[LIST_ORDERS]
            assert isinstance(orders, Orders)
            found = next((one for one in orders.orders if one.number == arguments.get("number")), None)
            if found is None:
                return Failure(FailureCode.NOT_FOUND, SAMPLE)
        return Answer(found, SAMPLE, self.now) if found is not None else Failure(FailureCode.UNAVAILABLE, SAMPLE)


async def dry_run(
    flow: Flow, messages: Sequence[Message], *, language: str, now: datetime, zone: str, tools: Tools | None = None,
    customer: str = "sample",
) -> list[Turn]:  # fmt: skip
    """Play the messages from the start. `tools`: real systems to read from, for `customer`; else sample data."""
    recorder = Recorder(now, tools)
    around = Surroundings(
        contact=FlowContact(customer, True), tools=recorder, journal=MemoryJournal(), language=language, now=now,
        zone=zone,
    )  # fmt: skip
    position = FlowPosition(name=flow.name)
    turns = []
    for number, message in enumerate(messages[:MAX_MESSAGES], start=1):
        recorder.trace = []
        step = await advance(flow, position, Said((message.text,), number, message.tap), around)
        turns.append(Turn(message.text, step, recorder.trace))
        position = step.flow or FlowPosition(name=flow.name)
    return turns


def samples(now: datetime) -> dict[str, BaseModel]:
    """Made-up answers of the read tools, around now."""
    price = Money(amount=Decimal("199.00"), currency="CNY")
    day = timedelta(days=1)

    def order(number: str, status: OrderStatus, zh: str, en: str, days: int) -> Order:
        item = Item(name=Name(zh=zh, en=en), quantity=1, price=price)
        return Order(
            number=number, status=status, raw_status=status.value, placed_at=now - days * day, updated_at=now - day,
            total=price, items=(item,), address="杭州市西湖区文三路",
        )  # fmt: skip

    service = Name(zh="上门安装", en="Installation")
    slots = tuple(
        TimeSlot(id=f"T{n}", service=service, starts_at=now + n * day, ends_at=now + n * day + timedelta(hours=2))
        for n in range(1, 7)
    )
    return {
        LIST_ORDERS: Orders(
            orders=(
                order("TEST1001", OrderStatus.PREPARING, "恒温水壶", "Kettle", 1),
                order("TEST1002", OrderStatus.SHIPPED, "护眼台灯", "Desk lamp", 3),
                order("TEST1003", OrderStatus.DELIVERED, "陶瓷餐具", "Tableware", 5),
            )
        ),
        REFUND_STATUS: Refunds(
            refunds=(
                Refund(
                    reference="TRF1", number="TEST1003", amount=price, status="waiting_for_return",
                    requested_at=now - day, expected_at=now + 3 * day,
                ),
            )
        ),
        APPOINTMENT_SLOTS: TimeSlots(slots=slots),
        LIST_APPOINTMENTS: Appointments(
            appointments=(Appointment(reference="TAP1", kind="install", service=service, starts_at=now + 2 * day),)
        ),
        GET_ACCOUNT: Account(
            name=Name(zh="示例客户", en="Sample customer"), points=120, address="杭州市西湖区文三路",
            phone="138****0000", email="sa***@example.com",
            payment=Name(zh="尾号 1234 的银行卡", en="bank card ending 1234"),
        ),
        FIND_PRODUCTS: Products(
            products=(Product(id="TP1", name=Name(zh="恒温水壶", en="Kettle"), price=price, stock=12),)
        ),
        LIST_COUPONS: Coupons(
            coupons=(Coupon(code="TC1", title=Name(zh="满 200 减 20", en="20 off 200"), expires_at=now + 9 * day),)
        ),
    }  # fmt: skip
