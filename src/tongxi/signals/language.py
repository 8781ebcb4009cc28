"""Which of the product's languages a customer writes."""

from tongxi.kit.language import detect_language

__all__ = ["detect_language"]
