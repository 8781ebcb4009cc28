"""Which passwords are accepted."""

import pytest

from tongxi.accounts.passwords import WeakPassword, accept, fits, hashed, weakness


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "too_short"), ("123456789", "too_short"), ("x" * 201, "too_long"), ("1234567890", "too_common"),
        ("Password123!", "too_common"), ("PASSWORD2026", "too_common"), ("aaaaaaaaaaaa", "too_common"),
        ("abababababab", "too_common"), ("abcdefghijkl", "too_common"), ("ｐａｓｓｗｏｒｄ１２３", "too_common"),
        ("lin.chen@shop.example", "contains_account"), ("lin.chen-2026!", "contains_account"),
        ("correct horse", None), ("同席同席同席一二三四", None), ("Zk4%hq9!pLw2", None),
    ],
)  # fmt: skip
def test_weak_passwords_are_named(password: str, reason: str | None) -> None:
    assert weakness(password, email="Lin.Chen@shop.example", name="Lin") == reason


def test_the_reason_goes_to_the_screen() -> None:
    with pytest.raises(WeakPassword) as refused:
        accept("short")
    assert refused.value.fields == {"reason": "too_short"}


async def test_a_hash_fits_its_password_only() -> None:
    stored = await hashed("cafe\u0301 is long enough")
    assert stored.startswith("$argon2id$")
    assert await fits("caf\u00e9 is long enough", stored)
    assert not await fits("cafe is long enough", stored)
    assert not await fits("anything", None)
    assert not await fits("x" * 100_000, stored)
