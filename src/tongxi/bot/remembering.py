"""What the bot keeps of a turn for the next one. Pure."""

from __future__ import annotations

from tongxi.bot.memory import Memory
from tongxi.bot.understanding import Understanding
from tongxi.decisions import Decision

MAX_REMEMBERED = 20
"""Articles quoted in an episode that are kept, newest last."""


def remember(memory: Memory, understanding: Understanding, decision: Decision) -> Memory:
    """What to keep after this reply. Flows write their own position."""
    answered = understanding.answering(decision.rule) if decision.choice == "answer" else ()
    changed: dict[str, object] = {
        "wrong_count": memory.wrong_count + (understanding.says_wrong is not None),
        "person_offered": decision.choice in ("unknown", "quote", "fixed"),
        "clarification": understanding.options(decision.rule) if decision.choice == "ask" else (),
        "has_clarified": decision.choice == "ask" or (memory.has_clarified and decision.choice == "small_talk"),
        "moods": (*memory.moods, understanding.mood)[-2:],
    }
    if decision.choice in ("unknown", "quote"):
        changed["unanswered_count"] = memory.unanswered_count + 1
    elif answered:
        changed["unanswered_count"] = 0
        changed["answered_ids"] = (*memory.answered_ids, *(str(hit.article_id) for hit in answered))[-MAX_REMEMBERED:]
    if memory.flow and understanding.says_no:
        changed["flow"] = None
    return memory.model_copy(update=changed)
