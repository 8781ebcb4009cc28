"""The words of a reply. Without a model the bot quotes whole sentences and lists of the passage, nothing else. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from tongxi.bot.understanding import Understanding
from tongxi.configuration.bot import BotSettings
from tongxi.decisions import Decision
from tongxi.kit.i18n import base, t
from tongxi.kit.text import normalise
from tongxi.knowledge.index import Hit
from tongxi.knowledge.text import tokens

DEFAULT = BotSettings()
WHOLE_CHARS = {"zh": 220, "en": 480}
"""A passage up to this length is quoted whole."""
MAX_SENTENCES = 3
MAX_ITEMS = 12
"""Lines of a list that are quoted; the rest is behind the source."""
QUOTE_CHARS = 160
MAX_MEDIA = 4
"""Pictures, videos and files that go with an answer; the rest stands in the article."""

_SENTENCE = re.compile(r".+?(?:[。!?！？；]+[”」』)）]*|[.!?](?=\s|$)|$)", re.DOTALL)
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d+[.)、．])\s*")


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply not sent yet."""

    choice: str
    text: str
    content: dict[str, Any] = field(default_factory=dict)
    said: str = ""
    """The part of `text` that claims facts; must stand in `evidence`."""
    evidence: tuple[str, ...] = ()
    """Full passages the facts come from."""


def compose(
    decision: Decision, understanding: Understanding, *, language: str, persona: str, bot: BotSettings = DEFAULT
) -> Draft:
    """Write the reply for a decision. `persona` is the bot's name in the inbox, `bot` may have sentences of its own.

    Raises: `ValueError` for a flow, which writes its own words.
    """
    say = partial(_say, bot, language, persona)
    match decision.choice:
        case "answer":
            hits = understanding.answering(decision.rule)
            asked = [part.text for part in understanding.parts] if len(hits) > 1 else [understanding.text]
            said = quoting(hits, asked, language, bot)
            return with_offer(said, understanding, bot)
        case "quote":
            return with_offer(_quote(understanding, language, bot), understanding, bot)
        case "ask":
            return with_offer(_ask(decision, understanding, say), understanding, bot)
        case "small_talk":
            kind = understanding.small_talk or "greeting"
            return Draft("small_talk", say(f"bot.small_talk.{kind}"))
        case "fixed":
            return Draft("fixed", say("bot.fixed"), {"offer_person": True})
        case "unknown":
            return Draft("unknown", say(_unsure_key(decision)), {"offer_person": True})
        case "hand_off":
            return _hand_off(decision, understanding, language, bot)
        case other:
            raise ValueError(f"{other!r} writes its own words")


def with_offer(draft: Draft, understanding: Understanding, bot: BotSettings = DEFAULT) -> Draft:
    """Behind what the knowledge says about a procedure: a button to have it done, or how to come to it."""
    offered, language = understanding.can_do, understanding.language
    if offered is None:
        return draft
    if understanding.needs_sign_in and not understanding.is_verified:
        text = address(t(language, "bot.can_do.sign_in", title=offered.label), bot)
        label = t(language, "bot.can_do.signed_in", title=offered.label)
        return replace(_with_reply(draft, offered.id, address(label, bot)), text=f"{draft.text}\n\n{text}")
    return _with_reply(draft, offered.id, address(t(language, "bot.can_do", title=offered.label), bot))


def _with_reply(draft: Draft, code: str, label: str) -> Draft:
    replies = [*draft.content.get("quick_replies", ()), {"id": code, "label": label}]
    return replace(draft, content={**draft.content, "quick_replies": replies})


def quoting(hits: Sequence[Hit], asked: Sequence[str], language: str, bot: BotSettings) -> Draft:
    """An answer: what each passage says to its question, whole sentences word by word."""
    said = [extract(hit.text, question, hit.language) for hit, question in zip(hits, asked, strict=True)]
    quoted = "\n\n".join(said)
    # An answer in the customer's other language says so instead of surprising with it.
    foreign = base(hits[0].language) != base(language)
    text = address(t(language, "bot.answer.other_language"), bot) + "\n\n" + quoted if foreign else quoted
    sources = [source(hit, words) for hit, words in zip(hits, said, strict=True)]
    content = {"sources": sources, **shown(hits)}
    return Draft("answer", text, content, quoted, tuple(hit.text for hit in hits))


