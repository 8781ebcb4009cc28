"""A system that keeps failing is left alone, and tried again now and then."""

from tongxi.kit.breaker import Breaker


def test_calls_pass_until_five_failures_in_a_row() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker.failed(0)
    assert breaker.allows(0)
    breaker.failed(0)
    assert not breaker.allows(0)


def test_a_success_forgives_earlier_failures() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker.failed(0)
    breaker.succeeded()
    breaker.failed(0)
    assert breaker.allows(0)


def test_after_the_rest_one_trial_call_passes_and_no_second() -> None:
    breaker = Breaker()
    for _ in range(5):
        breaker.failed(0)
    assert not breaker.allows(9.9)
    assert breaker.allows(10)
    assert not breaker.allows(10)


def test_a_failed_trial_opens_it_again_and_a_good_one_closes_it() -> None:
    breaker = Breaker()
    for _ in range(5):
        breaker.failed(0)
    assert breaker.allows(10)
    breaker.failed(10.5)
    assert not breaker.allows(20.4)
    assert breaker.allows(20.5)
    breaker.succeeded()
    assert breaker.allows(20.6)
    assert breaker.allows(20.6)
