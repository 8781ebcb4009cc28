"""Tongxi: customer service where an AI first line and people work on the same conversation."""

__version__ = "0.1.0"
