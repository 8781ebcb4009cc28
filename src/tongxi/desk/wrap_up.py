"""The draft an agent finds when a conversation has ended: extractive, no model, each sentence with its entry. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tongxi.conversations.log import Entry
from tongxi.conversations.views import at as stamp
from tongxi.desk import briefing
from tongxi.desk.briefing import Case
from tongxi.desk.promises import promises_in, sentences
from tongxi.desk.wishes import is_customers, newest_wish
from tongxi.kit.i18n import has, t
from tongxi.signals.reply import says_wrong
from tongxi.signals.risk import COMPLAINT
from tongxi.signals.small_talk import small_talk
from tongxi.signals.upset import felt

MAX_SENTENCES = 5
MAX_CHARS = 160
"""Of one quoted sentence."""
MAX_TAGS = 5
MAX_TAG = 40
BAD_MOOD = -2

_DISPOSITIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(pattern, re.IGNORECASE))
    for code, pattern in (
        ("complaint", r"投诉|举报|曝光|差评|complain"),
        ("refund", r"退款|退钱|退我|refund|charged[- ]twice|money back"),
        ("exchange", r"退货|换货|换一|退换|return|exchange|wrong[- ]item|发错"),
        (
            "delivery",
            r"物流|快递|配送|派送|签收|包裹|到哪|发货|order_status|deliver|dispatch|ship|parcel|courier|pickup",
        ),
        ("account", r"账号|帐号|密码|登录|注册|会员|积分|手机号|account|password|log ?in|sign ?in|register|membership"),
        ("order", r"订单|下单|改地址|取消|发票|付款|支付|order|invoice|payment|cancel"),
        ("product", r"怎么用|使用|清洗|保修|维修|质量|warranty|repair|how do i use|descale|battery|filter"),
    )
)


def draft(case: Case, *, language: str) -> dict[str, Any]:
    """The prefilled form of the protocol; what the log does not say is null."""
    handed_off = next((one for one in reversed(case.entries) if one.type == "handed_off"), None)
    before = [one for one in case.entries if handed_off is None or one.seq < handed_off.seq]
    wish = newest_wish(before) or newest_wish(case.entries)
    reasons = _reasons(handed_off)
    promises = _promises(case)
    outcome = _outcome(case, promises)
    return {
        "disposition": _disposition(case, wish, reasons, outcome),
        "outcome": outcome,
        "summary": _summary(case, before, wish, promises, language),
        "tags": _tags(case, reasons, language),
        "promises": promises,
    }


def _reasons(handed_off: Entry | None) -> set[str]:
    decision = handed_off.data.get("decision", {}) if handed_off else {}
    return {str(one["code"]) for one in decision.get("reasons", ()) if one.get("met", True)}


def _promises(case: Case) -> list[dict[str, Any]]:
    """What agents promised in words, and the follow-ups the product promised."""
    found = []
    for entry in case.entries:
        if entry.actor.kind == "agent" and entry.is_public and not entry.erased:
            for text, due in promises_in(entry.text, entry.at, case.timezone):
                found.append({"text": text, "seq": entry.seq, "due": stamp(due)})
    by_seq = {entry.seq: entry for entry in case.entries}
    for one in case.promises:
        said = by_seq.get((one["seq"] or 0) + 1)
        if said is not None and said.is_public:
            found.append({"text": said.text, "seq": said.seq, "due": stamp(one["promised_at"])})
    return found


def _outcome(case: Case, promises: Sequence[dict[str, Any]]) -> str | None:
    """How it came out, by the customer's rating, then promises, then the customer's last words; null when unclear."""
    if case.resolved is not None:
        return "resolved" if case.resolved else "unresolved"
    if promises:
        return "follow_up"
    spoken = [one for one in case.entries if one.is_public and one.actor.kind != "system" and not one.erased]
    if not spoken:
        return None
    last = next((one for one in reversed(spoken) if is_customers(one)), None)
    if last is None:
        return None
    if says_wrong(last.text) or felt(last.text) <= BAD_MOOD:
        return "unresolved"
    return "resolved" if small_talk(last.text) in ("thanks", "bye") or felt(last.text) > 0 else None


def _disposition(case: Case, wish: Entry | None, reasons: set[str], outcome: str | None) -> str | None:
    if COMPLAINT in reasons:
        return "complaint"
    for text in (case.subject, wish.text if wish else ""):
        for code, pattern in _DISPOSITIONS:
            if text and pattern.search(text):
                return code
    return "answered" if outcome == "resolved" else None


def _tags(case: Case, reasons: set[str], language: str) -> list[str]:
    tags = list(case.tags)
    if case.subject:
        tags.append(_topic(case, language))
    tags += [t(language, f"tag.{code}") for code in sorted(reasons) if has(f"tag.{code}")]
    return list(dict.fromkeys(tag[:MAX_TAG] for tag in tags))[:MAX_TAGS]


def _topic(case: Case, language: str) -> str:
    """The subject in words: its own text, else the title of the article that was quoted for it."""
    if has(f"tried.{case.subject}"):
        return t(language, f"tried.{case.subject}")
    for entry in reversed(case.entries):
        for source in entry.content.get("sources", ()) if isinstance(entry.content, dict) else ():
            if str(source.get("slug", "")).startswith(case.subject):
                return str(source["title"])
    return case.subject


def _summary(
    case: Case, before: Sequence[Entry], wish: Entry | None, promises: Sequence[dict[str, Any]], language: str
) -> list[dict[str, Any]]:
    """Wish, what the bot found, what the agent said, promise, state: three to five sentences where there is as much."""
    lines: list[dict[str, Any]] = []

    def add(key: str, text: str, seq: int | None) -> None:
        lines.append({"text": t(language, f"wrap.{key}", text=text), "seq": seq})

    if wish is not None:
        add("wish", _short(wish.text), wish.seq)
    attempts = briefing.tried(case, before, language)
    if attempts:
        last = next((one for one in reversed(attempts) if one["ok"]), attempts[-1])
        add("bot_worked" if last["ok"] else "bot_failed" if last["ok"] is False else "bot", last["what"], last["seq"])
    if found := _found(case.entries, {one["seq"] for one in promises}):
        add("agent", found[0], found[1])
    for one in promises[-1:]:
        add("promise", _short(one["text"]), one["seq"])
    if (state := _state(case.entries)) is not None:
        lines.append({"text": t(language, f"wrap.ended.{state.data['cause']}"), "seq": state.seq})
    return lines[:MAX_SENTENCES]


def _found(entries: Sequence[Entry], promised: set[int]) -> tuple[str, int] | None:
    """What the agent found or did: his longest statement, not a question, a greeting or the promise itself."""
    best: tuple[str, int] | None = None
    for entry in entries:
        if entry.actor.kind != "agent" or not entry.is_public or entry.erased:
            continue
        for text in sentences(entry.text):
            is_promise = entry.seq in promised and bool(promises_in(text, entry.at, "UTC"))
            if is_promise or text.rstrip().endswith(("?", "？")) or small_talk(text):
                continue
            if best is None or len(text) > len(best[0]):
                best = (_short(text), entry.seq)
    return best


def _state(entries: Sequence[Entry]) -> Entry | None:
    return next((one for one in reversed(entries) if one.type == "ended"), None)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_CHARS else text[: MAX_CHARS - 1].rstrip() + "…"
