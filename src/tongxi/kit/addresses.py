"""Which network addresses are public, whatever notation they hide in. Pure.

Source: the special-purpose registries of IANA (RFC 6890 and its updates), RFC 6052 (NAT64), RFC 3056 (6to4).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_CLOSED_4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "168.63.129.16/32",  # a cloud's own service on a public address
        ),
    )
)  # fmt: skip
_GLOBAL_6: Final = IPv6Network("2000::/3")
_CLOSED_6: Final = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16"))
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_NEVER_4: Final = tuple(
    map(IPv4Network, ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200/32",
                      "168.63.129.16/32", "192.0.0.192/32"))
)  # fmt: skip
_NEVER_6: Final = tuple(map(IPv6Network, ("::/128", "fe80::/10", "ff00::/8", "fd00:ec2::254/128", "fd20:ce::254/128")))


def is_address(text: str) -> bool:
    """Whether it is an address in the usual notation, not a name."""
    return _plain(text) is not None


def is_public(address: str) -> bool:
    """Whether anybody on the internet could be behind it; False for what is not an address."""
    match _plain(address):
        case IPv4Address() as plain:
            return not any(plain in net for net in _CLOSED_4)
        case IPv6Address() as plain:
            return plain in _GLOBAL_6 and not any(plain in net for net in _CLOSED_6)
    return False


def may_be_allowed(address: str) -> bool:
    """Whether an administrator may open it: never link-local, multicast, or where clouds keep their metadata."""
    match _plain(address):
        case IPv4Address() as plain:
            return not any(plain in net for net in _NEVER_4)
        case IPv6Address() as plain:
            tunnelled = plain.sixtofour is not None or plain.teredo is not None
            return not tunnelled and not any(plain in net for net in _NEVER_6)
    return False


def _plain(address: str) -> IPv4Address | IPv6Address | None:
    """The address that packets go to in the end: an IPv4 one is taken out of its IPv6 wrapping."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return found.ipv4_mapped
        if found in _NAT64 or (int(found) >> 32 == 0 and int(found) > 1):
            return IPv4Address(int(found) & 0xFFFFFFFF)
    return found