def _say(bot: BotSettings, language: str, persona: str, key: str, **params: str) -> str:
    """A fixed sentence: the business's own, else the product's, in the chosen form of address."""
    own = bot.persona.lines.get(_LINE.get(key, key.removeprefix("bot.small_talk.")))
    if own and (text := own.into(language)):
        return text.replace("{persona}", persona)
    return address(t(language, key, persona=persona, **params), bot)


_LINE = {"bot.unsure": "unsure", "bot.sorry_wrong": "sorry_wrong", "bot.ask": "ask"}


def address(text: str, bot: BotSettings) -> str:
    """The product's Chinese with 你 in place of 您, where the bot is to be familiar."""
    return text.replace("您", "你") if bot.persona.formality == "familiar" else text


def _quote(understanding: Understanding, language: str, bot: BotSettings) -> Draft:
    """A passage that may not be what was asked, and says so."""
    hit = understanding.hits[0]
    said = extract(hit.text, understanding.text, hit.language)
    text = address(t(language, "bot.quote", title=hit.title), bot) + "\n\n" + said
    content = {"sources": [source(hit, said)], **shown([hit]), "quotation": True, "offer_person": True}
    return Draft("quote", text, content, said, (hit.text,))


def _ask(decision: Decision, understanding: Understanding, say: Callable[..., str]) -> Draft:
    meanings = understanding.options(decision.rule)
    replies = [{"id": option.id, "label": option.label} for option in meanings]
    if len(replies) == 1:
        text = say("bot.ask.one", title=meanings[0].label)
    else:
        text = say("bot.ask.first" if decision.rule == "several" else "bot.ask")
    return Draft("ask", text, {"quick_replies": replies, "offer_person": True})


def _unsure_key(decision: Decision) -> str:
    code = decision.reasons[0].code if decision.reasons else ""
    return {"says_wrong": "bot.sorry_wrong", "no_words": "bot.no_words"}.get(code, "bot.unsure")


BEFORE_HAND_OFF = {
    "self_harm": "bot.care",
    "safety": "bot.danger",
    "safety_concern": "bot.safety",
    "fraud": "bot.fraud",
    "medical": "bot.red_line",
    "legal": "bot.red_line",
    "finance": "bot.red_line",
    "complaint_risk": "bot.complaint",
}


def _hand_off(decision: Decision, understanding: Understanding, language: str, bot: BotSettings) -> Draft:
    """Words that go before the hand-off where silence would be wrong; empty for most reasons."""
    code = decision.reasons[0].code if decision.reasons else ""
    # "Leave the place, cut the power" is for somebody in danger, not for a worry about a product.
    is_worry = code == "safety" and not decision.reasons[0].name
    key = BEFORE_HAND_OFF.get("safety_concern" if is_worry else code)
    line = bot.red_lines.get(code)
    own = line.facts.into(language) if line else ""
    text = own or (address(t(language, key), bot) if key else "")
    fact = _fact(decision, understanding, language, bot) if is_worry or code == "medical" else None
    if fact is None:
        return Draft("hand_off", text)
    hit, said = fact
    stated = t(language, "bot.fact", title=hit.title)
    content = {"sources": [source(hit, said)], **shown([hit])}
    return Draft("hand_off", f"{stated}\n\n{said}\n\n{text}", content, said, (hit.text,))


def _fact(decision: Decision, understanding: Understanding, language: str, bot: BotSettings) -> tuple[Hit, str] | None:
    """What an article states about the very thing that was named, word by word; a person says what it means.

    Everything the question names has to stand in the article: the fact about another product is none.
    """
    hit, reason = next(iter(understanding.hits), None), decision.reasons[0]
    if hit is None or hit.score < bot.limits.answer_at or base(hit.language) != base(language):
        return None
    if reason.seq != understanding.seq or reason.span is None:
        return None
    asked = {term for term in tokens(normalise(understanding.text)) if len(term) == 1 or term.isascii()}
    quoted = extract(hit.text, understanding.text, hit.language)
    risk = tokens(normalise(understanding.said.texts[-1][slice(*reason.span)]))
    is_named = any(len(term) > 1 and term in tokens(normalise(quoted)) for term in risk)
    return (hit, quoted) if is_named and asked <= set(tokens(normalise(f"{hit.title} {hit.text}"))) else None


