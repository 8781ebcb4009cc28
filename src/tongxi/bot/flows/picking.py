"""Which of the customer's own orders a flow is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongxi.bot.flows import order_choice, order_words
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
    known = next((one for one in orders if one.number == turn.slots.get(name)), None)
    text, reply = turn.said.text, turn.said.quick_reply or ""
    if reply.startswith("order:"):
        text = reply.removeprefix("order:")
    named, is_missing = order_choice.named(text, orders)
    is_other = known is not None and not turn.agreed and not turn.corrected and _means_another(turn, text)
    is_same = known is not None and not is_other and not (len(named) == 1 and named[0] is not known)
    if known is not None and is_same and not (is_missing and turn.asked == name):
        return data(known)
    pool = [one for one in orders if one.status in slot.prefer] if slot.prefer else list(orders)
    if slot.prefer and not pool and slot.none and not named and not is_missing:
        words = turn.words(slot.none)
        raise Stop(turn.over("refused", words, offer_person=True, reasons=(Reason(code="nothing_to_choose"),)))
    shown = known.number if is_other and known else turn.position.slots.get(name, "") if turn.shown else ""
    choice = order_choice.choose(
        orders if named or is_missing or not pool or is_other else pool, text,
        offered=[one.value for one in turn.position.offered], shown=shown, is_asked=turn.asked == name,
    )  # fmt: skip
    if choice.order is None:
        raise Stop(_which(turn, name, slot, choice))
    if known is not None and choice.order is not known:
        turn.corrected = True
    turn.slots[name] = choice.order.number
    return data(choice.order)


def _means_another(turn: Turn, text: str) -> bool:
    """In a flow about more than the order, "不对" alone may be about anything, and in free words "换一个新的" too."""
    asked = turn.flow.slots.get(turn.asked or "")
    if asked is not None and asked.kind == "text" and not order_choice.puts_right(text):
        return False
    is_only_one = len(turn.flow.slots) == 1
    return order_choice.asks_for_another(text) and (is_only_one or order_choice.speaks_of_orders(text))


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
    key = "flow.order_status.not_yours"
    text = t(turn.language, key) if choice.is_missing else turn.words(slot.ask)
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
