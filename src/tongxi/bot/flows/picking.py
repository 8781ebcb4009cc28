"""Which of the customer's own orders a flow is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tongxi.bot.flows import order_choice, order_names, order_words, replies
from tongxi.bot.flows.expressions import data
from tongxi.bot.flows.models import MAX_TRIES, Slot
from tongxi.bot.flows.step import FlowStep, Stop
from tongxi.bot.memory import Offer
from tongxi.connectors.orders import LIST_ORDERS, ListOrders, Order
from tongxi.connectors.protocol import Failure
from tongxi.decisions import Reason
from tongxi.kit.i18n import t

if TYPE_CHECKING:
    from tongxi.bot.flows.engine import Turn

MAX_KEPT = 12
"""Orders whose names are kept with the position."""


async def pick_order(turn: Turn, name: str, slot: Slot) -> dict[str, Any]:
    """The order that is meant, out of the customer's own."""
    listed = await turn.call(LIST_ORDERS, ListOrders())
    if isinstance(listed, Failure):
        raise Stop(turn.failed(listed))
    turn.orders = listed
    orders: tuple[Order, ...] = listed.value.orders
    if not orders:
        words = t(turn.language, "flow.order_status.none")
        raise Stop(turn.over("done", words, reasons=(Reason(code="no_orders", value=0.0),)))
    turn.position = turn.position.model_copy(update={"orders": _kept(turn, orders)})
    known = next((one for one in orders if one.number == turn.slots.get(name)), None)
    text = _about_orders(turn)
    if known is not None and not _puts_right(turn, name, known, orders, text):
        return _known(turn, known)
    named, is_missing = order_names.named(text, orders)
    pool = [one for one in orders if one.status in slot.prefer] if slot.prefer else []
    shown = known.number if known else turn.position.slots.get(name, "") if turn.shown else ""
    offered = [one.value for one in turn.position.offered]
    choice = order_choice.choose(
        orders, text, today=turn.today, zone=turn.around.zone, offered=offered, shown=shown, fitting=pool,
        is_asked=turn.asked == name, may_guess=not turn.flow.writes,
    )  # fmt: skip
    if (
        slot.prefer
        and slot.none
        and not pool
        and not named
        and not is_missing
        and (not choice.order or choice.is_guess)
    ):
        raise Stop(turn.over("refused", turn.words(slot.none), offer_person=True, reasons=(_NOTHING,)))
    if choice.order is None:
        turn.slots.pop(name, None)  # the one that was wrong does not come back
        raise Stop(_which(turn, name, slot, choice))
    if known is not None and choice.order is not known:
        turn.corrected = True
    if choice.is_guess and len(orders) > 1 and turn.flow.writes:
        goods = order_words.goods(choice.order, turn.language)
        turn.told.append(t(turn.language, "flow.order.taken", order=choice.order.number, goods=goods))
    if turn.asked == name and turn.position.offered:
        turn.remember(name)
    turn.slots[name] = choice.order.number
    turn.learnt = True
    return _known(turn, choice.order)


_NOTHING = Reason(code="nothing_to_choose")


def _known(turn: Turn, order: Order) -> dict[str, Any]:
    return {**data(order), "goods": order_words.goods(order, turn.language)}


def _kept(turn: Turn, orders: tuple[Order, ...]) -> tuple[Offer, ...]:
    zone = ZoneInfo(turn.around.zone)
    return tuple(
        Offer(
            value=one.number, label=one.number,
            words="\n".join(name for item in one.items for name in (item.name.zh, item.name.en) if name),
            day=one.placed_at.astimezone(zone).date().isoformat(),
        )
        for one in orders[:MAX_KEPT]
    )  # fmt: skip


def _about_orders(turn: Turn) -> str:
    """The message without what it says of other slots: a postcode is no order number."""
    reply = turn.said.quick_reply or ""
    if reply.startswith("order:"):
        return reply.removeprefix("order:")
    text = turn.said.text
    for name, value in turn.slots.items():
        kind = turn.flow.slots[name].kind
        if kind in ("address", "email", "text", "order_number") and value and turn.started.get(name) != value:
            text = text.replace(value, " ")
    return text


def puts_right(turn: Turn, text: str) -> bool:
    """Whether the message says which order is meant, and nothing else."""
    pointed = order_choice.points_at(text, turn.position.orders, turn.today)
    asked = turn.flow.slots.get(turn.asked or "")
    if asked is not None and asked.kind in ("order_number", "phone", "amount", "email", "date"):
        return pointed is not None
    if pointed and asked is not None and asked.kind == "text":
        return replies.corrects(text) or order_choice.speaks_of_orders(text)
    return pointed is not None or order_choice.puts_right(text)


def _puts_right(turn: Turn, name: str, known: Order, orders: tuple[Order, ...], text: str) -> bool:
    """Whether another order is meant than the one that is known."""
    if turn.agreed or (turn.chosen_again and turn.asked != name):
        return False
    if turn.asked == name:
        return True
    named, is_missing = order_names.named(text, orders)
    if len(named) == 1:
        return named[0] is not known
    asked = turn.flow.slots.get(turn.asked or "")
    if asked is not None and asked.kind == "text" and not puts_right(turn, text):
        return False
    if (pointed := order_choice.points_at(text, turn.position.orders, turn.today)) is not None:
        return pointed != known.number
    if is_missing and order_choice.puts_right(text):
        return True
    # In a flow about more than the order, "不对" alone may be about anything.
    is_only_one = len(turn.flow.slots) == 1
    is_another = order_choice.asks_for_another(text) and (is_only_one or order_choice.speaks_of_orders(text))
    return is_another and not turn.corrected


def _which(turn: Turn, name: str, slot: Slot, choice: order_choice.Choice) -> FlowStep:
    code = "order_unknown" if choice.is_missing else "several_orders"
    tries = turn.tries(name)
    if tries > MAX_TRIES:
        return turn.stuck(tries)
    offers = [
        Offer(
            value=one.number, label=order_words.label(one, turn.language),
            words="\n".join(item.name.text(turn.language) for item in one.items),
        )
        for one in choice.among
    ]  # fmt: skip
    text = turn.words(slot.ask)
    if choice.is_missing:
        text = t(turn.language, "flow.order_status.not_yours")
    elif choice.is_not_then:
        text = t(turn.language, "flow.order.not_then") + "\n" + text
    elif tries > 1:
        text = t(turn.language, "flow.not_clear") + text
    assert turn.orders is not None
    text = order_words.stale(turn.orders, turn.language, turn.around.now) + text
    content: dict[str, Any] = {
        "quick_replies": [order_reply(turn, one) for one in choice.among],
        "input": {
            "kind": "order",
            "slot": name,
            "label": slot.title.text(turn.language),
            "options": [
                {
                    "id": f"order:{one.number}", "label": one.number,
                    "goods": order_words.goods(one, turn.language),
                    "status": order_words.status_text(one, turn.language),
                    "total": {"amount": str(one.total.amount), "currency": one.total.currency},
                }
                for one in choice.among
            ],
        },
    }  # fmt: skip
    if choice.is_missing:
        content["offer_person"] = True
    reasons = (Reason(code=code, value=float(len(choice.among))),)
    return turn.waiting(f"ask:{name}", text, content, tries, offers, reasons)


def order_reply(turn: Turn, one: Order) -> dict[str, str]:
    """The button of an order."""
    return {"id": f"order:{one.number}", "label": order_words.label(one, turn.language)}
