"""Which procedure the messages ask for, or only ask about. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tongxi.bot.flows import FlowMatch, Flows, match
from tongxi.bot.flows.matching import BY_KEYWORD, NAMES_ORDER, WISH, Guess, without_wording, worded
from tongxi.bot.flows.models import Flow, Write, walk
from tongxi.bot.memory import Memory, Option
from tongxi.bot.messages import CustomerMessage, first, in_joined
from tongxi.connectors.business import CREATE_CALLBACK
from tongxi.decisions import Reason
from tongxi.kit.text import normalise
from tongxi.knowledge.index import Hit
from tongxi.signals.human_request import asks_for_person
from tongxi.signals.order_wish import wants_order_status
from tongxi.signals.reply import says_yes
from tongxi.signals.rule_question import asks_rule, subject_of

ORDER_STATUS = "order_status"
"""The flow that a bare order number starts."""
AS_WORDED = 0.95
"""Confidence of a flow from which the message is one of its own wordings."""
SURE = 3.0
"""Log-odds from which a scored wish for a person counts as said in so many words."""
MAX_ALIKE = 4
BARE_CHARS = 4
"""Chinese characters a bare word that names several things has at most; three times as many in English."""

_NUMBER = re.compile(
    r"\s*(?:(?:帮我|麻烦|请)?再?[查看搜](?:一下|下|看|询)?|(?:[哦啊]|不好意思|抱歉|sorry)?[\s,，]*[打写说输搞]错了"
    r"|check|track|look up)?[\s,，]*(?:我的|我是|my )?"
    r"(?:单号|订单号?|order(?: number| no\.?)?|no\.?|#)?(?:就?是|为| is\b)?[\s:：#]*"
    r"([A-Za-z]{1,4}\d{6,16}|\d{8,10}|\d{12,20})\s*[。.?？]?\s*",
    re.IGNORECASE,
)


def flow_wish(
    messages: Sequence[CustomerMessage], question: str, flows: Flows, guesses: Sequence[Guess], language: str
) -> FlowMatch | None:
    """The procedure that is asked for, or the several it may be."""
    found = match(question, guesses, flows.enabled(), language)
    if found is None and not asks_rule(question) and (flow := worded(question, flows.enabled())):
        reason = Reason(code=WISH, value=BY_KEYWORD, name=flow.name)  # "开发票" alone says what "我要开发票" says
        found = FlowMatch(flow.name, reason, BY_KEYWORD)
    if (found is None or not found.name) and flows.get(ORDER_STATUS):
        order = (
            first(messages, _names_order)
            or first(messages, wants_order_status)
            or in_joined(messages, question, wants_order_status)
        )
        if order:
            return FlowMatch(ORDER_STATUS, order.model_copy(update={"name": ORDER_STATUS}), order.value or 1.0)
    if found is None or not found.name:
        return found
    return replace(found, reason=found.reason.model_copy(update={"seq": messages[-1].seq}))


def asked_about(
    question: str, wish: FlowMatch | None, flows: Flows, guesses: Sequence[Guess], language: str
) -> Flow | None:
    """The procedure that would change what the customer only asks about. Its own wordings ask to have it done."""
    if not asks_rule(question) or (wish is not None and wish.confidence >= 1.0):
        return None
    found = wish if wish and wish.name else match(question, guesses, flows.enabled(), language, asked_about=True)
    # "怎么开发票" is about what "我要开发票" asks for.
    flow = worded(subject_of(question), flows.enabled()) if found is None else _flow(flows, found)
    return flow if flow is not None and flow.writes else None


def signed_in_only(wish: FlowMatch | None, flows: Flows) -> Flow | None:
    """The procedure that is asked for, when it changes something and is for signed-in customers only."""
    flow = _flow(flows, wish)
    return flow if flow is not None and flow.writes and flow.for_ == "verified" else None


def is_call(text: str, wish: FlowMatch | None, flows: Flows) -> bool:
    """Whether it is a call back that is asked for, and no person here and now: "转人工，或者打给我" wants both."""
    flow = _flow(flows, wish)
    if flow is None or not any(isinstance(one, Write) and one.tool == CREATE_CALLBACK for _, one in walk(flow.steps)):
        return False
    rest = asks_for_person(without_wording(flow, text))
    return rest is None or is_guess(rest)


def is_guess(reason: Reason) -> bool:
    """Whether a wish for a person was only guessed from the sound of the message."""
    return reason.threshold != 1.0 and (reason.value or 0.0) < SURE


def is_named(guess: Reason, wish: FlowMatch | None, messages: Sequence[CustomerMessage]) -> bool:
    """The wish for a person was only guessed, and the whole message is the wording of a flow ("我要预约")."""
    if not is_guess(guess) or wish is None or len(messages) > 1:
        return False
    return bool(wish.options) or wish.confidence >= AS_WORDED


def alike(question: str, wish: FlowMatch | None, hits: Sequence[Hit]) -> tuple[Option, ...]:
    """What a bare word ("退款") names: the flows it may start, and the articles whose names contain all of it."""
    flows = wish.options if wish and not wish.name else ()
    word = normalise(question).strip(" ?？。.!！吗呢")
    named: list[Option] = []
    if wish is None or not wish.name:
        limit = BARE_CHARS if not word.isascii() else 3 * BARE_CHARS
        if word and len(word) <= limit and len(word.split()) <= 2:
            named = [Option(id=str(hit.article_id), label=hit.title) for hit in hits if _names(hit.title, word)]
    found = (*flows, *named)
    return found[:MAX_ALIKE] if len(found) > 1 else ()


def picked(message: CustomerMessage, memory: Memory, flows: Flows) -> Option | None:
    """The option of an open clarifying question, or the flow behind a button, that was chosen."""
    said = message.text.strip().casefold()
    started = (message.quick_reply or "").removeprefix("flow:")
    if message.quick_reply == f"flow:{started}" and flows.get(started):
        return Option(id=f"flow:{started}", label=message.text.strip())
    if len(memory.clarification) == 1 and says_yes(message.text):
        return memory.clarification[0]
    for number, option in enumerate(memory.clarification, start=1):
        if message.quick_reply == option.id or said == option.label.casefold() or said == str(number):
            return option
    return None


def _flow(flows: Flows, found: FlowMatch | None) -> Flow | None:
    live = flows.get(found.name) if found and found.name else None
    return live.flow if live else None


def _names(title: str, word: str) -> bool:
    """The name holds the word and says more than it."""
    name = normalise(title)
    return word in name and len(name) > len(word) + 1


def _names_order(text: str) -> Reason | None:
    """A message that is nothing but the number of an order or a parcel asks how that one is doing."""
    bare = _NUMBER.fullmatch(text)
    return Reason(code=NAMES_ORDER, value=1.0, threshold=1.0, span=bare.span(1)) if bare else None
