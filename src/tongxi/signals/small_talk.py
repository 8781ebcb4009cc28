"""Messages that ask for nothing: a greeting, thanks, goodbye, a nod. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from tongxi.kit.text import READINGS, normalise

Kind = Literal["greeting", "thanks", "bye", "acknowledgement", "who_are_you", "laugh"]
MAX_CHARS = 60
"""A longer message is never small talk."""
MAX_TWO = 20
"""The same for two of them with nothing between."""

_NOD = re.compile(r"(?:[👍👌🙏🤝👏✅❤💕🥰😊🙂😄😁😀🆗💪🌹][\ufe0f\U0001f3fb-\U0001f3ff]?\s*){1,12}")
"""Pictures that say yes, thanks or good; others may show anger or pain and are left alone."""
_EDGE = re.compile(r"[\s\W_]+")
_END = r"(?:啊|呀|哈|呢|哦|噢|喔|啦|了|吧|嘛|的|哒|鸭|~)*"
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "who_are_you",
        re.compile(
            r"(?:请问)?(?:你|您)?(?:们)?(?:是谁|叫什么(?:名字)?|是(?:机器人|真人|ai|人|人工|客服)(?:还是(?:机器人|真人|人|ai|人工|客服))?(?:吗|么)?"
            r"|是不是(?:机器人|真人|ai|人)|能(?:做|干|帮我做)(?:什么|啥|些什么)|会(?:什么|做什么|干啥)|有什么功能)"
            r"|(?:are you|r u|is this) (?:a |an )?(?:real |actual )?(?:bot|robot|human|person|ai|machine"
            r"|real)(?: or (?:a |an )?(?:bot|robot|human|person|ai|real))?|who (?:are|r) (?:you|u)|what(?: is|'?s"
            r"| are) (?:you|your name)|what can (?:you|u) do"
        ),
    ),
    (
        "greeting",
        re.compile(
            rf"(?:(?:你|您|妳)(?:们)?好|哈[喽啰罗]|嗨|嘿|喂+|早(?:上好|安)?|上午好|中午好|下午好|晚上好|晚安好|在[吗么嘛不]|在不在|在线吗|有在吗|hello|hi+|hey+|亲"
            rf"|老板好|客服(?:你|您)?好){_END}"
            r"(?: ?(?:亲|客服|老板|小席|there|all|everyone|team|bot|guys))?(?:在[吗么嘛])?|good (?:morning|afternoon|evening"
            r"|day)|nihao|ni hao|greetings|yo|howdy|hiya"
        ),
    ),
    (
        "greeting",  # somebody who is about to say something
        re.compile(
            r"(?:请问|你好|您好)*我?(?:想|要)?(?:问|咨询|打听|请教)(?:一?下|个)?(?:问题|事儿?)?(?:可以|行)?[吗嘛么吧]?|请问(?:一?下)?"
            r"|我?有(?:个|点)?(?:问题|事儿?)(?:想?(?:问|咨询)(?:一?下)?)?|那个|这个|我想|我要|我就是想|是这样的?|想问"
            r"|(?:sorry |excuse me )?(?:i(?: have| ve)?(?: got)?|got) (?:a |one |some )?(?:quick |small )?questions?(?: for you)?"
            r"|(?:can|could|may) i ask (?:you )?(?:something|a question)|(?:can|could) (?:you|u) help(?: me)?(?: out)?(?: please)?"
            r"|i need (?:some |your )?help|(?:please )?help(?: me)?(?: please)?|quick question|i(?: want| wanna| want to ask| d like)"
        ),
    ),
    (
        "thanks",
        re.compile(
            rf"(?:好的?|嗯+|ok)?(?:非常|太|多|万分|十分)?(?:谢谢+|感谢|多谢|谢啦|谢了|谢过|3q|辛苦)(?:你|您|你们|您们|了|啦|大家|亲|小席|客服)*{_END}(?:谢谢)?"
            rf"|(?:你|您)?(?:真|太|好|很|挺)(?:的)?(?:棒|厉害|贴心|给力|赞|不错|专业|好){_END}"
            r"|(?:you(?: are|'?re| re| r)? |that'?s? )?(?:really |so |very )?(?:awesome|great|amazing|brilliant|wonderful|the best)|well done|great job|good job"
            rf"|唔[该該]晒?|(?:ok(?:ay)? |great |cool |many |perfect |awesome |alright )?(?:thanks?|thx|ty|tysm"
            rf"|thank (?:you|u)|cheers|ta)(?: (?:so much|a lot|very much|you|u|again|bot|mate|man|for your help"
            rf"|for the help|for that|everyone|indeed))*|xiexie|appreciate it|much appreciated"
        ),
    ),
    (
        "bye",
        re.compile(
            rf"(?:好的?)?(?:再见|拜拜+|拜|88+|晚安|回见|下次聊|先这样|就这样吧?|没(?:有)?(?:别的|其他)?(?:事|问题)了|没事了|(?:暂时|先)?(?:不用|不需要|不必|没有?)了?(?:谢谢)?了?){_END}(?:谢谢)?"
            rf"|(?:good ?)?bye+(?: bye)?|see (?:you|ya)(?: later)?|good ?night|that(?:'?s| is) all(?: thanks"
            rf"| thank you)?|nothing else|no(?: need)? (?:thanks|thank you)|no need|i(?: am| m|'?m) good(?: thanks| thank you)?|that'?s it(?: thanks)?|take care|cya"
        ),
    ),
    (
        "acknowledgement",
        re.compile(
            rf"(?:好|嗯|恩|哦|噢|喔|行|可以|对|是|知道|明白|了解|收到|懂|原来如此|原来是这样|这样){_END}(?:好|嗯|的|了|啊|呀)*|好滴|好嘞|好咧|嗯嗯好的?|知道了谢谢"
            rf"|ok(?:ay)?(?: then)?|k+|got it|i see|sure|alright|all right|understood|right|fine|makes sense|noted"
            rf"|cool|great|perfect|nice|yes|yep|yeah|yup|no|nope|never ?mind|forget it|算了{_END}"
            r"|继续(?:吧|说)?|确认|确定|confirm(?:ed)?|接着(?:说|来)?|(?:ok(?:ay)? )?(?:go on|continue|carry on)(?: please)?"
            r"|(?:请)?(?:说|讲|用)(?:中文|普通话)(?:吧|谢谢|可以吗)?|(?:sorry )?(?:in )?(?:english|chinese)(?: please)?|(?:sorry )?(?:can|could|do) (?:you|u) (?:speak|write|talk)(?: in)? (?:english|chinese)(?: please)?"
        ),
    ),
    ("laugh", re.compile(r"(?:哈|呵|嘿|嘻|h|2333*|xswl|笑死)+(?:我了)?|lo+l|haha\w*|lmao|rofl|hehe\w*")),
)


@lru_cache(maxsize=READINGS)
def small_talk(text: str) -> Kind | None:
    """Which kind of small talk the whole message is; None when it says anything else."""
    if len(text) > MAX_CHARS:
        return None
    if _NOD.fullmatch(text.strip()):
        return "acknowledgement"
    plain = _EDGE.sub(" ", normalise(text)).strip()
    joined = plain if plain.isascii() else plain.replace(" ", "")
    for kind, pattern in _KINDS:
        if pattern.fullmatch(joined):
            return kind
    # "你好,谢谢" and the like: every part is small talk; the last one counts.
    parts = [small for part in re.split(r"[,。!?!?,.~\s]+", normalise(text)) if part and (small := _one(part))]
    pieces = [part for part in re.split(r"[,。!?!?,.~\s]+", normalise(text)) if part]
    if len(pieces) > 1 and len(parts) == len(pieces):
        return parts[-1]
    return _two(joined) if len(joined) <= MAX_TWO else None


def _two(text: str) -> Kind | None:
    """Two of them with nothing between: "好的知道了", "ok got it"; the last one counts."""
    for at in range(1, len(text)):
        is_between = not text.isascii() or text[at] == " "
        if is_between and _one(text[:at]) and (last := _one(text[at:].strip())):
            return last
    return None


def _one(part: str) -> Kind | None:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(part)), None)
