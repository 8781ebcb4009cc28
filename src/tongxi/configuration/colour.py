"""Contrast of two colours. Pure. Source: WCAG 2.2, relative luminance and contrast ratio."""

from __future__ import annotations

AA_TEXT = 4.5
"""Least contrast of text of normal size."""


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB`, 0…1."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1…21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
