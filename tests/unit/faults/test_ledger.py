"""The checker of the fault tests can fail: each broken promise is found, and a clean run is clean."""

import dataclasses
from pathlib import Path

import pytest

from tests.faults.ledger import Ledger, Violation, check, check_holder
from tongxi.client import Ack, By, Entry

ANNA, BEN = "a" * 8, "b" * 8


def message(seq: int, kind: str, client_id: str | None = None, text: str = "t", by: str | None = None) -> Entry:
    return Entry(seq, "message", "2026-01-01T00:00:00.000Z", By(kind, by), id=f"m{seq}", client_id=client_id, text=text)


def fact(seq: int, name: str, **data: str) -> Entry:
    return Entry(seq, name, "2026-01-01T00:00:00.000Z", By("system"), data=data)


def a_conversation() -> tuple[Ledger, list[Entry]]:
    """Two questions, each acknowledged and answered."""
    ledger = Ledger()
    for seq, client_id in ((2, "q1"), (4, "q2")):
        ledger.sending(client_id, "t")
        ledger.acked(Ack(client_id, seq, f"m{seq}", "", "c"))
    history = [message(2, "customer", "q1"), message(3, "bot"), message(4, "customer", "q2"), message(5, "bot")]
    return ledger, history


def kinds(found: list[Violation]) -> set[str]:
    return {violation.kind for violation in found}


def test_a_clean_run_is_clean() -> None:
    ledger, history = a_conversation()
    assert check([ledger], {"c": history}) == []


def test_an_acknowledged_message_that_is_gone_is_lost() -> None:
    ledger, history = a_conversation()
    assert kinds(check([ledger], {"c": [history[0], history[1]]})) == {"lost"}
    assert kinds(check([ledger], {})) == {"lost"}


def test_a_message_that_was_never_acknowledged_may_be_gone() -> None:
    ledger, history = a_conversation()
    ledger.sending("q3", "t", conversation="c")
    assert check([ledger], {"c": history}) == []


def test_the_same_client_id_twice_is_doubled() -> None:
    ledger, history = a_conversation()
    history += [message(6, "customer", "q2"), message(7, "bot")]
    assert "doubled" in kinds(check([ledger], {"c": history}))


def test_the_same_seq_twice_is_doubled() -> None:
    ledger, history = a_conversation()
    history[1] = dataclasses.replace(history[1], seq=2)
    assert kinds(check([ledger], {"c": history})) == {"doubled"}


def test_two_people_may_use_the_same_client_id() -> None:
    ledger, history = a_conversation()
    history += [message(6, "agent", "q1", by=ANNA), message(7, "agent", "q1", by=BEN)]
    assert check([ledger], {"c": history}, allows_strangers=True) == []


def test_a_history_that_runs_backwards_is_out_of_order() -> None:
    ledger, history = a_conversation()
    assert "out_of_order" in kinds(check([ledger], {"c": [*history[2:], *history[:2]]}))


def test_a_message_sent_after_an_acknowledgement_must_come_after_it() -> None:
    ledger = Ledger()
    for seq, client_id in ((4, "q1"), (2, "q2")):
        ledger.sending(client_id, "t")
        ledger.acked(Ack(client_id, seq, f"m{seq}", "", "c"))
    history = [message(2, "customer", "q2"), message(3, "bot"), message(4, "customer", "q1"), message(5, "bot")]
    assert kinds(check([ledger], {"c": history})) == {"out_of_order"}


def test_messages_on_their_way_together_may_land_in_any_order() -> None:
    ledger = Ledger()
    ledger.sending("q1", "t")
    ledger.sending("q2", "t")
    ledger.acked(Ack("q1", 4, "m4", "", "c"))
    ledger.acked(Ack("q2", 2, "m2", "", "c"))
    history = [message(2, "customer", "q2"), message(4, "customer", "q1"), message(5, "bot")]
    assert check([ledger], {"c": history}) == []


