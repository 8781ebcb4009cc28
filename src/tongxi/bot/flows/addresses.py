"""The address in what a customer writes: without the words around it, its pieces put together. Pure."""

from __future__ import annotations

import re

from tongxi.bot.flows import amending

_ZH_PLACE = re.compile(r"省|自治区|市|区|县|镇|乡|路|街|道|巷|弄|号|栋|幢|座|单元|室|楼|村|苑|园|小区|大厦|广场")
_EN_PLACE = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|district|building|block|room|apt|apartment|flat|suite|floor|unit|city|province)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"^.*?(?:(?:新)?(?:收货)?地址(?:应该)?(?:改成|改为|改到|换成|换到|是|为|[:：])|(?:改|换)(?:成|为|到|送到?|寄到?)|[送寄发]到|应该是|更正为"
    r"|\b(?:addres+e?s?(?: (?:of|for|on) [^,]{1,40}?)? (?:is|to)|(?:ship|send|deliver(?:ed)?) (?:it |that |this |my \w+ )?to"
    r"|change (?:it|the address|my address|the delivery address) to|should be|to be)\b)\s*[:：]?\s*",
    re.IGNORECASE | re.DOTALL,
)
_LEAD = re.compile(
    r"^(?:我要|我想|我们?|的|新的|帮我?|请|麻烦|给我|把|要|想|修改|更改|改|换|一?下|收货|送货|配送|订单|[这那][单个]|地址|寄|送|发(?=到|往)|到|去|往"
    r"|公司(?=[去里,，:：\s]|就?是)|家里?(?=[去,，:：\s]|就?是)|单位(?=[去里,，:：\s]|就?是)|里|就是|是|在|应该|错了?|不对"
    r"|(?:please|pls|it'?s|(?:change |update )?(?:my |the )?(?:new |delivery |shipping )*address(?: is| to)?|send (?:it )?to|to|at)\b"
    r"|[\s,，:：。.!])+",
    re.IGNORECASE,
)
"""Words in front of an address that belong to the sentence; none of them begins the name of a place."""
_TAIL = re.compile(
    r"(?:[,，。;；\s]*(?:谢谢|麻烦了?|可以吗|行吗|吧|thanks|thank you|please|pls))+[.。!！?？\s]*$", re.IGNORECASE
)
_PIECES = re.compile(r"[\n;；。!！?？，]|,(?=\s*[^\x00-\x7f])")
_OTHER = re.compile(
    r"电话|手机|订单|收件人|收货人|谢谢|麻烦|(?<!\d)\d{7,}|\b(?:order|phone|thanks|please|call)\b", re.IGNORECASE
)
_TO = re.compile(r"^.*?\b(?:to|is|at)\s+(?=[^,]{0,12}\d)", re.IGNORECASE | re.DOTALL)
"""In a sentence about an order: what goes before the place it names."""
_LARGE = re.compile(r"[省市区县镇乡路街道]$")
_KNOWN = re.compile(
    r"(?:上次|之前|以前|原来|老|默认|登记|平时|一样|同一个|那个)的?(?:那个)?(?:收货)?地址|\b(?:same|usual|last time|on file|default|old|before)\b",
    re.IGNORECASE,
)
_ONLY_CODE = re.compile(r"[A-Za-z]{0,6}[\d\s+()#-]{5,30}")


def find(text: str) -> str | None:
    """The piece of the message that is an address; neighbouring pieces that name places belong to it."""
    runs: list[list[str]] = [[]]
    for piece in _PIECES.split(_BEFORE.sub("", amending.without_lead(text), count=1)):
        cut = _trimmed(piece)
        if _OTHER.search(cut):
            cut = _trimmed(_TO.sub("", cut))
        is_place = bool(_ZH_PLACE.search(cut) or _EN_PLACE.search(cut)) and not _OTHER.search(cut)
        if is_place:
            runs[-1].append(cut)
        elif runs[-1]:
            runs.append([])
    best = max((_joined(run) for run in runs), key=len)
    chinese = len(set(_ZH_PLACE.findall(best)))
    has_digit = any(c.isdigit() for c in best)
    is_one = chinese >= 2 and len(best) >= 7 and (has_digit or chinese >= 3)
    return best if is_one or (has_digit and _EN_PLACE.search(best) and len(best) >= 10) else None


def take(text: str) -> str | None:
    """The whole message as an address, where it can be one."""
    taken = _trimmed(text)
    if _ONLY_CODE.fullmatch(taken) or _KNOWN.search(taken):
        return None  # the number of an order or a telephone; an address that was given elsewhere
    return taken if 6 <= len(taken) <= 200 else None


def _joined(run: list[str]) -> str:
    """Chinese pieces from the large to the small are one run of words; others keep their comma."""
    whole = run[0] if run else ""
    for piece in run[1:]:
        whole += piece if _LARGE.search(whole) else f"，{piece}"
    return whole


def _trimmed(text: str) -> str:
    text = _BEFORE.sub("", amending.without_lead(text), count=1)
    return _TAIL.sub("", _LEAD.sub("", text.strip(), count=1)).strip(" \t\n,，。.;；:：")
