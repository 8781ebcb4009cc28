"""Which flow a message asks for, and whether it belongs to the one that is open. Pure.

Evidence, strongest first: a wording of the flow's own examples; a keyword; the likeliest intents. A message that is
nothing but a word several flows share ("退款") is answered by a question with these flows as choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from tongxi.bot.flows import addresses, amending, dates, order_choice, reading, replies
from tongxi.bot.flows.models import Flow, Slot
from tongxi.bot.flows.step import Said
from tongxi.bot.flows.topic import topic
from tongxi.bot.flows.wordings import LIKENESS, Index, Wordings, alone, bare, index_of, pairs, said_next, wordings_of
from tongxi.bot.memory import FlowPosition, Option
from tongxi.decisions import Reason
from tongxi.kit.i18n import base
from tongxi.kit.text import READINGS, normalise

WISH, OPEN, AMBIGUOUS = "wants_flow", "flow_open", "flow_ambiguous"
NAMES_ORDER = "names_order"
"""A message that is nothing but the number of an order."""
MAX_CHARS = 500
BY_KEYWORD = 0.9
INTENT_AT = 0.5
"""Probability from which an intent starts a flow."""
CLOSE = 0.05
SHORT = 20
_ORDER_NUMBER = re.compile(r"(?<![a-z0-9])[a-z]{1,4}\d{6,16}(?![a-z0-9])")
_ANY_DAY = date(2026, 1, 5)
"""Whether a message names a day does not depend on today."""
BUTTONS = ("step:", "slot:", "edit:", "order:")
"""How the ids of a flow's buttons begin."""
MAX_OPTIONS = 4

_HOW = re.compile(
    r"怎么(?!还|没|不|这|回事|办不)|如何|怎样|咋(?!还|没|不)|规则|政策|条件|流程|要求|多久|多长时间|多少钱|收费|几天(?:到|能)|什么时候能到账|需要什么|有(?:什么|啥)用|什么意思|哪些材料|是不是都|一般|通常|如果|要是|假如|万一"
    r"|\b(?:how (?:do|does|can|to|long|much|many|will)|policy|policies|rules?|what (?:is|are|happens|if)|usually|in general|if i|do you (?:offer|have|accept|do))\b"
)
"""A question about the rules is for the knowledge, not a wish to have something done."""


class Guess(Protocol):
    """One intent a message may have (`tongxi.intents`)."""

    @property
    def intent(self) -> str: ...
    @property
    def probability(self) -> float: ...


@dataclass(frozen=True, slots=True)
class FlowMatch:
    """A flow that is asked for; or, with `options`, a question which one."""

    name: str
    """Empty when it is not clear which."""
    reason: Reason
    confidence: float
    """0…1."""
    options: tuple[Option, ...] = ()


def match(
    text: str, guesses: Sequence[Guess], flows: Iterable[Flow], language: str, *, asked_about: bool = False
) -> FlowMatch | None:
    """The flow a message asks for. `guesses`: best first, may be empty.

    `asked_about`: also the flow that a question about the rules is about ("怎么取消订单").
    """
    likely = tuple((guess.intent, guess.probability) for guess in guesses if guess.probability >= INTENT_AT)
    index, folded = index_of(tuple(flows)), normalise(text[:MAX_CHARS])
    found = _match(folded, likely, index, language, asked_about)
    if (
        found is None
        and (named := _ORDER_NUMBER.sub("订单" if base(language) == "zh" else " order ", folded)) != folded
    ):
        found = _match(named, likely, index, language, asked_about)  # "取消 NC20418833"
    return found


_Likely = tuple[tuple[str, float], ...]


@lru_cache(maxsize=READINGS)
def _match(folded: str, likely: _Likely, index: Index, language: str, asked_about: bool) -> FlowMatch | None:
    stripped = bare(folded)
    if not stripped:
        return None
    polite = alone(folded)
    if named := _named_by(polite, index, language):
        return named
    asked = _Asked.of(folded, polite, stripped, asked_about=asked_about)
    possible = index.worded(polite, asked.pairs if asked.is_long else None)
    possible |= index.with_keyword(folded)
    if not asked.is_question:
        possible |= index.wanted(intent for intent, _ in likely)
    weighed = ((_score(flow, folded, asked, likely), flow) for flow in index.of(possible))
    scored = sorted((one for one in weighed if one[0][0] > 0), key=lambda one: -one[0][0])
    if not scored:
        # "I need a refund" says as little about which one as "refund" alone.
        if asked.is_question:
            return None
        return _named_by(topic(stripped, index.words) or stripped, index, language)
    if any(length for (_, length), _ in scored):  # its own words say more than what the message resembles
        scored = [one for one in scored if one[0][1]]
    (best, _), flow = scored[0]
    rivals = [one for (score, _), one in scored[1:] if best - score < CLOSE]
    if rivals:
        longest = sorted(scored[: len(rivals) + 1], key=lambda one: -one[0][1])
        if longest[0][0][1] > longest[1][0][1]:
            return _found(longest[0][1], best)
        options = tuple(
            Option(id=f"flow:{one.name}", label=one.title.text(base(language))) for one in (flow, *rivals)[:MAX_OPTIONS]
        )
        return FlowMatch("", Reason(code=AMBIGUOUS, value=float(len(options))), best, options)
    return _found(flow, best)