def test_another_text_or_another_place_is_altered() -> None:
    ledger, history = a_conversation()
    changed = [dataclasses.replace(history[0], text="other"), *history[1:]]
    assert kinds(check([ledger], {"c": changed})) == {"altered"}
    moved = [dataclasses.replace(entry, seq=entry.seq + 1) for entry in history]
    assert kinds(check([ledger], {"c": moved})) == {"altered"}


@pytest.mark.parametrize("kind", ["customer", "agent"])
def test_a_message_nobody_sent_is_a_phantom(kind: str) -> None:
    ledger, history = a_conversation()
    history += [message(6, kind, "never sent"), message(7, "system")]
    assert kinds(check([ledger], {"c": history})) == {"phantom"}


def test_a_customer_who_hears_nothing_is_silent() -> None:
    ledger, history = a_conversation()
    assert kinds(check([ledger], {"c": history[:3]})) == {"silent"}
    assert check([ledger], {"c": history[:3]}, held=frozenset("c")) == []


@pytest.mark.parametrize("kind", ["bot", "agent", "system"])
def test_an_answer_a_person_or_a_notice_ends_the_silence(kind: str) -> None:
    ledger, history = a_conversation()
    assert check([ledger], {"c": [*history[:3], message(5, kind)]}, allows_strangers=True) == []


def test_who_was_told_that_a_person_comes_is_not_silent() -> None:
    ledger, history = a_conversation()
    told = dataclasses.replace(message(3, "system"), content={"notice": "handed_off"})
    assert check([ledger], {"c": [history[0], told, history[2]]}) == []
    assert kinds(check([ledger], {"c": [history[0], told, message(4, "bot"), *history[2:3]]})) >= {"silent"}


def test_one_answer_may_serve_several_messages_but_not_the_other_way_round() -> None:
    ledger, history = a_conversation()
    assert check([ledger], {"c": [history[0], history[2], history[3]]}) == []
    assert kinds(check([ledger], {"c": [*history, message(6, "bot")]})) == {"answered_twice"}


def test_the_bot_must_not_speak_after_the_hand_off_until_it_is_given_back() -> None:
    log = [fact(1, "started"), message(2, "customer"), message(3, "bot"), fact(4, "handed_off"), message(5, "customer")]
    assert check_holder("c", log) == []
    assert kinds(check_holder("c", [*log, message(6, "bot")])) == {"late_bot"}
    assert check_holder("c", [*log, fact(6, "given_back"), message(7, "bot")]) == []


def test_only_the_agent_who_holds_it_may_speak() -> None:
    log = [fact(1, "started"), fact(2, "handed_off"), fact(3, "claimed", agent_id=ANNA), message(4, "agent", by=ANNA)]
    assert check_holder("c", log) == []
    assert kinds(check_holder("c", [*log, message(5, "agent", by=BEN)])) == {"two_holders"}
    assert check_holder("c", [*log, dataclasses.replace(message(5, "agent", by=BEN), is_note=True)]) == []
    taken = fact(5, "claimed", agent_id=BEN, from_holder="agent")
    assert check_holder("c", [*log, taken, message(6, "agent", by=BEN)]) == []


def test_two_agents_must_not_take_it_from_the_queue() -> None:
    log = [fact(1, "started"), fact(2, "handed_off"), fact(3, "claimed", agent_id=ANNA, from_holder="queue")]
    assert check_holder("c", log) == []
    assert kinds(check_holder("c", [*log, fact(4, "claimed", agent_id=BEN, from_holder="queue")])) == {"two_holders"}


def test_a_gap_in_the_full_log_is_out_of_order() -> None:
    assert kinds(check_holder("c", [fact(1, "started"), message(3, "customer")])) == {"out_of_order"}


def test_a_ledger_on_disk_has_every_line_before_it_goes_on(tmp_path: Path) -> None:
    with Ledger.on_disk(tmp_path / "ledger") as ledger:
        ledger.sending("q1", "t")
        assert '"send": "q1"' in (tmp_path / "ledger").read_text()
        ledger.acked(Ack("q1", 2, "m2", "", "c"))
        assert '"ack": "q1"' in (tmp_path / "ledger").read_text()
