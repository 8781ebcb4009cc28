"""What a message says to a flow besides values: yes, no, stop, skip, undo, a correction, a question. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tongxi.bot.flows.models import Slot
from tongxi.kit.text import normalise

MAX_CHARS = 2_000

_EDGE = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_AGREE = (
    r"是的?|对[的滴]?|好[的滴嘞哒呀啊]?|行|中|妥|可以的?|没错|没问题|没毛病|嗯+|确认(?:修改|取消|申请|提交|预约|办理|开票|充值|无误)?|确定|同意|就这样|(?:提交|办|改|充|退|换|开|约)吧|提交|办"
    r"|yes|yep|yeah|yup|ya|sure|ok|okay|kk?|correct|right|confirm(?:ed)?|go ahead|do it|please do|that'?s (?:right|correct|fine)|submit|looks (?:good|right)|all good|perfect"
)
_YES = re.compile(
    rf"(?:{_AGREE})(?:[\s,，。.!~]*(?:{_AGREE}|的|了|吧|呀|啊|哈|谢谢|麻烦(?:了|您|你)?|please|pls|plz|thanks|thank you|thx|it|that|请|就|这样|办|改|提交))*"
)
_NO = re.compile(
    r"(?:不|不是|不对|不要|不行|不用了?|先不|别|等等|等一下|等下|再改改|再想想|错了|no|nope|nah|not yet|wait|hold on|change something|don'?t)"
    r"(?:[\s,，。.!]*(?:了|吧|改|办|确认|提交|谢谢|thanks|it|that|yet|不|等等|等一下|please))*"
)
_DOING = (
    r"办|改|弄|查|换|退|约|开|充|去|来|取消|申请|修|报修|预约|加盟|(?:换|退)[货款]|退订|开票|充值|改期"
    r"|(?:改|换)地址|开发票|取消(?:订单|预约)|约时间"
)
_GIVE_UP = (
    rf"算了|(?:还是|那就?|先|就|我)*不(?:想|用|需要|打算)?(?:再)?(?:{_DOING})(?:货|款|单|订单|地址|发票|预约|退款|退货|换货|维修)?了"
    rf"|不(?:取消|退|换|约|开|充|修|退款|退货|换货|预约|报修|加盟)|别(?:{_DOING})了?"
    r"|(?:还是|先|就)*(?:留着|保留)(?:它|着)?|不用麻烦了|先不(?:办|改|弄|要|退|换|取消|申请|充|约)了?|停|停止|退出|结束|取消(?:办理|操作|这次)?|放弃|下次再说|以后再说|不需要了"
    r"|cancel (?:this|that|it)|cancel|never ?mind|nvm|forget (?:it|about it|that)|stop(?: (?:it|this|that))?|quit|abort|leave it|drop it|not any ?more|let'?s not"
    r"|(?:i )?do(?:n'?t| not) (?:want to )?(?:cancel|return|exchange|change|refund|book)(?: (?:it|this|that|the order|my order|anything))?(?: (?:any ?more|after all))?"
    r"|(?:i'?ve )?changed my mind|(?:i'?d rather |i'?ll )?not (?:do|bother)(?: (?:it|that|with it))?"
    r"|(?:keep|i'?ll keep|i want to keep) (?:it|the order|my order)"
)
_STOP = re.compile(
    rf"(?:(?:不|no|actually|sorry|wait|hmm+|额|呃|哎)[\s,，。.!]+)*(?:{_GIVE_UP})"
    rf"(?:[\s,，。.!]*(?:{_GIVE_UP}|了|吧|啊|呀|谢谢|thanks|thank you|please|pls|不用了|then|for now))*"
)
_UNDO = re.compile(
    r"(?:(?:哎呀?|不好意思|抱歉|等等|不对)[\s,，。!]*)?(?:我?(?:点|弄|搞|改|选)错了[\s,，。!]*)?"
    r"(?:帮我|请|麻烦|我要|想|给我)?(?:撤销|撤回|改回去|恢复原来的?|改回来|还原)(?:一下|刚才的?|修改|操作|这次|吧|了)*"
    r"|(?:(?:oops|sorry|wait|no|actually)[\s,.!]+)*(?:please )?(?:undo|revert|take (?:it|that) back|change (?:it|that) back|put (?:it|that) back)(?: (?:it|that|this|please|the change))*"
)
_SKIP = re.compile(
    r"(?:跳过|继续(?:吧|办)?|接着(?:办|来)?|下一步|(?:ok(?:ay)? )?(?:go on|continue|carry on|next)|没有了?|没了|就这些|没有?别的了?|无|不(?:填|写|用|需要|提供|方便)了?|暂无|随便|都行|不知道|不清楚|不记得"
    r"|(?:找|看)不(?:到|清|见)了?|没(?:有)?(?:照片|图片?|编号|拍)|拍不了|skip(?: (?:it|this))?|none|no|n/?a|nope|nothing(?: else)?|that'?s (?:all|it)|not sure"
    r"|(?:i )?(?:can'?t|cannot|couldn'?t) find (?:it|one)|no (?:photos?|pictures?|idea|number)|(?:i )?don'?t (?:know|have (?:one|any|it|a photo)))(?:[\s,，。.!]*(?:了|吧|呢|啊|谢谢|thanks|thank you|please|pls))*"
)
_GO_ON = re.compile(r"继续(?:吧|办)?|接着(?:办|来)?|下一步|(?:ok(?:ay)? )?(?:go on|continue|carry on|next)(?: please)?")
_ANY = re.compile(
    r"(?:你?(?:看着|随便)(?:来|选|办|安排)?(?:哪个|一个|什么时候)?|哪个|什么时候|几点|时间|任何时间|随时|怎么)*(?:都行|都可以|都好|随便|无所谓|你定|您定|看着办|随时)(?:吧|的)?"
    r"|any(?: (?:time|of them|one|day))?(?: (?:is|works|will do|is fine|would do))*(?: for me)?|anytime|whenever|whatever|(?:i )?do(?:n'?t| not) mind|the (?:earliest|soonest|first available)(?: one)?|最早的?(?:那个)?|越(?:早|快)越好|尽快"
)
_CORRECTS = re.compile(
    r"不对|错了|搞错|弄错|写错|填错|看错|说错|不是(?=这|那|我|.{0,6}是)|应该是|改成|改为|改到|换成|换到|更正|重新|另外?一?个|别的|"
    r"\b(?:wrong|actually|sorry,? (?:it|that|i meant)|i meant|should be|change (?:it|that|the)|make (?:it|that)|instead|correction|not (?:that|this|the)|the other|another|different)\b"
)
_AGAIN = re.compile(r"[\s\W]*(?:算了|还是|那就|要不|不了|改|等等|actually|no\b|wait|on second thought|rather|let'?s)")
_QUESTION = re.compile(
    r"[?？]|怎么|怎样|如何|为什么|为啥|咋(?!呼)|谁(?:出|付|承担|负责|来)|吗\s*$|多久|多少(?:钱|呢|啊)?\s*$|多少钱|几天|几点|能不能|可不可以|会不会|是不是|有没有|什么时候|哪里|哪些|啥意思|什么意思|凭什么"
    r"|^(?:how|why|what|when|where|who|which|can|could|do|does|is|are|will|would|should)\b"
)


def question(text: str) -> bool:
    """Whether the message asks something."""
    return _QUESTION.search(normalise(text[:MAX_CHARS])) is not None


def agrees(texts: Sequence[str], button: str = "") -> bool:
    """Whether the messages are a yes and nothing but a yes: "yes, but …" is none. `button`: what it says there."""
    named = normalise(button)
    return (
        bool(texts)
        and not any("?" in normalise(text) for text in texts)
        and all(_whole(_YES, text, 30) or (named and normalise(text) == named) for text in texts)
    )


def declines(text: str) -> bool:
    """Whether the message is a no to what was asked."""
    return _whole(_NO, text, 30)


def stops(text: str) -> bool:
    """Whether the customer wants no more of this."""
    return _whole(_STOP, text, 30)


def wants_undo(text: str) -> bool:
    """Whether the message is the wish to take the last change back, and nothing else."""
    return _whole(_UNDO, text, 40)


def skips(text: str) -> bool:
    """Whether the customer has nothing to say to an optional question."""
    return _whole(_SKIP, text, 30)


def goes_on(text: str) -> bool:
    """Whether the message only asks to carry on."""
    return _whole(_GO_ON, text, 20)


def takes_any(text: str) -> bool:
    """Whether any of the choices will do."""
    return _whole(_ANY, text, 30)


def corrects(text: str) -> bool:
    """Whether the message puts something right that was said before."""
    return _CORRECTS.search(normalise(text[:MAX_CHARS])) is not None


def reconsiders(text: str) -> bool:
    """Whether the message begins like a change of mind: "算了，还是…"."""
    return _AGAIN.match(normalise(text[:MAX_CHARS])) is not None


def names(text: str, slot: Slot) -> bool:
    """Whether the message speaks of the slot by its name ("地址不对")."""
    folded = normalise(text[:MAX_CHARS])
    return any(_stands(word, folded) for word in _called(slot))


_VERB = r"(?:(?:应该|应当|要|想)?(?:改成|改为|改到|换成|换到|换为|改|换|是|为|写|填|用|选)|(?:should be|must be|to be|is|to|:|：|=))"
_WRONG = r"(?:也|都|要|想|我)*(?:(?:写|填|选|搞|弄|打|说|输|给)?错了?|不对|不是[^,，。]{0,12}|(?:is|was) (?:wrong|not right))?"
_BEFORE = (
    r"(?:等一?下|等等|不对|不是|不好意思|抱歉|对了|哦|啊|呃|额|先|再|那|把|将|帮我|请|麻烦|我|的|新|改一?下|换一?下"
    r"|\b(?:no|wait|sorry|oops|actually|please|can you|could you|pls|change|make|set|update|the|my|and)\b|[\s,，。.!])*"
)


def said_of(text: str, slot: Slot) -> str | None:
    """What a message says of the slot it names: "时间改成晚上" → "晚上"; None where it does not begin with its name."""
    folded = text.strip()[:MAX_CHARS]
    names_ = "|".join(re.escape(word) for word in sorted(_called(slot), key=len, reverse=True))
    hit = re.match(rf"{_BEFORE}(?:{names_}){_WRONG}[\s,，。.:：]*{_VERB}?[\s,，:：]*", folded, re.IGNORECASE)
    return folded[hit.end() :].strip() if hit else None


def _called(slot: Slot) -> list[str]:
    return [normalise(word) for word in (slot.title.zh, slot.title.en, *slot.called) if word]


def _stands(word: str, folded: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", folded) is not None if word.isascii() else word in folded


_LEAD = r"(?:(?:不对|不是|等等|等一下|等下|哦|啊|错了|应该是|其实|还是|是|no|wait|actually|ok(?:ay)?|sorry|oops|rather)[\s,，。.!]*)*"
_ONLY_PLACE = re.compile(
    rf"{_LEAD}(?:我?(?:[要选就]|想要){{0,2}}|是)?第[一二三四五六123456][个条项单]?(?:吧|好了|谢谢)?"
    rf"|{_LEAD}(?:i(?: wi|')ll take |i(?:'d| would) like |i meant? |take |it'?s |make it )?(?:the )?(?:first|second|third|fourth|fifth|sixth)(?: (?:one|order|time|slot))?(?: instead| please| pls| thanks)*"
)


def only_place(text: str) -> bool:
    """Whether the message names the place of a choice and nothing else: "the first one"."""
    return _whole(_ONLY_PLACE, text, 40)


def _whole(pattern: re.Pattern[str], text: str, most: int) -> bool:
    plain = _EDGE.sub("", normalise(text[:200]))
    return len(plain) <= most and pattern.fullmatch(plain) is not None
