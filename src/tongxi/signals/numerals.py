"""Chinese numerals as numbers: 两百五 → 250, 十二 → 12. Pure."""

from __future__ import annotations

NUMBER = r"[零一二两三四五六七八九十百千万]{1,7}"
"""A pattern for a number written with numerals."""

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1_000}


def number(written: str) -> int:
    """The number behind digits or numerals; a trailing digit after 百, 千 or 万 counts one place lower (两百五 is 250).

    Raises: `ValueError` if it is neither.
    """
    if written.isdigit():
        return int(written)
    if not any(character in "十百千万" for character in written):
        return int("".join(str(_DIGITS[character]) for character in written))
    total, section, digit, unit = 0, 0, 0, 1
    for character in written:
        if character in _UNITS:
            section += (digit or 1) * _UNITS[character]
            digit, unit = 0, _UNITS[character] // 10
        elif character == "万":
            total, section, digit, unit = (section + digit) * 10_000, 0, 0, 1_000
        elif character == "零":
            unit = 1
        elif character in _DIGITS:
            digit = _DIGITS[character]
        else:
            raise ValueError(f"{written!r} is no number")
    return total + section + digit * unit
