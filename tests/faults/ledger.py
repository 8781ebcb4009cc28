"""What clients were told against what the product kept: the checks I1–I6 of reference/promises, from outside. Pure.

A client writes each send, and each acknowledgement the moment it has it, into a `Ledger`; afterwards `check` compares
it with histories read over HTTP. `check_holder` judges a full log (as agents read it) by itself.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TextIO

from tongxi.client import Ack, Entry

Kind = Literal[
    "lost",
    "doubled",
    "out_of_order",
    "altered",
    "phantom",
    "silent",
    "answered_twice",
    "late_bot",
    "two_holders",
]


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was not kept."""

    kind: Kind
    conversation: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} in {self.conversation}: {self.detail}"


@dataclass(slots=True)
class Sent:
    """One message a client sent, and what it was told about it."""

    client_id: str
    sender: str
    """`customer` or `agent`."""
    text: str
    order: int
    """Position of the send among all sends and acknowledgements of this ledger."""
    conversation: str | None = None
    ack: Ack | None = None
    acked: int | None = None
    """Position of the acknowledgement."""


@dataclass(slots=True)
class Ledger:
    """Sends and acknowledgements in the order they happened; with a `file`, each line is synced before we go on."""

    sends: dict[str, Sent] = field(default_factory=dict)
    file: TextIO | None = None
    _clock: int = 0

    @classmethod
    def on_disk(cls, path: Path) -> Ledger:
        """A ledger that survives a kill of the client, too."""
        return cls(file=path.open("a", encoding="utf-8"))

    def sending(self, client_id: str, text: str, *, sender: str = "customer", conversation: str | None = None) -> None:
        """Note a send, just before it; repeating one changes nothing."""
        if client_id not in self.sends:
            self._clock += 1
            self.sends[client_id] = Sent(client_id, sender, text, self._clock, conversation)
            self._write({"send": client_id, "sender": sender, "conversation": conversation})

    def acked(self, ack: Ack) -> None:
        """Note an acknowledgement, the moment it arrives."""
        sent = self.sends[ack.id]
        self._clock += 1
        sent.conversation, sent.ack, sent.acked = ack.conversation, ack, self._clock
        self._write({"ack": ack.id, "conversation": ack.conversation, "seq": ack.seq, "message": ack.message_id})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.file:
            self.file.close()

    def _write(self, line: dict[str, object]) -> None:
        if self.file:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())


def check(
    ledgers: Iterable[Ledger],
    histories: Mapping[str, Sequence[Entry]],
    *,
    held: frozenset[str] = frozenset(),
    allows_strangers: bool = False,
) -> list[Violation]:
    """Every promise broken in `histories` (conversation → entries as read, in the order read).

    `held`: conversations an agent holds, who may take his time. `allows_strangers`: customers and agents without a
    ledger write there, too.
    """
    found: list[Violation] = []
    sends: dict[tuple[str, str], Sent] = {}
    of_conversation: dict[str, list[Sent]] = defaultdict(list)
    for ledger in ledgers:
        for sent in ledger.sends.values():
            sends[sent.sender, sent.client_id] = sent
            if sent.ack:
                of_conversation[sent.ack.conversation].append(sent)
    for conversation, acked in of_conversation.items():
        found += _kept(conversation, acked, histories.get(conversation, ()))
    for conversation, entries in histories.items():
        found += _each_once(conversation, entries)
        found += _in_order(conversation, of_conversation[conversation], entries)
        if not allows_strangers:
            found += _sent_by_somebody(conversation, sends, entries)
        if conversation not in held:
            found += _answered(conversation, entries)
    return found


def check_holder(conversation: str, log: Sequence[Entry]) -> list[Violation]:
    """Who spoke though somebody else held the conversation; `log` is the full log, gap-free from 1."""
    found: list[Violation] = []
    holder, agent = "bot", None
    for position, entry in enumerate(log, 1):
        if entry.seq != position:
            found.append(Violation("out_of_order", conversation, f"seq {entry.seq} where {position} was due"))
            return found
        match entry.type:
            case "handed_off":
                holder, agent = "queue", None
            case "assigned" | "claimed":
                said = entry.data.get("from_holder", holder)
                if said != holder:
                    detail = f"seq {entry.seq}: taken from the {said}, held by the {holder}"
                    found.append(Violation("two_holders", conversation, detail))
                holder, agent = "agent", entry.data.get("agent_id")
            case "given_back":
                holder, agent = "bot", None
            case "reopened":
                holder = "agent" if agent else "bot"
            case "ended" | "wrapped_up":
                if entry.type == "wrapped_up" or holder != "agent":
                    holder, agent = "nobody", None
            case "message" if entry.by.kind == "bot" and holder != "bot":
                found.append(Violation("late_bot", conversation, f"seq {entry.seq}: the {holder} held it"))
            case "message" if entry.by.kind == "agent" and not entry.is_note and entry.by.id != agent:
                found.append(Violation("two_holders", conversation, f"seq {entry.seq}: {entry.by.id} is not {agent}"))
            case _:
                pass
    return found


