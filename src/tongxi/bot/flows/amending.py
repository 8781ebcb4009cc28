"""Putting a value right: the words that say so are taken off, and a part of an address is put into the old one. Pure.

Only what is unambiguous is put together: one place of the old address that the new part can stand for. Everything else
is asked again, so that nobody confirms an address that was guessed.
"""

from __future__ import annotations

import re

from tongxi.kit.text import normalise

MAX_CHARS = 200
SHORT = 40
"""Characters up to which a message may be no more than a part of an address."""

_LEAD = re.compile(
    r"^(?:不是[^,，。]{1,40}[,，]\s*(?:而是|应该是|是)|等一?下|等等|不对|不是|不好意思|抱歉|对不起|哦|噢|啊|呃|额"
    r"|(?:我?[写说填搞打发选])?错了?|(?:门牌号?|房间?号|楼号|单元号?|号码)(?:[写填搞]?错了?|不对)|更正(?:一下)?|应该是|应该|是|改成|改为|换成|其实"
    r"|not [^,]{1,40},\s*(?:but )?"
    r"|(?:no|nope|wait|sorry|oops|actually|hold on|hang on|my mistake|my bad|i meant?|make (?:it|that)|correction"
    r"|rather|it'?s|it is|that'?s|(?:it |that )?should be)\b)[\s,，.。!！:：;；、—-]*",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(
    r"不对|错了|不是|应该是|改成|改为|换成|更正|其实|等等|等一?下"
    r"|\b(?:no|not|wait|sorry|oops|actually|mistake|i meant?|make (?:it|that)|correction|rather|should be|instead)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"[,，;；\s]*(?:不是|而不是|,?\s*\b(?:and )?not\b)\s*[^,，。.;；]{1,20}?[。.!！]*$",
    re.IGNORECASE,
)
"""What it is not, behind what it is: "14号，不是12号"."""
_TAIL = re.compile(r"(?:[\s,，。.!！~～]|才对|的|吧|啊|哦|呢|谢谢|\bplease|\bthanks|\binstead)+$", re.IGNORECASE)
_SWAPS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:把|将)?\s*(?P<old>[^\s,，。]{1,40}?)\s*(?:[写填打]?错了|不对)?[,，\s]*(?:改成|改为|换成|应该是|应为|要写成)\s*(?P<new>[^\s,，。][^,，。]{0,60})",
        r"不是\s*(?P<old>[^\s,，。]{1,40}?)\s*[,，\s]*(?:而是|应该是|是)\s*(?P<new>[^\s,，。][^,，。]{0,60})",
        r"(?:应该)?是?\s*(?P<new>[^\s,，。]{1,60}?)\s*[,，\s]+(?:而)?不是\s*(?P<old>[^\s,，。]{1,40})",
        r"(?:please )?(?:change|replace) (?P<old>.{1,40}?) (?:to|with|by) (?P<new>.{1,60})",
        r"not (?P<old>.{1,40}?),? (?:but|it'?s|it is) (?P<new>.{1,60})",
        r"(?:it'?s |it is |it should be )?(?P<new>.{1,60}?),? (?:and )?not (?P<old>.{1,40})",
        r"(?P<old>.{1,40}?) should (?:be|read|say) (?P<new>.{1,60})",
    )
)
"""Ways to say that one thing stands where another should."""
_ANY_NUMBER = re.compile(r"\d+[a-zA-Z]?")
_UNITS = "号楼|号院|号|栋|幢|座|单元|室|楼|层|弄|巷|期"
_NUMBER = r"(?:\d+(?:-\d+)*|[〇一二三四五六七八九十百]+)[a-zA-Z]?"
_PIECE = re.compile(rf"({_NUMBER})\s*({_UNITS})")
_PIECES = rf"(?:\s*{_NUMBER}\s*(?:{_UNITS}))+"
_ZH_PART = re.compile(_PIECES)
_ZH_ROAD = re.compile(rf"([^\d省市区县,，\s]{{2,10}}?(?:路|街|大道|道|胡同))({_PIECES})")
_FLAT = r"apartment|apt\.?|flat|unit|room|suite|floor|building|block"
_EN_PART = re.compile(
    r"(?:(?:house |street )?(?:number|no\.?|nr\.?)\s*)?(\d+[a-z]?)" rf"|({_FLAT})\s*(?:number|no\.?)?\s*(\d+[a-z]?)",
    re.IGNORECASE,
)
_STREET = r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|way|square|terrace|close|court|ct)"
_EN_ROAD = re.compile(rf"(\d+[a-z]?)\s+((?:[A-Za-z'.-]+\s+){{1,4}}{_STREET})\b\.?", re.IGNORECASE)


