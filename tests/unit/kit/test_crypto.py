"""Sealing, tokens, codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.kit.crypto import Unreadable, Vault, derived_code, digest, new_token, same

VAULT = Vault("a secret for tests, long enough")


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.text(max_size=40, alphabet="abc:1"))
def test_what_is_sealed_opens_in_its_place_only(secret: str, scope: str) -> None:
    sealed = VAULT.seal(secret, scope=scope)
    assert VAULT.unseal(sealed, scope=scope) == secret
    with pytest.raises(Unreadable):
        VAULT.unseal(sealed, scope=scope + "x")
    with pytest.raises(Unreadable):
        Vault("another secret for tests").unseal(sealed, scope=scope)


def test_a_changed_value_does_not_open() -> None:
    sealed = VAULT.seal("secret", scope="a")
    assert sealed != VAULT.seal("secret", scope="a")
    for wrong in ("", "v1.", "v1.AAAA", sealed[:-4] + "AAAA", "v2." + sealed[3:], sealed + "!"):
        with pytest.raises(Unreadable):
            VAULT.unseal(wrong, scope="a")


def test_tokens_are_long_and_different() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 43 for token in tokens)
    assert len(digest("\ud800")) == 32


def test_codes_can_be_read_aloud() -> None:
    code = derived_code("secret", "first owner")
    assert code == derived_code("secret", "first owner")
    assert code != derived_code("secret", "other")
    assert len(code) == 11
    assert not set("IO01") & set(code)


def test_comparison_takes_texts_and_bytes() -> None:
    assert same("ä", "ä")
    assert same("a", b"a")
    assert not same("a", "b")
