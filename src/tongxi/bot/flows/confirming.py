"""The confirmation: what is shown, what counts as a yes to it, what may be changed before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from tongxi.bot.flows import amending, reading, replies, writing
from tongxi.bot.flows.expressions import paths, render, resolve
from tongxi.bot.flows.models import MAX_TRIES, Ask, Confirm, Step, Write, walk
from tongxi.bot.flows.step import EDIT, STOP, YES, FlowStep, Stop
from tongxi.bot.memory import Offer, PendingWrite
from tongxi.decisions import Reason
from tongxi.kit.i18n import t

if TYPE_CHECKING:
    from tongxi.bot.flows.engine import Turn


def agrees(turn: Turn) -> bool:
    """Whether the message is a yes to what was shown, and nothing else."""
    said, pending = turn.said, turn.position.pending
    is_button = said.quick_reply == YES and len(said.texts) == 1
    return is_button or replies.agrees(said.texts, pending.button if pending else "")


def hear(turn: Turn) -> None:
    """Take the answer to the confirmation: a yes is remembered, a no asks what to change."""
    said = turn.said
    if agrees(turn):
        turn.agreed = True
    elif said.quick_reply == EDIT or replies.declines(said.texts[-1]):
        raise Stop(_ask_what_to_edit(turn))


def choose_what_to_edit(turn: Turn) -> None:
    """Forget the value that is to be changed."""
    reply = (turn.said.quick_reply or "").removeprefix("edit:")
    name = reply or reading.chosen(turn.said.text, turn.position.offered)
    name = name or reading.by_place(turn.said.text, turn.position.offered)
    if name in turn.flow.slots:
        turn.clear(name)


async def confirm(turn: Turn, step: Confirm, after: Sequence[Step]) -> None:
    """Show exactly what will happen; go on to the write when the message is a yes to just that."""
    write = next(one for one in after if isinstance(one, Write))
    if write.write in turn.position.results:
        return
    arguments = turn.arguments(write.arguments)
    rows = [
        {
            "label": row.label.text(turn.language),
            "old": turn.cell(row.old),
            "new": turn.cell(row.new),
        }
        for row in step.rows
    ]
    rows = [row for row in rows if row["old"] or row["new"]]
    shown = {
        path: render(resolve(turn.values, path), turn.language, turn.around.zone)
        for words in (write.done, *write.refused.values())
        for path in paths(words.text(turn.language))
        if path.split(".")[0] != write.write
    }
    price = turn.words(step.price) if step.price else ""
    title = turn.words(step.title)
    if turn.around.withheld is not None:
        raise Stop(_leave_to_people(turn, title, rows, price, turn.around.withheld))
    digest = _digest([step.confirm, write.tool, arguments, title, rows, price])
    pending = turn.position.pending
    if turn.agreed and pending and pending.step == step.confirm:
        if pending.digest == digest and not turn.corrected:
            await writing.carry_out(turn, write, pending)
            return
        turn.told.append(t(turn.language, "flow.changed_meanwhile"))
    if pending and pending.digest == digest and not turn.agreed and turn.position.step == f"confirm:{step.confirm}":
        last = turn.said.texts[-1]
        if replies.corrects(last) or amending.puts_right(last):
            raise Stop(_ask_what_to_edit(turn))  # something is wrong, and it was not understood what
        turn.told.append(t(turn.language, "flow.unchanged"))
    attempt = turn.position.attempt + 1
    key = _key(turn.around.conversation_id, turn.flow.name, turn.position.run, attempt, write.write)
    made = PendingWrite(
        step=step.confirm, tool=write.tool, arguments=arguments, key=key, digest=digest, shown=shown,
        button=step.button.text(turn.language) if step.button else t(turn.language, "flow.confirm.yes"),
    )  # fmt: skip
    raise Stop(_ask_yes(turn, step, made, rows, title, price, attempt))


def _ask_yes(
    turn: Turn, step: Confirm, pending: PendingWrite, rows: list[dict[str, str]], title: str, price: str, attempt: int
) -> FlowStep:
    tries = turn.tries_at(f"confirm:{step.confirm}")
    if tries > MAX_TRIES:
        return turn.stuck(tries)
    yes, edit = pending.button, t(turn.language, "flow.confirm.edit")
    replies = [{"id": YES, "label": yes}, {"id": EDIT, "label": edit}]
    text = _proposal(turn, title, rows, price)
    text += "\n\n" + t(turn.language, "flow.confirm.ask", yes=yes)
    card = {"type": "confirm", "title": title, "rows": rows, "price": price, "yes": replies[0], "edit": replies[1]}
    content: dict[str, Any] = {**turn.content, "card": card, "quick_replies": replies}
    reasons = (Reason(code="flow_confirms", name=pending.tool),)
    made = turn.waiting(f"confirm:{step.confirm}", text, content, tries, (), reasons)
    assert made.flow is not None
    return replace(made, flow=made.flow.model_copy(update={"pending": pending, "attempt": attempt}))


def _proposal(turn: Turn, title: str, rows: list[dict[str, str]], price: str) -> str:
    """What would be changed, in words."""
    lines = [t(turn.language, "flow.confirm.row", label=row["label"], value=_change(row)) for row in rows]
    return "\n".join([title, *(f"- {line}" for line in lines), *filter(None, [price])])


def _leave_to_people(turn: Turn, title: str, rows: list[dict[str, str]], price: str, why: Reason) -> FlowStep:
    """Too many of this flow's changes were wrong: the customer and whoever takes over see what it would have been."""
    words = t(turn.language, "flow.left_to_people", title=turn.title())
    text = f"{words}\n\n{_proposal(turn, title, rows, price)}"
    return turn.over("hand_off", text, subject=turn.flow.name, reasons=(why,))


def _ask_what_to_edit(turn: Turn) -> FlowStep:
    asked = [one.ask for _, one in walk(turn.flow.steps) if isinstance(one, Ask) and one.ask in turn.slots]
    names = list(dict.fromkeys(asked))
    offers = [
        Offer(
            value=name, label=turn.flow.slots[name].title.text(turn.language),
            words=f"{turn.flow.slots[name].title.zh}\n{turn.flow.slots[name].title.en}",
        )
        for name in names
    ]  # fmt: skip
    replies = [{"id": f"edit:{one.value}", "label": one.label} for one in offers]
    replies.append({"id": STOP, "label": t(turn.language, "flow.stop")})
    text = t(turn.language, "flow.edit")
    tries = turn.tries_at("edit")
    if tries > MAX_TRIES:
        return turn.stuck(tries)
    reason = Reason(code="flow_edits")
    return turn.waiting("edit", text, {"quick_replies": replies}, tries, offers, (reason,))


def _change(row: Mapping[str, str]) -> str:
    return f"{row['old']} → {row['new']}" if row["old"] and row["new"] else row["new"] or row["old"]


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()[:24]


def _key(conversation_id: UUID, flow: str, run: int, attempt: int, step: str) -> str:
    """The same for every repetition of one confirmed write, another for every other."""
    named = f"{conversation_id}:{flow}:{run}:{attempt}:{step}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]
