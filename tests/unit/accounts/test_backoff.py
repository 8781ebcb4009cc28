"""How the pause grows."""

from datetime import timedelta

from tongxi.accounts.backoff import ACCOUNT, account_key


def test_the_first_ones_are_free_then_it_doubles_up_to_a_quarter_of_an_hour() -> None:
    pauses = [ACCOUNT.pause(failures).total_seconds() for failures in (0, 4, 5, 6, 7, 8, 20, 10_000)]
    assert pauses == [0, 0, 15, 30, 60, 120, 900, 900]
    assert ACCOUNT.pause(10_000) == timedelta(minutes=15)


def test_an_account_is_one_however_it_is_typed_and_not_readable() -> None:
    assert account_key(" Lin@Shop.example ") == account_key("lin@shop.example")
    assert "lin" not in account_key("lin@shop.example")
    assert account_key("\ud800") != account_key("")
