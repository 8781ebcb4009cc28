"""Rules of the identity token (docs/how-to/verify-customers.md)."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import OctKey, RSAKey

from tongxi.contacts.identity import Identity, IdentityInvalid, IdentityKey, one_line, verify

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOW = int(AT.timestamp())
KEY = IdentityKey("k2", "the newest key of the inbox, 256 bits of it")
OLD = IdentityKey("k1", "the key before it, still good for a while")
GOOD: dict[str, Any] = {"sub": "u_123", "aud": "shop-zh", "exp": NOW + 300}


def signed(claims: dict[str, Any] | bytes, *, key: IdentityKey = KEY, **header: Any) -> str:
    header = {"alg": "HS256", "typ": "JWT"} | header
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return jws.serialize_compact(header, body, OctKey.import_key(key.secret), algorithms=[header["alg"]])


def raw(header: Any, claims: Any, signature: bytes = b"x" * 32) -> str:
    """A token put together by hand, for headers no library would write."""
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def check(token: str, *, audience: str = "shop-zh", at: datetime = AT) -> Identity:
    return verify(token, keys=[KEY, OLD], audience=audience, at=at)


def refusal(token: str, **options: Any) -> str:
    with pytest.raises(IdentityInvalid) as caught:
        check(token, **options)
    return str(caught.value.fields["reason"])


def test_a_good_token_gives_the_identity_and_its_signed_attributes() -> None:
    token = signed(GOOD | {"name": "李雷", "email": "li@example.com", "phone": 13800138000, "tier": "gold", "x": [1]})
    assert check(token) == Identity("u_123", "李雷", "li@example.com", "13800138000", "gold")


def test_user_id_does_as_well_as_sub_but_they_must_agree() -> None:
    claims = {name: value for name, value in GOOD.items() if name != "sub"}
    assert check(signed(claims | {"user_id": "u_9"})).external_id == "u_9"
    assert check(signed(GOOD | {"user_id": "u_123"})).external_id == "u_123"
    assert refusal(signed(GOOD | {"user_id": "u_9"})) == "subject"
    assert refusal(signed(claims)) == "subject"


@pytest.mark.parametrize("subject", ["用户 7", "u 😀 A", "UPPER@Case", " leading and trailing ", "👩‍👩‍👧"])
def test_the_identifier_is_kept_byte_by_byte(subject: str) -> None:
    assert check(signed(GOOD | {"sub": subject})).external_id == subject


@pytest.mark.parametrize("subject", ["", "  ", "\t", "a\nb", "a\0b", "a\u202eb", "x" * 201])
def test_an_empty_hidden_or_endless_identifier_is_refused(subject: str) -> None:
    assert refusal(signed(GOOD | {"sub": subject})) == "subject"


@pytest.mark.parametrize("subject", [7, True, None, ["u"], {"a": 1}, 1.0])
def test_an_identifier_that_is_no_text_is_refused(subject: Any) -> None:
    assert refusal(signed(GOOD | {"sub": subject})) in ("claims", "subject")


def test_a_lone_surrogate_is_refused() -> None:
    assert refusal(signed(b'{"sub":"\\ud800","aud":"shop-zh","exp":%d}' % (NOW + 60))) == "claims"


def test_a_wrong_secret_is_refused() -> None:
    assert refusal(signed(GOOD, key=IdentityKey("k2", "another secret altogether, also long"))) == "signature"


def test_a_changed_token_is_refused() -> None:
    head, body, mac = signed(GOOD).split(".")
    forged = urlsafe_b64encode(json.dumps(GOOD | {"sub": "admin"}).encode()).rstrip(b"=").decode()
    assert refusal(f"{head}.{forged}.{mac}") == "signature"
    assert refusal(f"{head}.{body}.{mac[:-2]}AA") == "signature"
    assert refusal(f"{head}.{body}.") in ("signature", "malformed")


def test_both_active_keys_count_with_and_without_kid() -> None:
    for key in (KEY, OLD):
        assert check(signed(GOOD, key=key)).external_id == "u_123"
        assert check(signed(GOOD, key=key, kid=key.id)).external_id == "u_123"


def test_an_unknown_or_another_keys_kid_is_refused() -> None:
    assert refusal(signed(GOOD, kid="k0")) == "key"
    assert refusal(signed(GOOD, key=KEY, kid=OLD.id)) == "signature"


def test_without_any_key_nothing_is_accepted() -> None:
    with pytest.raises(IdentityInvalid):
        verify(signed(GOOD), keys=[], audience="shop-zh", at=AT)


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "hs256", "HS384", "HS512", "RS256", "ES256", "", None, 5, ["HS256"]]
)
def test_no_other_algorithm_is_accepted(alg: Any) -> None:
    assert refusal(raw({"alg": alg, "typ": "JWT"}, GOOD)) in ("algorithm", "malformed")
    assert refusal(raw({"alg": alg}, GOOD, b"")) in ("algorithm", "malformed")


def test_hs384_with_the_right_key_is_refused() -> None:
    assert refusal(signed(GOOD, alg="HS384")) == "algorithm"


def test_keys_are_not_confused_between_rsa_and_hmac() -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    by_rsa = jwt.encode({"alg": "RS256"}, dict(GOOD), RSAKey.import_key(private), algorithms=["RS256"])
    assert refusal(by_rsa) == "algorithm"
    with_public_key = signed(GOOD, key=IdentityKey("k2", public.decode().replace("-----BEGIN", "_")))
    assert refusal(with_public_key) == "signature"


@pytest.mark.parametrize(
    "extra",
    [
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"jwk": {"kty": "oct", "k": "eA"}},
        {"x5c": ["MIIB"]},
        {"crit": ["exp"]},
        {"b64": False, "crit": ["b64"]},
    ],
)
def test_headers_that_choose_the_key_are_refused(extra: dict[str, Any]) -> None:
    assert refusal(raw({"alg": "HS256"} | extra, GOOD)) in ("header", "malformed")


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "eyJhbGciOiJIUzI1NiJ9..", "null", "\ud800.b.c", "a b c"],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refusal(token) in ("malformed", "signature")


@pytest.mark.parametrize("header", [[], 1, "HS256", None, {}])
def test_a_header_that_is_none_is_refused(header: Any) -> None:
    assert refusal(raw(header, GOOD)) in ("malformed", "algorithm")


@given(st.text(max_size=300))
def test_no_text_makes_it_fail_otherwise(token: str) -> None:
    with pytest.raises(IdentityInvalid):
        check(token)


def test_an_oversized_token_is_refused_before_anything_else() -> None:
    assert refusal(signed(GOOD | {"x": "y" * 5000})) == "too_large"


@pytest.mark.parametrize("payload", [b"[]", b"null", b"1", b"", b"{", b'"x"', b"\xff"])
def test_claims_that_are_no_object_are_refused(payload: bytes) -> None:
    assert refusal(signed(payload)) == "claims"


def test_exp_is_required_and_holds_with_a_minute_of_leeway() -> None:
    assert refusal(signed({"sub": "u", "aud": "shop-zh"})) == "claims"
    assert refusal(signed(GOOD | {"exp": NOW - 60})) == "expired"
    assert check(signed(GOOD | {"exp": NOW - 59})).external_id
    for value in (True, "soon", None, float("inf")):
        assert refusal(signed(json.dumps(GOOD | {"exp": value}).encode())) == "claims"


def test_exp_lies_at_most_a_day_ahead() -> None:
    day = int(timedelta(hours=24).total_seconds())
    assert check(signed(GOOD | {"exp": NOW + day + 60})).external_id
    assert refusal(signed(GOOD | {"exp": NOW + day + 61})) == "too_far_ahead"
    assert refusal(signed(GOOD | {"exp": 10**300})) == "too_far_ahead"


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_token_from_the_future_is_not_valid_yet(claim: str) -> None:
    assert check(signed(GOOD | {claim: NOW + 60})).external_id
    assert refusal(signed(GOOD | {claim: NOW + 61})) == "not_yet_valid"


def test_the_audience_is_required_and_is_this_inbox() -> None:
    claims = {name: value for name, value in GOOD.items() if name != "aud"}
    assert refusal(signed(claims)) == "claims"
    assert refusal(signed(GOOD | {"aud": "other"})) == "audience"
    assert refusal(signed(GOOD | {"aud": []})) == "audience"
    assert check(signed(GOOD | {"aud": ["other", "shop-zh"]})).external_id
    assert refusal(signed(GOOD), audience="other") == "audience"


def test_signed_attributes_are_one_plain_line_each() -> None:
    found = check(signed(GOOD | {"name": " a\u202e\0b\r\nc " + "x" * 300, "email": None}))
    assert found.name is not None
    assert found.name.startswith("ab c")
    assert len(found.name) <= 120
    assert found.email is None
    assert refusal(signed(GOOD | {"name": {"a": 1}})) == "claims"


def test_the_secret_is_not_shown() -> None:
    assert KEY.secret not in repr(KEY)


@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_line(text: str, limit: int) -> None:
    made = one_line(text, limit)
    assert len(made) <= limit
    assert made.isprintable() or all(
        char in "\u200c\u200d" or char.isprintable() or not char.isascii() for char in made
    )
    assert one_line(made, limit) == made