def puts_right(text: str) -> bool:
    """Whether words of the message say that something before was wrong."""
    return _SAYS_SO.search(text[:MAX_CHARS]) is not None


def without_lead(text: str) -> str:
    """The text without the words of correction in front of it: "no wait, 14 Harbour Road" → "14 Harbour Road"."""
    rest = text.strip()
    while (shorter := _LEAD.sub("", rest, count=1)) != rest and shorter.strip():
        rest = shorter.strip()
    return rest


def replaced(known: str, text: str) -> str | None:
    """The known value with the words replaced that the message says are wrong: "699号改成599号".

    None: it says nothing of the kind, or the words stand there not just once.
    """
    said = _TAIL.sub("", without_lead(text[:MAX_CHARS]).strip())
    for whole in (said, _TAIL.sub("", text[:MAX_CHARS].strip())):
        for pattern in _SWAPS:
            if (hit := pattern.fullmatch(whole)) is None:
                continue
            old, new = hit["old"].strip(" '\"“”"), hit["new"].strip(" '\"“”")
            if old and known.lower().count(old.lower()) == 1:
                at = known.lower().index(old.lower())
                return f"{known[:at]}{new}{known[at + len(old) :]}"
    return None


def amended(old: str, text: str) -> str | None:
    """The old address with the part the message puts right; "" where it is a part whose place is not clear.

    None: the message is no part of an address.
    """
    if len(text) > SHORT:
        return None
    said = without_lead(text)
    if (wrong := _NOT.search(said)) and wrong.start() > 0:
        said = said[: wrong.start()]
    said = _TAIL.sub("", said.strip())
    if _ANY_NUMBER.fullmatch(said) and puts_right(text) and (near := _nearest(old, said)):
        return near
    if _ZH_PART.fullmatch(said):
        return _numbers(old, _PIECE.findall(said))
    if road := _ZH_ROAD.fullmatch(said):
        return _road(old, road[1], _PIECE.findall(road[2]))
    if part := _EN_PART.fullmatch(said):
        return _english(old, part, says_so=puts_right(text))
    if road := _EN_ROAD.fullmatch(said):
        return _english_road(old, road[2], said)
    return "" if _ANY_NUMBER.fullmatch(said) and puts_right(text) else None


def _nearest(old: str, number: str) -> str:
    """A number alone stands for the only one of its length that begins alike: 302 for 301, not for 100."""
    alike = [
        m for m in _ANY_NUMBER.finditer(old)
        if len(m[0]) == len(number) and len(number) > 1 and m[0][: len(number) - 1] == number[:-1]
    ]  # fmt: skip
    return "" if len(alike) != 1 else f"{old[: alike[0].start()]}{number}{old[alike[0].end() :]}"


def _numbers(old: str, pieces: list[tuple[str, str]]) -> str:
    """Each number in the place of the only one with its unit."""
    for number, unit in pieces:
        at = [m for m in _PIECE.finditer(old) if m[2] == unit]
        if len(at) != 1:
            return ""
        old = f"{old[: at[0].start()]}{number}{unit}{old[at[0].end() :]}"
    return old


def _road(old: str, road: str, pieces: list[tuple[str, str]]) -> str | None:
    """Numbers of a road: put in where the old address names that road once; else it is an address of its own."""
    if old.count(road) != 1:
        return None
    place = old.index(road) + len(road)
    rest = _numbers(old[place:], pieces)
    return old[:place] + rest if rest else ""


def _english(old: str, part: re.Match[str], *, says_so: bool) -> str | None:
    house, kind, number = part.groups()
    if house:
        if not says_so and house == part[0]:
            return None  # a bare number says nothing by itself
        at = list(_EN_ROAD.finditer(old)) or list(re.finditer(r"^(\d+[a-z]?)\b", old, re.IGNORECASE))
        return "" if len(at) != 1 else f"{old[: at[0].start(1)]}{house}{old[at[0].end(1) :]}"
    named = re.compile(rf"\b{re.escape(kind.rstrip('.'))}\.?\s*(?:no\.?\s*)?(\d+[a-z]?)", re.IGNORECASE)
    found = list(named.finditer(old))
    return "" if len(found) != 1 else f"{old[: found[0].start(1)]}{number}{old[found[0].end(1) :]}"


def _english_road(old: str, road: str, said: str) -> str | None:
    """The same road with another number keeps the town behind it."""
    at = [m for m in _EN_ROAD.finditer(old) if normalise(m[2]) == normalise(road)]
    return None if len(at) != 1 else f"{old[: at[0].start()]}{said}{old[at[0].end() :]}"
