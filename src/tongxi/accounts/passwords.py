"""Passwords: which are accepted, and their argon2id hashes, computed beside the event loop."""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from tongxi.kit.errors import AppError

SHORTEST: Final = 10
LONGEST: Final = 200
"""Characters; longer ones only cost time."""

_hasher = PasswordHash((Argon2Hasher(),))
_workers = ThreadPoolExecutor(2, thread_name_prefix="argon2")
"""A hash takes about 0.1 s of a core and 64 MB: never more than two at a time."""
_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$Tm9ib2R5SGFzVGhpc1NhbHQ$bm9ib2R5IGhhcyB0aGlzIHBhc3N3b3JkLCBldmVyISE"
"""Hash of no password: checking it costs what checking a real one does."""


class WeakPassword(AppError):
    """Choose another password."""

    code = "weak_password"
    status = 422


def weakness(password: str, *, email: str = "", name: str = "") -> str | None:
    """Code of what is wrong with a new password; None when it is accepted. Pure.

    Codes: `too_short`, `too_long`, `too_common`, `contains_account`.
    """
    if len(password) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    plain = unicodedata.normalize("NFKC", password).casefold()
    stem = plain.rstrip("0123456789!@#$.?* ")
    if plain in COMMON or stem in COMMON or len(set(plain)) < 4 or _is_run(plain):
        return "too_common"
    own = {email.casefold(), email.partition("@")[0].casefold(), name.casefold()}
    if any(word and (plain == word or (len(word) >= 5 and word in plain)) for word in own):
        return "contains_account"
    return None


def accept(password: str, *, email: str = "", name: str = "") -> None:
    """Raises: `WeakPassword` with `reason`."""
    reason = weakness(password, email=email, name=name)
    if reason is not None:
        raise WeakPassword(_SAID[reason], reason=reason)


async def hashed(password: str) -> str:
    """Hash a password with argon2id; about 0.1 s."""
    return await asyncio.get_running_loop().run_in_executor(_workers, _hasher.hash, _bytes(password))


async def fits(password: str, stored: str | None) -> bool:
    """Whether a password belongs to a stored hash. Without a hash it takes as long and is False."""
    if len(password) > LONGEST:
        password, stored = "", None
    fit = await asyncio.get_running_loop().run_in_executor(_workers, _verify, _bytes(password), stored or _NOBODY)
    return fit and stored is not None


def _verify(password: bytes, stored: str) -> bool:
    return _hasher.verify(password, stored)


def _bytes(password: str) -> bytes:
    # The same password typed on two systems: composed and decomposed characters are one.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _is_run(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1 and steps <= {1, -1}


_SAID: Final = {
    "too_short": f"The password needs at least {SHORTEST} characters.",
    "too_long": f"The password may have at most {LONGEST} characters.",
    "too_common": "This password is among the first that are tried; choose another one.",
    "contains_account": "The password must not contain your name or e-mail address.",
}

COMMON: Final = frozenset(
    """
    password passw0rd p@ssw0rd p@ssword passwort password1 mypassword yourpassword password123 passwordpassword
    qwertyuiop qwerty qwerty123 qwertyui 1q2w3e4r5t 1q2w3e4r 1qaz2wsx3edc 1qaz2wsx qazwsxedc asdfghjkl zxcvbnm
    asdfghjkl; qweasdzxc q1w2e3r4t5 abcd1234 abc123 a123456 a123456789 aa123456 a1234567890 12345678910 0123456789
    1234567890 9876543210 0987654321 123456789a 1234567891 123456789 12345678 123123123 123123123123 1111111111
    0000000000 5201314 52013145 5201314520 woaini woaini1314 woaini520 iloveyou iloveyou1 iloveyou123 ilovemyself
    administrator admin admin123 admin1234 admin12345 admin123456 adminadmin root rootroot toor letmein letmein123
    welcome welcome1 welcome123 changeme changeme123 changeit default secret secret123 topsecret trustno1
    football baseball basketball superman batman dragon monkey master shadow sunshine princess michael jennifer
    computer internet samsung starwars whatever freedom hello helloworld hello123 loveyou qq123456 qq123456789
    wang123456 zhang123456 li123456 test testtest test123 test1234 testing guest guest123 user user1234 demo
    demodemo tongxi tongxi123 customerservice kefu kefu123456 mima mima123456 temp temporary secure security
    """.split()
)
"""Those most often found in lists of leaked passwords, with and without trailing digits."""
