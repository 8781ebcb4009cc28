"""How the writer feels, from words and marks: -3 furious … 0 neutral … 2 delighted. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from tongxi.decisions import Reason
from tongxi.kit.text import READINGS, fold
from tongxi.signals.wordings import Wordings, any_of

MAX_CHARS = 4_000
CODE = "angry"

_LEVELS: tuple[tuple[int, Wordings], ...] = (
    (
        -3,
        any_of(
            r"去你[妈吗大]|他妈的|(?<![我你他她它俺咱老姑姨舅干爸婆后阿宝妈])妈的|操你|草泥马|傻[逼b比]|煞笔|滚(?!动|轮|筒|烫|刷)",
            r"(?<!倒)(?<!扔)(?<!收)(?<!装修)垃圾(?!桶|袋|箱|房|堆|车|站|篓|筐|清运|处理|分类|短信|邮件)|骗子|(?<!不)骗人|诈骗公司|无耻|不要脸|王八|混蛋|坑人",
            r"黑店|黑心|气死|恶心(?!呕吐)|丧(?:尽)?天良|忍无可忍|什么破|破(?:店|公司|平台|玩意)|神经病|有病吧|智障|聋了|瞎了|耍我|耍猴|放屁|懂个屁|缺德|狗屁|丢雷|扑街",
            r"谢谢你(?:们)?(?:个|的)?全家|他[大娘奶]的|坑爹|抢(?:银行|劫)|抢钱(?:呢|吗|啊|了|一样)|要(?:不要)?脸(?!型|色|部|上)|脸皮(?:真|太|够)?厚",
            r"欺人太甚|欺负人|忍不(?:了|下去)|善罢甘休|跟你们没完|没完没了|等着瞧|走着瞧|良心(?:呢|被|不会|不痛|何在)|什么(?:玩意儿?|态度|鬼服务|垃圾)",
            r"当我(?:是)?(?:傻|透明|空气|猴|三岁)|把我当|(?<!不)(?<!别)(?:耍|玩|糊弄|忽悠|蒙|唬)(?:我(?!的|们)|人(?!偶)|老百姓|消费者)|差到(?:爆|家)",
            r"再打太极|说谎|撒谎|骗了我|(?:退|换|修|等|买)了个寂寞|呃(?:人|钱|我)|黐线|仆街|激死|好嬲|嬲死|火滚|扯火|老子|劳资|[🤬😡🖕💢👿]",
            r"(?<![a-z])sb(?![a-z0-9])|\bffs\b|\bfor (?:god|christ|pete|heaven|f\w*)'?s? sake",
            r"\bbloody (?:joke|useless|awful|hell|ridiculous)|\b(?:crap|arse|wankers?|pissed|bs)\b",
            r"\b(?:you(?:'re| are)?|they(?:'re| are)?|your \w+ (?:is|are|just)?) ?(?:lying|lied|lie)\b",
            r"\blied to (?:me|us)\b|\byou (?:cheat\w*|robbed|stole|conned|tricked|ripped)\b",
            r"\bdaylight robbery\b|\bi hate (?:you|this|your)\b",
            r"\b(?:very|so|really|extremely|absolutely|bloody) (?:angry|mad|annoyed|disappointed with you)\b",
            r"\bfuming\b|\braging\b|\binsult(?:ing|ed)?\b|\bare you (?:kidding|joking|serious\?)",
            r"\bhave got to be (?:kidding|joking)|\bwhat (?:is|the hell is|on earth is) wrong with you\b",
            r"\bshame on you\b|\b(?:clowns?|muppets?|imbeciles?|cretins?)\b",
            r"\bwhat (?:a )?(?:nonsense|the hell)\b|\bi'?ll scream\b|\byou people\b|\bcan you even read\b",
            r"\bf+u+c+k\w*|\bwtf\b|\bbullshit\b|\bshit(?:ty|show)?\b|\bbastards?\b|\bscam(?:mers?|ming)?\b",
            r"\bthie(?:f|ves)\b|\bliars?\b|\bcrooks?\b|\bdisgust(?:ing|ed)\b|\bdisgrace(?:ful)?\b|\bfurious\b",
            r"\blivid\b|\boutrage(?:ous|d)?\b|\bpathetic\b|\bidiots?\b|\bmorons?\b|\bgarbage\b",
            r"\babsolute (?:joke|shambles)\b|\bsick (?:and tired|of (?:this|you))|\bhow dare\b|\brip[- ]?off\b",
            r"\bworst (?:ever|service|company)",
        ),
    ),
    (
        -2,
        any_of(
            r"太(?:差|烂|过分|离谱|慢了|坑)|离谱|受够|差劲|差评|无语|敷衍|踢皮球|推卸|搞笑呢|忽悠|欺负|生气|愤怒|火大|恼火|没(?:人|有人)(?:管|理)|几次了",
            r"多少(?:次|遍)了|第[三四五六七八九十\d]+次|到底|凭什么|态度(?:差|恶劣)|不像话|什么意思|很不满|极其不满|再也不|投诉",
            r"\b(?:terrible|awful|horrible|ridiculous|unacceptable|useless|appalling|atrocious|rude|angry|fed up|annoyed|frustrat\w+|shocking|incompetent|joke|waste of time|never again|nobody (?:cares|answers|helps)|how many times|third time|fourth time|fifth time|(?:3rd|4th|5th|6th) time)\b",
        ),
    ),
    (
        -1,
        any_of(
            r"失望|不满|不好用|不太满意|着急|急死|好烦|有点烦|烦(?:死|人)?|郁闷|担心|怎么(?:还|又)(?:没|不)|还没(?:到|收|发|退)|坏了|少发|发错|破损|不行啊|难用|倒霉",
            r"等了(?:好)?[几多久]|太慢|不开心|难过|唉",
            r"\b(?:disappoint\w*|upset|worried|anxious|unhappy|confus\w+|not happy|still (?:waiting|not|no|haven'?t)|broken|damaged|wrong item|missing|late|delayed|annoying|sad|sigh)\b",
        ),
    ),
)
_GOOD: tuple[tuple[int, Wordings], ...] = (
    (
        2,
        any_of(
            r"太(?:好|棒|赞|感谢|贴心)了?|非常(?:感谢|满意|棒)|超(?:喜欢|棒|赞|满意)|爱了|完美|五星|点赞|绝了|感激不尽",
            r"\b(?:love (?:it|this|you)|amazing|fantastic|brilliant|excellent|perfect|wonderful|awesome|thank you so much|delighted|lifesaver|legend)\b",
        ),
    ),
    (
        1,
        any_of(
            r"谢谢|感谢|多谢|辛苦|不错|满意|喜欢|挺好|很好|开心|好评|给力|赞",
            r"\b(?:thanks?|thx|cheers|great|good|nice|happy|glad|pleased|appreciate|helpful|lovely)\b",
        ),
    ),
)
_NOT_GOOD = any_of(
    r"不(?:太|是很|怎么)?(?:满意|喜欢|好|开心|错的)|谢谢你?(?:个|全家)",
    r"\bnot (?:good|great|happy|nice|helpful)\b|\bno thanks?\b",
)
_SHOUT = re.compile(r"[!?！？]{3,}|(?:[A-Z]{3,}\W+){3,}")
_CALM = any_of(
    r"要脸盆|玩我(?:的|们)|玩人偶|垃圾(?:桶|袋)|笑死|气死我了哈|不错|不差|不烦",
    r"clown ?fish|clown (?:costume|nose|mask)|muppets? (?:show|toy|movie)|not bad|no worries",
)


def mood(text: str) -> int:
    """Level of the strongest feeling, -3…2. Shouting (!!!, capitals) makes an unhappy text one step worse."""
    return _weigh(text)[0]


def anger(text: str, limit: int = -3) -> Reason | None:
    """The wording that shows a mood of `limit` or worse."""
    level, span = _weigh(text)
    return Reason(code=CODE, value=float(level), threshold=float(limit), span=span) if level <= limit else None


@lru_cache(maxsize=READINGS)
def _weigh(text: str) -> tuple[int, tuple[int, int] | None]:
    text = text[:MAX_CHARS]
    folded = fold(text)
    found, span = read(folded.text)
    if found == -2 and _SHOUT.search(text):
        found = -3
    return found, folded.span(*span) if span else None


def read(folded: str) -> tuple[int, tuple[int, int] | None]:
    """Level of the strongest wording in folded text, and its place."""
    masked = _CALM.mask(folded)
    for level, pattern in _LEVELS:
        hit = pattern.search(masked)
        if hit:
            return level, hit.span()
    unhappy = _NOT_GOOD.search(masked)
    if unhappy:
        return -1, unhappy.span()
    for level, pattern in _GOOD:
        hit = pattern.search(masked)
        if hit:
            return level, hit.span()
    return 0, None