def _named_by(word: str, index: Index, language: str) -> FlowMatch | None:
    """The flows that a bare word names: a question which one, or the only one."""
    shared = index.named(word)
    if len(shared) > 1:
        options = tuple(
            Option(id=f"flow:{flow.name}", label=flow.title.text(base(language))) for flow in shared[:MAX_OPTIONS]
        )
        return FlowMatch("", Reason(code=AMBIGUOUS, value=float(len(shared))), 0.5, options)
    return _found(shared[0], 1.0) if shared else None


def _found(flow: Flow, confidence: float) -> FlowMatch:
    return FlowMatch(flow.name, Reason(code=WISH, value=round(confidence, 4), name=flow.name), confidence)


def _score(flow: Flow, folded: str, asked: _Asked, likely: _Likely) -> tuple[float, int]:
    """Confidence, and how long the wording is that gave it."""
    wordings = wordings_of(flow)
    score = _evidence(flow, wordings, folded, asked, likely)
    if score[0] > 0 and wordings.unless is not None and wordings.unless.search(folded):
        return 0.0, 0
    return score


def _evidence(flow: Flow, wordings: Wordings, folded: str, asked: _Asked, likely: _Likely) -> tuple[float, int]:
    if length := wordings.exact.get(asked.alone):
        return 1.0, length
    if asked.is_long:
        mine = len(asked.pairs)
        # Sets of very different size cannot be alike enough; comparing them would be the costly part.
        least, most = mine * LIKENESS / (2 - LIKENESS), mine * (2 - LIKENESS) / LIKENESS
        for size, length, theirs in wordings.alike:
            if least <= size <= most and 2 * len(asked.pairs & theirs) / (mine + size) >= LIKENESS:
                return 0.95, length
    # What answers a question about goods is asked for by asking.
    if asked.is_question and not any(slot.rest for slot in flow.slots.values()):
        return 0.0, 0
    if wordings.keywords is not None and (hit := wordings.keywords.search(folded)):
        return BY_KEYWORD, hit.end() - hit.start()
    for intent, probability in likely:
        if intent in flow.triggers.intents:
            return float(probability), 0
    return 0.0, 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message as it is compared with wordings; the same for every flow."""

    alone: str
    pairs: frozenset[str]
    is_long: bool
    """Few letters are alike by chance: "my invoice" is no wish for one."""
    is_question: bool

    @classmethod
    def of(cls, folded: str, polite: str, stripped: str, *, asked_about: bool) -> _Asked:
        mine = frozenset(pairs(stripped))
        is_long = len(mine) >= (10 if folded.isascii() else 4)
        return cls(polite, mine, is_long, not asked_about and _HOW.search(folded) is not None)


def worded(text: str, flows: Iterable[Flow]) -> Flow | None:
    """The only flow of which the text is a wording, but for words around it: "开发票" of "我要开发票"."""
    stripped = bare(normalise(text[:MAX_CHARS]))
    found = [flow for flow in flows if stripped and stripped in wordings_of(flow).bare]
    return found[0] if len(found) == 1 else None


def without_wording(flow: Flow, text: str) -> str:
    """The text without the keywords that ask for the flow."""
    keywords = wordings_of(flow).keywords
    folded = normalise(text[:MAX_CHARS])
    return folded if keywords is None else keywords.sub(" ", folded)


def weigh(
    wish: FlowMatch | None, going: Reason | None, flow: Flow | None, position: FlowPosition | None, said: Said
) -> tuple[FlowMatch | None, Reason | None]:
    """The wish for a flow against the open one (`flow`, `going` from `continues`); at most one of them stays.

    Another flow asked for in so many words is a wish, also where a value of the open one is named with it; a button,
    a yes, a no and a stop never are. A wish for the flow that is open goes on with it.
    """
    if flow is None or position is None:
        return wish, None
    is_plain = going is not None and going.value == 1.0
    if wish is not None and wish.reason.code == NAMES_ORDER and position.step != "shown" and _is_about_orders(flow):
        return None, Reason(code=OPEN, value=1.0, name=flow.name)  # it says which order, and asks for nothing else
    if wish is not None and wish.name == flow.name and position.step not in ("", "shown"):
        return None, Reason(code=OPEN, value=1.0, name=flow.name)
    # In free words ("想说什么事？") nearly everything is an answer; only a wording of another flow, whole, is not.
    asked = flow.slots.get(position.step.removeprefix("ask:"))
    least = 1.0 if asked is not None and asked.kind == "text" else BY_KEYWORD
    is_explicit = wish is not None and wish.confidence >= least and not _answers(flow, position, said)
    if is_plain and not is_explicit:
        return None, going
    return wish, None if wish is not None else going


def is_offered(position: FlowPosition | None, text: str) -> bool:
    """Whether the message is one of the choices that were shown, in their words or nearly: "太慢了" for 太慢."""
    said = normalise(text[:60]).strip(" 。.!！~")
    words = {
        normalise(word) for one in (position.offered if position else ()) for word in (one.label, *one.words.split("\n"))
    }  # fmt: skip
    return any(word and said.startswith(word) and len(said) <= len(word) + 2 for word in words)


def _is_about_orders(flow: Flow) -> bool:
    return any(slot.kind == "order" for slot in flow.slots.values())


def _answers(flow: Flow, position: FlowPosition, said: Said) -> bool:
    """A button, a yes, a no, a stop, a value put right by its name: an answer whatever else it resembles."""
    last = said.texts[-1] if said.texts else ""
    is_button = (said.quick_reply or "").startswith(BUTTONS)
    is_open = position.step not in ("", "shown")
    is_put_right = is_open and _puts_right(flow, position, said.text.strip(), _ANY_DAY)
    return is_button or is_put_right or replies.stops(last) or _answers_confirmation(position, said, last)


def continues(flow: Flow, position: FlowPosition, said: Said, today: date = _ANY_DAY) -> Reason | None:
    """Whether what the customer wrote belongs to the open flow: value 1 when plainly so, none when it well may be.

    A question in the middle belongs to the flow only when it names a value; so it is answered, and the flow goes on.
    """
    plainly = Reason(code=OPEN, value=1.0, name=flow.name)
    text = said.text.strip()
    reply = said.quick_reply or ""
    if reply.startswith(BUTTONS):
        return plainly
    if position.undo and replies.wants_undo(text):
        return plainly
    if position.step == "shown":
        if any(one.rest for one in flow.slots.values()):
            return plainly if said_next(text) else None
        if not _is_about_orders(flow) or position.undo:
            return None
        if not flow.writes:
            return order_choice.continues(position, text, today)
        bare = text.replace(addresses.find(text) or "\0", " ")
        is_other = order_choice.asks_for_another(text) and order_choice.speaks_of_orders(text)
        is_meant = order_choice.points_at(bare, position.orders, today) or (is_other and len(text) <= SHORT)
        return plainly if is_meant else None
    last = said.texts[-1] if said.texts else ""
    if replies.stops(last) or _answers_confirmation(position, said, last) or _puts_right(flow, position, text, today):
        return plainly
    slot = flow.slots.get(position.step.removeprefix("ask:"))
    if slot is not None and slot.kind == "order":
        found = order_choice.continues(position, text, today)
        if found is not None:
            return found
    if (slot is None or slot.optional) and replies.skips(text):
        return plainly
    if slot is not None and slot.may_ask:
        return plainly
    findable = (one for one in flow.slots.values() if one.kind != "choice" and not one.only_when_asked)
    if any(reading.find(one, text, today) for one in findable):
        return plainly
    if replies.question(text):
        return None
    if slot is not None and slot.kind not in ("text", "address", "name"):
        return plainly if _chooses(slot, position, text) else Reason(code=OPEN) if len(text) <= 20 else None
    if slot is not None:
        return plainly if slot.kind == "text" else Reason(code=OPEN)
    if position.step == "edit":
        return plainly if reading.chosen(text, position.offered) else Reason(code=OPEN)
    is_correction = replies.corrects(text) and (
        order_choice.speaks_of_orders(text) or any(replies.names(text, one) for one in flow.slots.values())
    )
    return plainly if is_correction else Reason(code=OPEN) if len(text) <= 20 else None


def _puts_right(flow: Flow, position: FlowPosition, text: str, today: date) -> bool:
    """Whether the message puts something right that the open flow knows: a value by its name, a part of it, the order,
    the place of a choice made before."""
    for name, slot in flow.slots.items():
        known = position.slots.get(name)
        if not known:
            continue
        if slot.kind == "address" and amending.amended(known, text) is not None:
            return True
        if slot.kind in ("address", "text", "name", "order_number") and amending.replaced(known, text) is not None:
            return True
        if replies.said_of(text, slot) and not replies.question(text):
            return True
        if slot.kind == "time_slot" and replies.corrects(text) and dates.names_time(text):
            return True
        if slot.options and replies.corrects(text) and reading.find(slot, text, today) not in (None, known):
            return True
    if position.chosen and replies.only_place(text):
        return True
    return (
        _is_about_orders(flow)
        and len(text) <= order_choice.SHORT
        and not replies.question(text)
        and (order_choice.puts_right(text) or order_choice.points_at(text, position.orders, today) is not None)
    )


def _answers_confirmation(position: FlowPosition, said: Said, last: str) -> bool:
    if not position.step.startswith("confirm:"):
        return False
    button = position.pending.button if position.pending else ""
    return replies.agrees(said.texts, button) or replies.declines(last)


def _chooses(slot: Slot, position: FlowPosition, text: str) -> bool:
    if reading.take(slot, text, _ANY_DAY, position.offered):
        return True
    if slot.kind == "order":
        return bool(reading.chosen(text, position.offered) or reading.by_place(text, position.offered))
    if slot.kind == "time_slot":
        return dates.names_time(text)
    return slot.kind == "order_number" and any(c.isdigit() for c in text)
