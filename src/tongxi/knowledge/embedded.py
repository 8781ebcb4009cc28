"""Pictures as files name or hold them, brought to one kind of mark. Pure.

What a file holds itself (a picture of a Word document, a `data:` address) is called `embedded:<n>` until it is kept.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as BadBase64
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tongxi.knowledge.marks import MAX_MEDIA, mark

SCHEME: Final = "embedded:"
MAX_EMBEDDED: Final = 4 * MAX_MEDIA
"""Pictures of one file; further ones are reported as one too many."""
DECORATION: Final = 40
"""A picture that the page shows smaller than so many pixels high or wide is an ornament."""

_DATA = re.compile(r"^data:([\w.+-]+/[\w.+-]+)?(?:;[\w=.-]+)*?(;base64)?,", re.IGNORECASE)
_DATA_MARK = re.compile(r"!\[([^\[\]\n]{0,500})\]\(\s*(data:[^()\s]+)(?:\s+\"[^\"\n]{0,500}\")?\s*\)")
_REFERENCE = re.compile(r"!\[([^\[\]\n]{0,500})\]\[([^\[\]\n]{0,200})\]")
_DEFINITION = re.compile(
    r'^ {0,3}\[([^\[\]\n]{1,200})\]:[ \t]*<?(\S+?)>?(?:[ \t]+["\'(]([^"\')\n]*)["\')])?[ \t]*$', re.MULTILINE
)
_TAG = re.compile(r"<img\s[^<>]{1,5000000}>", re.IGNORECASE)
_LAZY = ("data-src", "data-original", "data-lazy-src", "src")
_SAFE: Final = "/:?#[]@!$&'*+,;=%~-._"
"""What an address keeps; brackets, quotes and spaces would end the mark."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture out of a file."""

    name: str
    data: bytes


@dataclass(slots=True)
class Carried:
    """The pictures one file holds itself, in order."""

    pictures: list[Picture] = field(default_factory=list)

    def add(self, data: bytes, name: str = "") -> str:
        """Keep a picture; gives what to call it in a mark."""
        if len(self.pictures) < MAX_EMBEDDED:
            self.pictures.append(Picture(name or f"picture-{len(self.pictures) + 1}", data))
        return f"{SCHEME}{len(self.pictures)}"


def held(target: str, pictures: tuple[Picture, ...]) -> Picture | None:
    """The picture that a mark calls `embedded:<n>`."""
    number = target.removeprefix(SCHEME)
    return pictures[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(pictures) else None


def in_markdown(text: str, carried: Carried) -> str:
    """Every way that Markdown has to show a picture as a mark; pictures inside the text go to `carried`."""
    if "![" in text:
        text = _DATA_MARK.sub(lambda found: _mark(found[2], found[1], "", carried), text)
        defined = {found[1].strip().lower(): found for found in _DEFINITION.finditer(text)}

        def resolved(found: re.Match[str]) -> str:
            one = defined.get((found[2] or found[1]).strip().lower())
            return _mark(one[2], found[1], one[3] or "", carried) if one else found[0]

        text = _REFERENCE.sub(resolved, text)
    return _TAG.sub(lambda found: _of_tag(found[0], carried), text) if "<img" in text.lower() else text


def in_page(tree: LexborHTMLParser, carried: Carried) -> None:
    """Make every picture of a page a text that is its mark; ornaments go."""
    for image in tree.css("h1 img, h2 img, h3 img, h4 img, h5 img, h6 img, pre img, title img"):
        image.decompose()
    for figure in tree.css("figure"):
        caption, images = figure.css_first("figcaption"), figure.css("img")
        if caption is not None and images:
            images[-1].attrs["title"] = " ".join((caption.text(deep=True) or "").split())
            caption.decompose()
    for image in tree.css("img"):
        image.replace_with(f" {_of_node(image, carried)} ")


def _of_tag(tag: str, carried: Carried) -> str:
    node = LexborHTMLParser(tag).css_first("img")
    return _of_node(node, carried) if node is not None else ""


def _of_node(node: LexborNode, carried: Carried) -> str:
    said = {name: (value or "").strip() for name, value in node.attributes.items()}
    target = next((said[name] for name in _LAZY if said.get(name)), "")
    # An empty alternative text is how a page says that a picture is an ornament (HTML, section 4.8.4.4).
    is_ornament = ("alt" in said and not said["alt"] and not said.get("title")) or said.get("role") == "presentation"
    if not target or is_ornament or any(_is_small(said.get(side, "")) for side in ("width", "height")):
        return ""
    alt, title = said.get("alt", ""), said.get("title", "")
    return _mark(target, alt, title if title != alt else "", carried)


def _is_small(side: str) -> bool:
    number = re.match(r"\d+(?=(?:px)?$)", side)
    return number is not None and int(number[0]) < DECORATION


def _mark(target: str, alt: str, caption: str, carried: Carried) -> str:
    if target.lower().startswith("data:"):
        data = _data(target)
        if data is None:
            return ""
        target = carried.add(data)
    return mark(quote(target, safe=_SAFE), alt, caption)


def _data(address: str) -> bytes | None:
    found = _DATA.match(address)
    if found is None:
        return None
    raw = address[found.end() :]
    try:
        return (b64decode(unquote_to_bytes(raw)) if found[2] else unquote_to_bytes(raw)) or None
    except (BadBase64, ValueError):
        return None
