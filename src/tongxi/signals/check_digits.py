"""Check digits of identity, card and account numbers. Pure.

Sources: GB 11643 (mainland identity number, ISO 7064 MOD 11-2); ISO/IEC 7812 (Luhn); ISO 13616 (IBAN, MOD 97-10).
"""

from __future__ import annotations


def identity_number(number: str) -> bool:
    """Whether 18 characters are a mainland identity number with a right check character."""
    if len(number) != 18 or not number[:17].isdigit():
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def luhn(number: str) -> bool:
    """Whether digits pass the check of payment cards."""
    if not number.isdigit():
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban(number: str) -> bool:
    """Whether an IBAN without blanks has right check digits."""
    if not 15 <= len(number) <= 34 or not number.isascii() or not number.isalnum():
        return False
    moved = number[4:] + number[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1