# ── one rule each ──


def _kept(conversation: str, acked: Sequence[Sent], entries: Sequence[Entry]) -> list[Violation]:
    """I1: every acknowledged message is there, where it was said to be, as it was sent."""
    found: list[Violation] = []
    by_client = {(entry.by.kind, entry.client_id): entry for entry in reversed(entries) if entry.client_id}
    for sent in acked:
        assert sent.ack is not None
        entry = by_client.get((sent.sender, sent.client_id))
        if entry is None:
            found.append(Violation("lost", conversation, f"{sent.client_id} was acknowledged as seq {sent.ack.seq}"))
        elif (entry.seq, entry.id) != (sent.ack.seq, sent.ack.message_id):
            found.append(
                Violation("altered", conversation, f"{sent.client_id} moved from seq {sent.ack.seq} to {entry.seq}")
            )
        elif entry.text != sent.text:
            found.append(Violation("altered", conversation, f"{sent.client_id} has another text"))
    return found


def _each_once(conversation: str, entries: Sequence[Entry]) -> list[Violation]:
    """I2: no client id, no message id and no seq comes twice."""
    names: dict[str, Counter[Any]] = {
        "client id": Counter((entry.by.kind, entry.by.id, entry.client_id) for entry in entries if entry.client_id),
        "message id": Counter(entry.id for entry in entries if entry.id),
        "seq": Counter(entry.seq for entry in entries),
    }
    return [
        Violation("doubled", conversation, f"{name} {value} × {count}")
        for name, counts in names.items()
        for value, count in counts.items()
        if count > 1
    ]


def _in_order(conversation: str, acked: Sequence[Sent], entries: Sequence[Entry]) -> list[Violation]:
    """I3: seq rises; what was sent after an acknowledgement comes after it."""
    found = [
        Violation("out_of_order", conversation, f"seq {after.seq} read after {before.seq}")
        for before, after in pairwise(entries)
        if after.seq < before.seq
    ]
    seqs = {(entry.by.kind, entry.client_id): entry.seq for entry in entries if entry.client_id}
    events = sorted(
        [(sent.acked or 0, "acked", sent) for sent in acked] + [(sent.order, "sent", sent) for sent in acked],
        key=lambda event: event[:2],
    )
    highest: dict[str, int] = defaultdict(int)  # of the acknowledged, per sender
    for _, what, sent in events:
        seq = seqs.get((sent.sender, sent.client_id))
        if seq is None:
            continue
        if what == "acked":
            highest[sent.sender] = max(highest[sent.sender], seq)
        elif seq < highest[sent.sender]:
            found.append(
                Violation(
                    "out_of_order", conversation, f"{sent.client_id} is seq {seq}, {highest[sent.sender]} was first"
                )
            )
    return found


def _sent_by_somebody(
    conversation: str, sends: Mapping[tuple[str, str], Sent], entries: Sequence[Entry]
) -> list[Violation]:
    """I4: no customer's or agent's message that nobody sent."""
    return [
        Violation("phantom", conversation, f"seq {entry.seq} by {entry.by.kind}, client id {entry.client_id}")
        for entry in entries
        if entry.type == "message"
        and entry.by.kind in {"customer", "agent"}
        and (entry.by.kind, entry.client_id or "") not in sends
    ]


WAITING_SAID = frozenset({"handed_off", "off_hours", "noted", "noted_late", "follow_up_created", "agent_left"})
"""Notices that tell the customer that a person will come: from then on nobody owes a word to each message."""


def _answered(conversation: str, entries: Sequence[Entry]) -> list[Violation]:
    """I6: something was said after every customer message; and the bot did not say more than it was asked."""
    found: list[Violation] = []
    unanswered: list[Entry] = []
    asked = answered = 0
    waits_for_person = False
    for entry in entries:
        if entry.type != "message" or entry.is_note:
            continue
        if entry.by.kind == "customer":
            asked += 1
            if not waits_for_person:
                unanswered.append(entry)
            continue
        unanswered.clear()
        waits_for_person = (waits_for_person and entry.by.kind == "system") or entry.notice in WAITING_SAID
        if entry.by.kind == "bot":
            answered += 1
            if answered > asked:
                found.append(Violation("answered_twice", conversation, f"seq {entry.seq}: one message, two answers"))
                answered = asked
    found += [Violation("silent", conversation, f"nothing after seq {entry.seq}") for entry in unanswered]
    return found
