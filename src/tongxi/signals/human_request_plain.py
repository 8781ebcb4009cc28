"""The wish for a person in its plain words ("转人工", "talk to an agent"), and its refusal ("不用转人工"). Pure.

A clause of nothing but plain words is a wish without any weights; in a longer one they show where the wish is.
"""

from __future__ import annotations

import re

Span = tuple[int, int]

_HUMAN_ZH = r"(?:人工(?:客服|服务|[坐座]席|台)?|真人(?:客服)?|活人|接线员)"
_WHO_ZH = rf"(?:{_HUMAN_ZH}|客服(?:人员)?|[坐座]席|工作人员|专员|经理|主管|领导|负责人|店长)"
_WISH_ZH = r"(?:转接?|接通?|切换?|找|叫|喊|换|要|呼叫|召唤|联系|给我|申请|安排|需要)(?:一?下|到|成|回|给|个|一个|一?位|你们的?)*"
_AROUND_ZH = r"(?:你好|您好|我|想|要|就|只|请|麻烦|劳驾|帮|给|快点?|赶紧|马上|立刻|直接|现在|能|可以|能不能|一下|谢谢|吧|啊|呀|呢|嘛|啦|了|好|行|急|在|\W)*"
_WHO_EN = (
    r"(?:(?:real|live|actual|human) )*(?:human(?: being)?|agent|person|representative|rep|operator|supervisor|manager)"
)
_WISH_EN = (
    r"(?:(?:talk|speak|chat|connect|transfer|switch|escalate|put)(?: me| us)?(?: over| through| directly)?(?: to| with)?"
    r"|get me|give me|need|want)(?: an?| the| your| some)?"
)
_AROUND_EN = (
    r"(?:\b(?:hi|hello|hey|please|pls|plz|now|asap|i|i'd|like|want|need|to|can|could|may|would|you|let|me|just|thanks"
    r"|an?|the|your)\b|\W)*"
)
_WHOLE = re.compile(
    rf"{_AROUND_ZH}(?:(?:{_WISH_ZH}{_WHO_ZH}|{_HUMAN_ZH})\W*)+{_AROUND_ZH}|{_AROUND_EN}(?:{_WISH_EN} )?{_WHO_EN}{_AROUND_EN}"
)
_ANYWHERE = re.compile(rf"{_WISH_ZH}{_WHO_ZH}|\b{_WISH_EN} {_WHO_EN}\b")
MAX_WHOLE = 40
_PART = re.compile(r"(?:[^,。!?;:\n.]|\.(?=\S))+")

# ── refused ─────────────────────────────────────────────────────────────────────────────────────────
_ZH = re.compile(
    r"(?:不用|不麻烦|不打扰|不申请|不排队|没必要|没有必要|不至于|取消|禁止|关闭|禁用|退出|结束|不需要|不需|无需|不必|不要|别|甭|勿|没(?:说|有说|想)?要|不想|先不|先别|暂不|不找|唔使|唔好|懒得|不是要|不是想?"
    r"|不愿意?|免了?|用不着)"
    r"(?:再|给我|帮我|跟|和|同|和我|自动|去|打扰|麻烦)?(?:转接|转到|转|找|接|叫|换|要|打扰|麻烦|联系|换成|安排)?"
    r"(?:给|到|成)?(?:你们的?)?(?:人工客服|人工服务|人工|真人客服|真人|客服|座席|坐席|专人|专员|主管|领导|老板|顾问|工作人员|经理|师傅)"
    r"|(?:不用|不要|别|无需|不必|不需要|甭)(?:再)?(?:给我)?(?:打|回)(?:个)?电话(?:给我)?|(?:不用|不要|别|勿|唔好|don't |no )(?:再)?(?:call|打)(?=我|一下|俾我|给我)"
    r"|(?:人工|真人)(?:客服)?(?:就|还是)?(?:算了|不用了|不必了|免了)|机器人就行"
)
_EN = re.compile(
    r"\b(?:no need (?:for|to (?:talk|speak|connect|transfer|get|escalate|involve))|not asking for|don'?t (?:need"
    r"|want|transfer|connect|give"
    r"|send|put|get|pass)(?! to talk to (?:a |the |this )?(?:bot|robot|machine))|do not (?:need|want|transfer"
    r"|connect)|didn'?t ask for|did not ask"
    r"|without|rather not|instead of|needn'?t|(?:don'?t|do not) have to|don'?t bother|skip|cancel|no(?! (?:option|way|one|button|bot|robot))|never mind|nevermind|stop (?:transferring"
    r"|routing|sending)|before i|isn'?t necessary)"
    r"(?: (?!bots?\b|robots?\b|more\b)\w+){0,5}? (?:human|person|agent|rep|representative|operator|someone|somebody"
    r"|anyone|anybody|people|humans"
    r"|agents|reps|staff|manager|supervisor|boss|advis[eo]r|callback|call ?back)\b|\b(?:don'?t|do not|please don'?t) (?:transfer|connect|put) me\b(?: through)?"
    r"|\bno (?:agent|human|rep|person)\b"
    r"|\b(?:no need to|don'?t|do not|never|stop) (?:please )?(?:transfer|connect|call|phone|ring|escalate"
    r"|calling)(?:ing)?(?: me| this| it)?\b"
)


def find_whole(folded: str) -> Span | None:
    """The first clause of folded text that is nothing but the plain wish; None also where a person is refused."""
    for part in _PART.finditer(folded):
        text = part.group().strip()
        if len(text) <= MAX_WHOLE and _WHOLE.fullmatch(text):
            start = part.start() + part.group().index(text)
            return None if refused(folded) else (start, start + len(text))
    return None


def find(folded: str, start: int, end: int) -> Span | None:
    """Plain words for the wish within a part of folded text."""
    hit = _ANYWHERE.search(folded, start, end)
    return hit.span() if hit else None


def refused(folded: str) -> bool:
    """Whether folded text says that no person is wanted."""
    return bool(_ZH.search(folded) or _EN.search(folded.replace("’", "'")))
