"""The wish to know where an own order is, and order numbers. Pure."""

from __future__ import annotations

import re

from tongxi.decisions import Reason
from tongxi.kit.text import fold

CODE = "wants_order_status"
MAX_CHARS = 4_000

_THING = r"(?:订单|快递|包裹|物流|快件|单子|东西|货|宝贝|商品|衣服|鞋子?|件)"
_ZH = re.compile(
    rf"(?:(?:我|俺)(?:的|买的|那个|那|昨天|前天|上周|下|订)?[^,。!?]{{0,10}}{_THING}|这个?{_THING}|{_THING})[^,。!?]{{0,10}}(?:到哪(?!家|个店)|在哪(?!里?(?:看|查|改|开|申请|下载|买|找|设置))|走到|哪儿了|哪里了|发(?:货)?了?(?:没|吗)|发出(?:了)?(?:没|吗)|(?:啥时候?|什么时候|几时|何时|多久|几天|哪天)(?:才)?(?:能|会)?(?:到|送到|发|收到|来)|到了?(?:没|吗)|还没(?:到|收到|发|动|更新|送)|没(?:收到|到货|动静|更新)|不动了|卡(?:住|在)|什么(?:状态|情况|进度)|咋(?:样|还没)|怎么还(?:没|不))"
    rf"|(?:查|看|问|催)(?:一?下|查|看|询)?(?:我的?|下我的?|一下我的?)?(?:这个|那个)?(?:订单|快递|包裹|物流)(?:状态|进度|信息|情况|到哪)?(?!怎么|方法|方式|政策)|(?:订单|物流|快递|发货)(?:状态|进度|轨迹)|(?:我|你们)?(?:怎么)?还(?:没|不)(?:给我)?发货|发货了(?:吗|没)|什么时候(?:能|给我)?发货|没收到(?:货|快递|包裹|东西)|我买的[^,。!?]{{0,10}}(?:呢|到哪|还没)|到哪(?:儿|里)?了"
)
_ZH_HOW = re.compile(r"(?:怎么|如何|怎样|哪里|在哪儿?|去哪)(?:能|可以|才能)?(?:自己)?(?:查|看|追踪|跟踪)|一般|通常|包邮|运费|发什么快递|用什么快递|什么快递|能不能改|政策|国外|海外|偏远|大概(?:几天|多久)|需要(?:几天|多久)|下单后")
_EN_THING = r"(?:order|parcel|package|delivery|shipment|stuff|item|items|purchase|goods|shoes|dress|phone|box)"
_EN = re.compile(
    rf"\bwhere(?:'?s| is| are|s| the \w+ is| has)? (?:my|the|our|is my|is the)(?: \w+){{0,2}} {_EN_THING}s?\b|\bwhere is it\b|\btrack(?:ing)? (?:my|an?|the|this|of my)?(?: \w+)? ?{_EN_THING}\b|\b(?:order|delivery|shipping|shipment|parcel|package|tracking) (?:status|update|progress|info)\b|\bstatus (?:of|on|for) (?:my|the|order)"
    rf"|\b(?:when|what time)(?: will| does| is| should| would|'?s|'?ll| can i (?:expect|get))? (?:my|the|it|our)(?: \w+){{0,2}} ?(?:{_EN_THING})?s?(?: \w+){{0,2}} (?:arrive|come|coming|be (?:here|delivered|shipped)|get here|ship|shipped|arriving|delivered|due)\b|\b(?:has|have|did|is) (?:my|the|our)(?: \w+)? ?{_EN_THING}s?(?: \w+)? (?:shipped|ship|been (?:sent|shipped|dispatched)|arrived?|left|dispatched|on (?:its|the) way|coming)"
    rf"|\b{_EN_THING}s?\b[^.!?]{{0,30}}\b(?:hasn'?t|has not|haven'?t|didn'?t|never|not|still not|isn'?t|is not)(?: yet)? (?:arrived?|come|here|shown? up|showed up|delivered|been (?:delivered|shipped)|moved|shipped|turned up)|\b(?:haven'?t|have not|didn'?t|never|still (?:haven'?t|waiting)) (?:received|receive|got|get|for)(?: \w+){{0,2}} {_EN_THING}|\bcheck (?:on )?(?:my|the|an) {_EN_THING}|\bmissing (?:order|parcel|package)\b"
)
_EN_HOW = re.compile(r"\bhow (?:do|can|could|would|to) (?:i|you|we|one)?\s*(?:track|check|see|find|follow)|\bhow long (?:does|do|will) (?:delivery|shipping|it usually|orders)|\bpolicy\b|\binternational\b|\busually\b|\bcredit card\b")

_NUMBER = re.compile(r"(?<![\d.,¥$€£])(?:#|no\.?\s?|单号|订单号?)?\s?([a-z]{1,4}-?\d{4,18}(?:-\d{1,8}){0,2}|\d{6,20}(?:-\d{1,8})?|(?<=#)\d{3,5})(?![\d.,]*\d|[元块%年月日天])")


def asks_order_status(text: str) -> Reason | None:
    """The wording that asks where an own order is; a question on how to look it up oneself does not count."""
    folded = fold(text[:MAX_CHARS])
    hit = _ZH.search(folded.text)
    if hit and not _ZH_HOW.search(folded.text):
        return Reason(code=CODE, value=1.0, threshold=1.0, span=folded.span(*hit.span()))
    hit = _EN.search(folded.text)
    if hit and not _EN_HOW.search(folded.text):
        return Reason(code=CODE, value=1.0, threshold=1.0, span=folded.span(*hit.span()))
    return None


def order_numbers(text: str) -> tuple[str, ...]:
    """What looks like an order or tracking number, in upper case, in order, each once."""
    found = (m[1].upper() for m in _NUMBER.finditer(fold(text[:MAX_CHARS]).text))
    return tuple(dict.fromkeys(n for n in found if not _is_phone(n)))[:10]


def _is_phone(number: str) -> bool:
    return len(number) == 11 and number[0] == "1" and number[1] in "3456789" and number.isdigit()
