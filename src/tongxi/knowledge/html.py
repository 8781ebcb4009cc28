"""HTML to the Markdown subset of articles: headings, paragraphs, lists, tables, links, emphasis, code, pictures. Pure.

Everything else is dropped: scripts, styles, navigation, forms, frames, attributes; links keep only http(s), mailto.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tongxi.knowledge.embedded import Carried, in_page

_DROPPED = (
    "script,style,noscript,template,nav,header,footer,aside,form,iframe,object,embed,svg,canvas,video,audio,button,input,"
    "select,textarea,dialog,[hidden],[role=navigation],[role=banner],[role=contentinfo],[aria-hidden=true]"
)
_INVISIBLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:opacity|font-size)\s*:\s*0(?![.\d]*[1-9])", re.IGNORECASE
)
"""Text that no reader of the page sees is no knowledge."""
_BLOCKS = frozenset(
    "p div section article main body ul ol li table tr blockquote pre h1 h2 h3 h4 h5 h6 dl dt dd figure hr details "
    "summary".split()
)
_SAFE_LINK = re.compile(r"^(?:https?://|mailto:)[^\s()<>]+$", re.IGNORECASE)
_BLANK = re.compile(r"[ \t\r\n\f\u00a0]+")
MAX_DEPTH = 200
"""Elements nested deeper are read as their text."""


def to_markdown(html: str, carried: Carried | None = None) -> tuple[str, str]:
    """Title and Markdown body of a page; the title is its first h1, else <title>, else "".

    Pictures are marks that name them as the page does; those the page holds itself go to `carried`.
    """
    tree = LexborHTMLParser(html)
    _prune(tree)
    in_page(tree, carried if carried is not None else Carried())
    root = tree.css_first("main") or tree.css_first("article") or tree.body
    named = tree.css_first("title")
    title = _text(named) if named else ""
    if root is None:
        return title, ""
    heading = root.css_first("h1")
    if heading is not None and _text(heading):
        title = _text(heading)
        heading.decompose()
    return title, re.sub(r"\n{3,}", "\n\n", "\n\n".join(_blocks(root, 0))).strip()


@dataclass(frozen=True, slots=True)
class Links:
    """Where a page points, as it says it."""

    targets: tuple[str, ...]
    base: str
    canonical: str
    may_index: bool
    may_follow: bool


def links(html: str) -> Links:
    """The page's links, with what it asks of robots."""
    tree = LexborHTMLParser(html)
    base = tree.css_first("base[href]")
    canonical = tree.css_first("link[rel=canonical]")
    said = ",".join((node.attributes.get("content") or "") for node in tree.css("meta[name=robots i]")).lower()
    targets = dict.fromkeys(
        (node.attributes.get("href") or "").strip()
        for node in tree.css("a[href]")
        if "nofollow" not in (node.attributes.get("rel") or "")
    )
    return Links(
        targets=tuple(target for target in targets if target),
        base=((base.attributes.get("href") or "") if base else "").strip(),
        canonical=((canonical.attributes.get("href") or "") if canonical else "").strip(),
        may_index="noindex" not in said and "none" not in said,
        may_follow="nofollow" not in said and "none" not in said,
    )


def _prune(tree: LexborHTMLParser) -> None:
    for node in tree.css(_DROPPED):
        node.decompose()
    for node in tree.css("[style]"):
        if _INVISIBLE.search(node.attributes.get("style") or ""):
            node.decompose()


def _text(node: LexborNode) -> str:
    return _BLANK.sub(" ", node.text(deep=True)).strip()


def _children(node: LexborNode) -> list[LexborNode]:
    return list(node.iter(include_text=True))


def _blocks(node: LexborNode, depth: int) -> list[str]:
    """The node's content as Markdown blocks; loose text between blocks is a paragraph."""
    if depth > MAX_DEPTH:
        return [_text(node)] if _text(node) else []
    blocks: list[str] = []
    loose: list[str] = []

    def close() -> None:
        paragraph = _tidy("".join(loose))
        loose.clear()
        if paragraph:
            blocks.append(paragraph)

    for child in _children(node):
        if child.tag in _BLOCKS:
            close()
            blocks += _block(child, depth + 1)
        else:
            loose.append(_inline(child, depth + 1))
    close()
    return blocks


def _block(node: LexborNode, depth: int) -> list[str]:
    tag = node.tag or ""
    if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        text = _text(node)
        return [f"{'#' * max(2, int(tag[1]))} {text}"] if text else []
    if tag in {"ul", "ol"}:
        lines = _list(node, depth, 0)
        return ["\n".join(lines)] if lines else []
    if tag == "table":
        return _table(node)
    if tag == "pre":
        return [f"```\n{node.text(deep=True).strip(chr(10))}\n```"]
    if tag == "blockquote":
        return ["\n".join(f"> {line}" for line in "\n\n".join(_blocks(node, depth)).split("\n"))]
    if tag == "dt":
        return [f"**{_text(node)}**"] if _text(node) else []
    if tag == "hr":
        return []
    return _blocks(node, depth)


def _list(node: LexborNode, depth: int, level: int) -> list[str]:
    lines: list[str] = []
    number = 0
    if depth > MAX_DEPTH:
        return [f"- {_text(node)}"]
    for item in _children(node):
        if item.tag != "li":
            continue
        number += 1
        mark = f"{number}." if node.tag == "ol" else "-"
        loose: list[str] = []
        nested: list[str] = []
        for child in _children(item):
            if child.tag in {"ul", "ol"}:
                nested += _list(child, depth + 1, level + 1)
            elif child.tag in _BLOCKS:
                loose += [" ", " ".join(_block(child, depth + 1)).replace("\n", " ")]
            else:
                loose.append(_inline(child, depth + 1))
        text = _tidy("".join(loose)).replace("\n", " ")
        if text or nested:
            lines.append(f"{'  ' * level}{mark} {text}".rstrip())
            lines += nested
    return lines


def _table(node: LexborNode) -> list[str]:
    rows = [[_text(cell).replace("|", "/") for cell in row.css("th,td")] for row in node.css("tr")]
    rows = [row for row in rows if any(row)]
    if not rows:
        return []
    width = max(map(len, rows))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return ["\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])]


def _inline(node: LexborNode, depth: int) -> str:
    if node.tag == "-text":
        return _BLANK.sub(" ", node.text(deep=False) or "")
    if node.tag == "br":
        return "\n"
    if depth > MAX_DEPTH or node.tag == "-comment":
        return "" if node.tag == "-comment" else _text(node)
    inner = "".join(
        " " + " ".join(_block(child, depth + 1)) + " " if child.tag in _BLOCKS else _inline(child, depth + 1)
        for child in _children(node)
    )
    text = inner.strip()
    if not text or "![" in text:  # a picture is neither a link nor bold
        return inner
    before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
    match node.tag:
        case "a":
            target = (node.attributes.get("href") or "").strip()
            if _SAFE_LINK.match(target):
                return f"{before}[{text.replace('[', '(').replace(']', ')')}]({target}){after}"
        case "strong" | "b":
            return f"{before}**{text}**{after}"
        case "em" | "i":
            return f"{before}*{text}*{after}"
        case "code":
            return f"{before}`{text}`{after}"
    return inner


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in re.sub(r" +", " ", text).split("\n")).strip()
