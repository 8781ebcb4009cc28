"""Blind judging of a run: kept questions, the next one for a person, his word, and the table with all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb

from tongxi.bakeoff import blind
from tongxi.bakeoff.blind import Judgement
from tongxi.bakeoff.figures import Blind, Outcome, Table, Told, table
from tongxi.bakeoff.questions import Question
from tongxi.kit.db import Database, Transaction
from tongxi.kit.errors import Conflict, Invalid, NotFound
from tongxi.kit.ids import new_id

Runs = Mapping[str, Sequence[Sequence[Outcome]]]
"""Engine → (questions, runs)."""

_WORDS = """
  coalesce((select m.text from message m where q.conversation_id is not null and m.conversation_id = q.conversation_id
     and m.sender = 'customer' and m.seq < q.seq and m.erased_at is null and not m.is_note
   order by m.seq desc limit 1), q.text)
"""
"""What was asked: a customer's words stay with his message, and go with it."""


class JudgedAlready(Conflict):
    """You have judged these answers already."""

    code = "judged_already"


async def keep(tx: Transaction, run_id: UUID, asked: Sequence[Question], runs: Runs) -> int:
    """Keep what came of each question, for people to judge; how many are disputed; nothing where none is."""
    rows: list[dict[str, Any]] = []
    for place, question in enumerate(asked):
        mine = {engine: outcomes[place] for engine, outcomes in runs.items()}
        said, origin = blind.answers(mine), question.origin
        rows.append(
            {
                "id": new_id(), "place": place, "name": question.id, "language": question.language,
                "conversation_id": origin and origin[0], "seq": origin and origin[1],
                "text": "" if origin else question.text,
                "outcomes": {engine: [blind.data(one) for one in each] for engine, each in mine.items()},
                "answers": [one._asdict() for one in said],
                "pair": blind.pair(question.text, said) if blind.is_disputed(mine) else None,
            }
        )  # fmt: skip
    disputed = sum(row["pair"] is not None for row in rows)
    if disputed:
        await tx.execute(
            "insert into bakeoff_question (run_id, id, place, name, language, conversation_id, seq, text, outcomes,"
            " answers, pair) select %s, * from jsonb_to_recordset(%s::jsonb) as r(id uuid, place int, name text,"
            " language text, conversation_id uuid, seq bigint, text text, outcomes jsonb, answers jsonb, pair text)",
            (run_id, orjson.dumps(rows).decode()),
        )
    return disputed


async def open_questions(tx: Transaction, user_id: UUID, *, limit: int = 200) -> list[dict[str, Any]]:
    """Disputed questions this person has not judged, newest run first, in an order of his own within a run.

    The same answers to the same question of two runs come once. Without engines: who judges is blind.
    """
    return await tx.dicts(
        f"""
        select * from (
          select distinct on (q.pair) q.id, q.run_id, q.language, q.answers, q.conversation_id, {_WORDS} as text,
            c.number, c.state, c.holder_id, c.queue_id
          from bakeoff_question q join bakeoff_run r on r.id = q.run_id and r.state = 'done'
          left join conversation c on c.id = q.conversation_id
          where q.pair is not null
            and not exists (select 1 from bakeoff_judgement j where j.pair = q.pair and j.user_id = %(user)s)
          order by q.pair, q.run_id desc
        ) q where q.text <> '' order by run_id desc, md5(id::text || %(user)s::text) limit %(limit)s
        """,
        {"user": user_id, "limit": limit},
    )


def presented(row: dict[str, Any], user_id: UUID) -> dict[str, Any]:
    """A row of `open_questions` as it is shown: answers by letter in this person's order."""
    shown = blind.order(len(row["answers"]), row["id"], user_id)
    said = [Told(**row["answers"][at]) for at in shown]
    return {
        "id": row["id"],
        "run": row["run_id"],
        "language": row["language"],
        "question": row["text"],
        "conversation": {"id": row["conversation_id"], "number": row["number"]} if row["conversation_id"] else None,
        "answers": [{"kind": one.kind, "text": one.text, "source": one.source} for one in said],
    }


async def question(tx: Transaction, question_id: UUID) -> dict[str, Any]:
    """A question that may be judged, with whose conversation it is. Raises: `NotFound`."""
    row = await tx.dict(
        "select q.id, q.run_id, q.pair, q.answers, q.conversation_id, c.state, c.holder_id, c.queue_id"
        " from bakeoff_question q left join conversation c on c.id = q.conversation_id"
        " where q.id = %s and q.pair is not null",
        (question_id,),
    )
    if row is None:
        raise NotFound
    return row


