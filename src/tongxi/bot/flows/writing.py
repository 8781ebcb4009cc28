"""Carrying out what was confirmed, once, and finding out what became of it; taking it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from tongxi.bot.flows.expressions import data, fill_with
from tongxi.bot.flows.journal import Intent
from tongxi.bot.flows.models import Confirm, Write, walk
from tongxi.bot.flows.step import UNDO, YES, Stop
from tongxi.bot.memory import PendingWrite, Undo
from tongxi.connectors.business import FIND_OPERATION, UNDO_OPERATION, Operation, Receipt
from tongxi.connectors.protocol import Answer, Failure, FailureCode
from tongxi.decisions import Reason
from tongxi.kit.i18n import t

if TYPE_CHECKING:
    from tongxi.bot.flows.engine import Turn


def step_of(turn: Turn, pending: PendingWrite) -> Write:
    """The write behind a confirmation."""
    steps = [one for _, one in walk(turn.flow.steps)]
    start = next(i for i, one in enumerate(steps) if isinstance(one, Confirm) and one.confirm == pending.step)
    return next(one for one in steps[start:] if isinstance(one, Write))


async def carry_out(turn: Turn, step: Write, pending: PendingWrite) -> None:
    """Do what was confirmed, once; then say what became of it."""
    flow = turn.flow
    intent = Intent(pending.key, flow.name, turn.position.version, step.write, pending.tool, turn.said.seq)
    journal = turn.around.journal
    await journal.begin(intent)
    result = await turn.call(pending.tool, pending.arguments, key=pending.key)
    if isinstance(result, Failure) and result.is_outcome_unknown:
        result = await _look_up(turn, pending) or result
    if isinstance(result, Failure):
        if result.is_outcome_unknown:
            await journal.finish(intent, "unknown", reason=result.code.value)
            words = t(turn.language, "flow.unknown", title=turn.title(), system=result.system)
            reason = Reason(code="outcome_unknown", met=False, name=pending.tool)
            raise Stop(turn.over("unknown", words, reasons=(reason,), subject=flow.name, keep=True))
        await journal.finish(intent, "failed", reason=result.code.value)
        words = t(turn.language, "flow.not_done", title=turn.title())
        reason = Reason(code=f"system_{result.code.value}", met=False, name=pending.tool)
        if result.code is FailureCode.UNAVAILABLE:
            turn.content["quick_replies"] = [{"id": YES, "label": t(turn.language, "flow.retry")}]
        is_passing = result.code is FailureCode.UNAVAILABLE
        raise Stop(turn.over("failed", words, reasons=(reason,), offer_person=True, keep=is_passing))
    receipt = result.value if isinstance(result.value, Receipt) else Receipt(outcome="done")
    await journal.finish(intent, receipt.outcome, reason=receipt.reason)
    if turn.around.contact.shop_id:
        turn.around.tools.forget(turn.around.contact.shop_id)
    turn.values[step.write] = data(result.value)
    values = {step.write: turn.values[step.write]}
    zone = turn.around.zone
    if receipt.outcome == "refused":
        refusal = step.refused.get(receipt.reason, step.refused["other"])
        reason = Reason(code="write_refused", met=False, name=receipt.reason or "other")
        text = fill_with(refusal.text(turn.language), values, pending.shown, turn.language, zone)
        raise Stop(turn.over("refused", text, reasons=(reason,), offer_person=True))
    turn.told.append(fill_with(step.done.text(turn.language), values, pending.shown, turn.language, zone))
    turn.reasons.append(Reason(code="written", value=1.0, name=pending.tool))
    _receipt_card(turn, receipt, pending)
    # Text of the earlier answers stays out: what follows a write knows its slots and receipts.
    stored = {**turn.position.results, step.write: receipt.model_dump(mode="json")}
    turn.position = turn.position.model_copy(update={"results": stored, "pending": None})
    turn.agreed = False


def _receipt_card(turn: Turn, receipt: Receipt, pending: PendingWrite) -> None:
    card: dict[str, Any] = {"type": "result", "title": turn.title(), "reference": receipt.reference}
    until = receipt.undo_until
    if until is not None and until > turn.around.now and turn.around.tools.system_of(UNDO_OPERATION):
        card["undo"] = {
            "id": UNDO,
            "label": t(turn.language, "flow.undo"),
            "until": until.astimezone(UTC).isoformat(),
        }
        minutes = max(round((until - turn.around.now).total_seconds() / 60), 1)
        turn.told.append(t(turn.language, "flow.undo.until", minutes=minutes))
        turn.position = turn.position.model_copy(
            update={"undo": Undo(key=pending.key, until=until, title=turn.title())}
        )
    turn.content["card"] = card


async def _look_up(turn: Turn, pending: PendingWrite) -> Answer[Any] | None:
    """Ask the system whether a write with an unknown outcome was made; once more if it never arrived."""
    if turn.around.tools.system_of(FIND_OPERATION) is None:
        return None
    found = await turn.call(FIND_OPERATION, {"key": pending.key})
    if not isinstance(found, Answer) or found.is_stale or not isinstance(found.value, Operation):
        return None
    if found.value.receipt is not None and found.value.state != "unknown":
        return replace(found, value=found.value.receipt)
    again = await turn.call(pending.tool, pending.arguments, key=pending.key)  # same key: never twice
    return again if isinstance(again, Answer) else None


async def take_back(turn: Turn, undo: Undo) -> None:
    """Take the last change back, while that is possible."""
    if turn.around.now >= undo.until:
        words = t(turn.language, "flow.undo.late")
        raise Stop(turn.over("refused", words, offer_person=True, reasons=(Reason(code="undo_late", met=False),)))
    intent = Intent(f"{undo.key}-undo", turn.flow.name, turn.position.version, "undo", UNDO_OPERATION, turn.said.seq)
    await turn.around.journal.begin(intent)
    result = await turn.call(UNDO_OPERATION, {"key": undo.key}, key=intent.key)
    if isinstance(result, Failure) and result.is_outcome_unknown:
        pending = PendingWrite(step="undo", tool=UNDO_OPERATION, arguments={"key": undo.key}, key=intent.key, digest="")
        result = await _look_up(turn, pending) or result
    if turn.around.contact.shop_id:
        turn.around.tools.forget(turn.around.contact.shop_id)
    if isinstance(result, Answer) and isinstance(result.value, Receipt) and result.value.outcome == "done":
        await turn.around.journal.finish(intent, "done")
        words = t(turn.language, "flow.undo.done", title=undo.title or turn.title())
        raise Stop(turn.over("done", words, reasons=(Reason(code="undone", value=1.0),)))
    if isinstance(result, Failure) and result.is_outcome_unknown:
        await turn.around.journal.finish(intent, "unknown", reason=result.code.value)
        words = t(turn.language, "flow.unknown", title=t(turn.language, "flow.undo"), system=result.system)
        raise Stop(turn.over("unknown", words, reasons=(Reason(code="outcome_unknown", met=False),), keep=True))
    await turn.around.journal.finish(intent, "refused" if isinstance(result, Answer) else "failed")
    words = t(turn.language, "flow.undo.refused")
    raise Stop(turn.over("refused", words, offer_person=True, reasons=(Reason(code="undo_refused", met=False),)))
