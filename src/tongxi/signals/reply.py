"""How the customer takes what the bot said: yes, no, that was wrong. Pure."""

from __future__ import annotations

import re

from tongxi.decisions import Reason
from tongxi.kit.text import fold, normalise

WRONG = "says_wrong"

_YES = re.compile(
    r"(?:(?:好的?|好啊|好吧|可以|行|要的?|是的?|对的?|嗯|需要|同意|确认|没错|麻烦(?:了|你|您)?|请|转|ok|okay|yes|yeah|yep|yup|sure|please"
    r"|pls|please do|go ahead|do it|that would be great|sounds good)(?:啊|呀|吧|了|的|谢谢|麻烦了| ?thanks| ?thank you)* ?)+"
)
_NO = re.compile(
    r"(?:不用了?|不要了?|不了|不需要|不必|算了|否|不是|不|不行|没事|no|nope|no thanks|no thank you|not now|nah|never mind|nevermind)(?:谢谢|了"
    r"|吧|thanks)*"
)
_WRONG = re.compile(
    r"(?:不是(?:这个|这样|问这个|我问的|我要的)|不对(?!称|劲)|答(?:错|非所问)|没(?:有)?(?:回答|解决|用|帮助|答到)|说的?不(?:对|是)|(?<![写寫填拍买買发發付选選寄输輸点點记記送下开開装裝订訂报報])错了(?!地址|号)|文不对题|答的?(?:跟"
    r"|和)我问的不|驴唇不对马嘴|你没(?:懂|明白|听懂|理解)|听不懂|理解错|不是我(?:想)?问的|还是(?:不行|没用|不懂|没解决)|你(?:在)?说(?:的)?(?:什么|啥)|看不懂你)"
    r"|\b(?:that'?s (?:wrong|not (?:right|what|it|correct|true|my question))|that (?:is|was) (?:wrong|not)"
    r"|wrong answer|not what i (?:asked|meant|want\w*)|not (?:helpful|answering|my question)|you (?:didn'?t|did not"
    r"|don'?t|are not|aren'?t) (?:answer\w*|understand\w*|get it|help\w*)|doesn'?t (?:help|answer|work)"
    r"|didn'?t (?:help|work)|incorrect|that'?s not|no,? that|isn'?t (?:answering|what i)|still (?:not working"
    r"|doesn'?t work)|makes no sense|you misunderst\w+)\b"
)
_EDGE = re.compile(r"^[\s\W_]+|[\s\W_]+$")


def says_yes(text: str) -> bool:
    """Whether the whole message is a yes."""
    return bool(_YES.fullmatch(_plain(text)))


def says_no(text: str) -> bool:
    """Whether the whole message is a no."""
    return bool(_NO.fullmatch(_plain(text)))


def says_wrong(text: str) -> Reason | None:
    """The wording that says the last answer was wrong or beside the point."""
    folded = fold(text[:2_000])
    hit = _WRONG.search(folded.text)
    return Reason(code=WRONG, value=1.0, threshold=1.0, span=folded.span(*hit.span())) if hit else None


def _plain(text: str) -> str:
    if len(text) > 40:
        return ""
    plain = _EDGE.sub("", normalise(text))
    return plain if plain.isascii() else re.sub(r"[\s,，、。.!]+", "", plain)