async def judge(
    tx: Transaction, row: dict[str, Any], *, user_id: UUID, right: Sequence[int] | None, at: datetime
) -> None:
    """Take one person's word on a row of `question`. `right`: places of the answers as shown; None: skipped.

    Raises: `Invalid` for a place that was not shown, `JudgedAlready`.
    """
    shown = blind.order(len(row["answers"]), row["id"], user_id)
    if right is not None and any(not 0 <= one < len(shown) for one in right):
        raise Invalid(errors=[{"loc": ["body", "right"], "msg": "no such answer"}])
    chosen = None if right is None else sorted({shown[one] for one in right})
    if not await tx.execute(
        "insert into bakeoff_judgement (question_id, user_id, pair, shown, right_ones, at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
        (row["id"], user_id, row["pair"], shown, chosen, at),
    ):
        raise JudgedAlready


async def refresh(db: Database, pair: str) -> None:
    """Make the tables of the runs in which these answers stand anew, with every judgement there is."""
    async with db.reading() as tx:
        rows = await tx.dicts("select distinct run_id from bakeoff_question where pair = %s", (pair,))
    for row in rows:
        await _refresh(db, row["run_id"])


async def _refresh(db: Database, run_id: UUID) -> None:
    async with db.transaction() as tx:
        # The row lock puts two judgements in order: the later one sees both.
        run = await tx.dict("select result from bakeoff_run where id = %s and state = 'done' for update", (run_id,))
        if run is None or run["result"] is None:
            return
        made = await settled(tx, run_id, Table.model_validate(run["result"]))
        await tx.execute(
            "update bakeoff_run set result = %s where id = %s", (Jsonb(made.model_dump(mode="json")), run_id)
        )


async def settled(tx: Transaction, run_id: UUID, made: Table) -> Table:
    """The table of a run with every judgement there is, also from earlier runs."""
    return await asyncio.to_thread(_again, made, await _kept(tx, run_id))


async def _kept(tx: Transaction, run_id: UUID) -> list[dict[str, Any]]:
    return await tx.dicts(
        """
        select q.name, q.outcomes, q.answers, q.pair is not null as is_disputed, coalesce(j.given, '[]') as given
        from bakeoff_question q
        left join lateral (
          select jsonb_agg(jsonb_build_object(
            'user', j.user_id, 'shown', j.shown, 'right', j.right_ones,
            'answers', o.answers) order by j.at) as given
          from bakeoff_judgement j join bakeoff_question o on o.id = j.question_id
          where j.pair = q.pair and j.right_ones is not null
        ) j on true
        where q.run_id = %s order by q.place
        """,
        (run_id,),
    )


def _again(before: Table, rows: Sequence[dict[str, Any]]) -> Table:
    """The table with what people said."""
    people: set[str] = set()
    judged = undecided = 0
    runs: dict[str, list[list[Outcome]]] = {}
    for row in rows:
        said = [Told(**one) for one in row["answers"]]
        given = [_placed(one, said) for one in row["given"]]
        people.update(one["user"] for one in row["given"])
        verdict = blind.verdicts(given)
        judged += any(one is not None for one in verdict.values())
        undecided += bool(verdict) and all(one is None for one in verdict.values())
        for engine, outcomes in row["outcomes"].items():
            runs.setdefault(engine, []).append([blind.labelled(blind.read(one), said, verdict) for one in outcomes])
    first = {one.against for one in before.differences}
    engines = sorted(runs, key=lambda engine: engine not in first)  # the others are compared with the same one again
    disputed = sum(row["is_disputed"] for row in rows)
    return table(
        [row["name"] for row in rows], {engine: runs[engine] for engine in engines}, k=before.k,
        currency=before.currency, labels=before.labels,
        blind=Blind(disputed=disputed, judged=judged, undecided=undecided, people=len(people)),
    )  # fmt: skip


def _placed(one: dict[str, Any], said: Sequence[Told]) -> Judgement:
    """A judgement in the places of this run's answers: another run may hold the same ones in another order."""
    theirs = [Told(**each) for each in one["answers"]]
    places = {at: _place(each, said) for at, each in enumerate(theirs)}
    return Judgement(tuple(places[at] for at in one["shown"]), tuple(places[at] for at in one["right"]))


def _place(told: Told, said: Sequence[Told]) -> int:
    return next(at for at, one in enumerate(said) if blind.key(one) == blind.key(told))
