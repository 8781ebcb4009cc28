"""Web origins a widget may be embedded from: how they are written down and matched. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

ANY = "*"
"""Every site; for public demonstrations."""
_PORTS = {"http": 80, "https": 443}


def normal_origin(text: str) -> str:
    """Write an origin as browsers send it: `https://shop.example`, also `https://*.shop.example` and `*`.

    Raises: `ValueError` when it is no http(s) origin, or carries a path.
    """
    if text == ANY:
        return ANY
    parts = urlsplit(text.strip())
    host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    wrong = (
        parts.scheme not in _PORTS or not host or parts.path not in ("", "/") or parts.query or parts.fragment
        or "@" in parts.netloc or any(c in host for c in " ;,'\"")
    )  # fmt: skip
    if wrong or "*" in host.removeprefix("*.") or host == "*.":
        raise ValueError(f"{text!r} is no origin; write it like https://shop.example or https://*.shop.example")
    if ":" in host:
        host = f"[{host}]"
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def matches(origin: str, allowed: Iterable[str]) -> bool:
    """Whether an `Origin` header's value is covered by normalised entries; `*.` covers subdomains, not the apex."""
    for entry in allowed:
        if entry in (ANY, origin):
            return True
        scheme, wildcard, rest = entry.partition("://*.")
        if wildcard and origin.startswith(f"{scheme}://") and origin.endswith(f".{rest}"):
            middle = origin[len(scheme) + 3 : -len(rest) - 1]
            if middle and all(c.isalnum() or c in ".-" for c in middle):
                return True
    return False