def source(hit: Hit, said: str) -> dict[str, Any]:
    """The citation under an answer."""
    quote = plain(said)
    return {
        "article_id": str(hit.article_id),
        "slug": hit.slug,
        "title": hit.title,
        "section": hit.section,
        "updated_at": hit.updated_at.isoformat(),
        "quote": quote if len(quote) <= QUOTE_CHARS else quote[: QUOTE_CHARS - 1].rstrip() + "…",
    }


def shown(hits: Sequence[Hit]) -> dict[str, Any]:
    """The pictures, videos and files that stand in the passages quoted, as `content.media`; empty without any."""
    files = {one["id"]: one for hit in hits for one in hit.media}
    return {"media": list(files.values())[:MAX_MEDIA]} if files else {}


def extract(passage: str, question: str, language: str) -> str:
    """Quote what answers: a short passage whole; else the best list with its lead-in, or three sentences in a row."""
    passage = passage.strip()
    if len(passage) <= WHOLE_CHARS[base(language)]:
        return passage
    asked = set(tokens(normalise(question)))
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", passage) if block.strip()]
    blocks = [part for block in blocks for part in _parts(block)]
    if len(blocks) == 1:
        return _list(blocks[0]) if _is_list(blocks[0]) else _sentences(blocks[0], asked)
    place = max(range(len(blocks)), key=lambda i: (_fit(blocks[i], asked), -i))
    if _is_list(blocks[place]):
        return "\n\n".join([*_lead_in(blocks, place), _list(blocks[place])])
    if place + 1 < len(blocks) and _is_list(blocks[place + 1]) and _introduces(blocks[place]):
        return "\n\n".join([_last_sentence(blocks[place]), _list(blocks[place + 1])])
    return _sentences(blocks[place], asked)


def plain(markdown: str) -> str:
    """Markdown without its marks, on one line."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"^\s*(?:#{1,6}|[-*+]|>)\s+", "", text, flags=re.MULTILINE)
    return " ".join(re.sub(r"[*_`|]+", " ", text).split())


def _parts(block: str) -> list[str]:
    """A paragraph directly followed by a list, without a blank line, is two blocks."""
    lines = block.splitlines()
    first = next((i for i, line in enumerate(lines) if _ITEM.match(line)), None)
    if first in (None, 0) or block.lstrip().startswith("```"):
        return [block]
    return ["\n".join(lines[:first]), "\n".join(lines[first:])]


def _is_list(block: str) -> bool:
    lines = block.splitlines()
    is_item = _ITEM.match(lines[0]) is not None and (len(lines) > 1 or len(block) < 200)
    return is_item or lines[0].lstrip().startswith("|")


def _list(block: str) -> str:
    """The list as it stands; a very long one ends at a whole item."""
    lines = block.splitlines()
    starts = [i for i, line in enumerate(lines) if _ITEM.match(line) or line.lstrip().startswith("|")]
    return "\n".join(lines[: starts[MAX_ITEMS]]) if len(starts) > MAX_ITEMS else block


def _lead_in(blocks: list[str], place: int) -> list[str]:
    if place == 0 or _is_list(blocks[place - 1]):
        return []
    return [_last_sentence(blocks[place - 1])] if _introduces(blocks[place - 1]) else []


def _introduces(block: str) -> bool:
    return block.rstrip().endswith((":", "："))


def _last_sentence(block: str) -> str:
    return _cut(block)[-1]


def _sentences(block: str, asked: set[str]) -> str:
    """The up to three neighbouring sentences that hold most of what was asked."""
    sentences = _cut(block)
    if len(sentences) <= MAX_SENTENCES:
        return block
    fits = [_fit(sentence, asked) for sentence in sentences]
    windows = range(len(sentences) - MAX_SENTENCES + 1)
    start = max(windows, key=lambda i: (sum(fits[i : i + MAX_SENTENCES]), -i))
    chosen = sentences[start : start + MAX_SENTENCES]
    first = block.find(chosen[0])
    return block[first : block.find(chosen[-1], first) + len(chosen[-1])]


def _cut(block: str) -> list[str]:
    return [s.strip() for s in _SENTENCE.findall(block) if s.strip()] or [block]


def _fit(text: str, asked: set[str]) -> int:
    return len(asked & set(tokens(normalise(text))))
