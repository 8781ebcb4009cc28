"""What a customer's message says to a flow: yes, no, stop, a correction, the value of a slot. Pure.

A value is found (`find`) when it stands there by itself, whatever else the message says; it is taken (`take`) when the
question about it is open, so that the whole message may be the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import phonenumbers

from tongxi.bot.flows import amending, dates
from tongxi.bot.flows.models import Slot
from tongxi.bot.memory import Offer
from tongxi.kit.text import normalise

MAX_CHARS = 2_000
REGION = "CN"
"""Country of a telephone number without a prefix."""

_EDGE = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_AGREE = (
    r"是的?|对的?|好的?|行|可以的?|没错|没问题|嗯+|确认(?:修改|取消|申请|提交|预约|办理|无误)?|确定|同意|就这样|提交吧?|办吧|改吧"
    r"|yes|yep|yeah|yup|sure|ok|okay|correct|right|confirm(?:ed)?|go ahead|do it|please do|that'?s right|submit|looks good"
)
_YES = re.compile(
    rf"(?:{_AGREE})(?:[\s,，。.!]*(?:{_AGREE}|的|了|吧|呀|啊|谢谢|麻烦(?:了|您|你)?|please|thanks|thank you|it|that|请|就|这样|办|改|提交))*"
)
_NO = re.compile(
    r"(?:不|不是|不对|不要|不行|不用了?|先不|别|等等|等一下|等下|再改改|再想想|错了|no|nope|nah|not yet|wait|hold on|change something|don'?t)"
    r"(?:[\s,，。.!]*(?:了|吧|改|办|确认|提交|谢谢|thanks|it|that|yet|不|等等|等一下|please))*"
)
_GIVE_UP = (
    r"算了|(?:先|就|我)*不(?:想|用|需要)?(?:再)?(?:办|改|弄|查|换|退|约|开|取消|申请|修|报修|预约)(?:货|款|单|订单|地址|发票|预约|退款|退货|换货|维修)?了"
    r"|不用麻烦了|先不(?:办|改|弄|要|退|换|取消|申请)了?|别(?:办|改|弄|退|换|取消)了|停|停止|退出|结束|取消(?:办理|操作|这次)?|放弃|下次再说|不需要了"
    r"|cancel (?:this|that|it)|cancel|never ?mind|nvm|forget (?:it|about it|that)|stop(?: (?:it|this|that))?|quit|abort|leave it|drop it|not any ?more|let'?s not"
    r"|(?:i )?do(?:n'?t| not) (?:want to )?(?:cancel|return|exchange|change|refund|book)(?: (?:it|this|that|the order|my order|anything))?(?: (?:any ?more|after all))?"
    r"|(?:keep|i'?ll keep|i want to keep) (?:it|the order|my order)"
)
_STOP = re.compile(
    rf"(?:(?:不|no|actually|sorry|wait)[\s,，。.!]+)*(?:{_GIVE_UP})"
    rf"(?:[\s,，。.!]*(?:{_GIVE_UP}|了|吧|啊|呀|谢谢|thanks|thank you|please|不用了|then))*"
)
_UNDO = re.compile(
    r"(?:帮我|请|麻烦|我要|想)?(?:撤销|撤回|改回去|恢复原来的?|改回来|还原)(?:一下|刚才的?|修改|操作|这次|吧|了)*"
    r"|(?:please )?(?:undo|revert|take (?:it|that) back|change (?:it|that) back|put (?:it|that) back)(?: (?:it|that|this|please|the change))*"
)
_SKIP = re.compile(
    r"(?:跳过|继续(?:吧|办)?|接着(?:办|来)?|下一步|(?:ok(?:ay)? )?(?:go on|continue|carry on|next)|没有了?|无|不(?:填|写|用|需要|提供)了?|暂无|随便|都行|不知道|不清楚|skip(?: (?:it|this))?|none|no|n/?a|nothing|not sure|don'?t (?:know|have (?:one|any|it)))"
)
_GO_ON = re.compile(r"继续(?:吧|办)?|接着(?:办|来)?|下一步|(?:ok(?:ay)? )?(?:go on|continue|carry on|next)(?: please)?")
_CORRECTS = re.compile(
    r"不对|错了|搞错|弄错|写错|填错|看错|说错|不是(?=这|那|我|.{0,6}是)|应该是|改成|改为|换成|更正|重新|另外?一?个|别的|"
    r"\b(?:wrong|actually|sorry,? (?:it|that|i meant)|i meant|should be|change (?:it|that|the)|instead|correction|not (?:that|this|the)|the other|another|different)\b"
)
_QUESTION = re.compile(
    r"[?？]|怎么|怎样|如何|为什么|为啥|咋(?!呼)|谁(?:出|付|承担|负责|来)|吗\s*$|多久|多少钱|几天|几点|能不能|可不可以|会不会|是不是|有没有|什么时候|哪里|哪些|啥意思|什么意思|凭什么"
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
    return _whole(_SKIP, text, 20)


def corrects(text: str) -> bool:
    """Whether the message puts something right that was said before."""
    return _CORRECTS.search(normalise(text[:MAX_CHARS])) is not None


def names(text: str, slot: Slot) -> bool:
    """Whether the message speaks of the slot by its name ("地址不对")."""
    folded = normalise(text[:MAX_CHARS])
    return any(normalise(word) in folded for word in (slot.title.zh, slot.title.en))


def _whole(pattern: re.Pattern[str], text: str, most: int) -> bool:
    plain = _EDGE.sub("", normalise(text[:200]))
    return len(plain) <= most and pattern.fullmatch(plain) is not None


# ── values ──────────────────────────────────────────────────────────────────────────────────────────
_EMAIL = re.compile(r"[a-z0-9._%+\-]{1,64}@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![a-z0-9])(?=[a-z0-9-]*\d{3})([a-z0-9][a-z0-9-]{3,30})(?![a-z0-9])")
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)*)\s*(万|w|千|k)?\s*(?:元|块|rmb|yuan|cny|¥)?", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:我叫|姓名[:：是为]?|名字[:：是为]|联系人[:：是为]?|抬头[:：是为])\s*([^\s,，。;；\d]{2,20})"
    r"|\b(?:my name is|i am called|name\s*[:：])\s*([a-z][a-z .'\-]{1,40})",
    re.IGNORECASE,
)
_ZH_PLACE = re.compile(r"省|自治区|市|区|县|镇|乡|路|街|道|巷|弄|号|栋|幢|座|单元|室|楼|村|苑|园|小区|大厦|广场")
_EN_PLACE = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|district|building|block|room|apt|apartment|flat|suite|floor|unit|city|province)\b",
    re.IGNORECASE,
)
_BEFORE_ADDRESS = re.compile(
    r"^.*?(?:(?:新)?(?:收货)?地址(?:应该)?(?:改成|改为|改到|换成|换到|是|为|[:：])|改成|改为|改到|换成|换到|送到|寄到|发到|应该是|更正为"
    r"|\b(?:address(?: (?:of|for|on) [^,]{1,40}?)? (?:is|to)|ship (?:it )?to|send (?:it )?to|deliver(?:ed)? (?:it )?to|change (?:it|the address|my address|the delivery address) to|should be|to be)\b)\s*[:：]?\s*",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS_TAIL = re.compile(
    r"(?:[,，。;；\s]*(?:谢谢|麻烦了?|可以吗|行吗|吧|thanks|thank you|please))+[.。!！?？\s]*$", re.IGNORECASE
)
_PIECES = re.compile(r"[\n;；。!！?？，]|,(?=\s*[^\x00-\x7f])")
_NO_ADDRESS = re.compile(r"电话|手机|订单|谢谢|麻烦|\d{7,}|\b(?:order|phone|thanks|please|call)\b", re.IGNORECASE)


_ONLY_CODE = re.compile(r"[A-Za-z]{0,6}[\d\s+()#-]{5,30}")


def find(slot: Slot, text: str, today: date) -> str | None:
    """The value of the slot, if it stands in the message beyond doubt."""
    text = text[:MAX_CHARS]
    if slot.pattern and slot.kind in ("text", "order_number"):
        hit = re.search(rf"(?<![0-9A-Za-z])(?:{slot.pattern})(?![0-9A-Za-z])", text, re.IGNORECASE)
        return hit[0].upper() if hit else None
    match slot.kind:
        case "phone":
            return phone(text)
        case "email":
            hit = _EMAIL.search(text)
            return hit[0] if hit else None
        case "date":
            day = dates.day_in(text, today)
            return day.isoformat() if day else None
        case "address":
            return address(text)
        case "name":
            hit = _NAMED.search(text)
            return (hit[1] or hit[2]).strip() if hit else None
        case "choice" if slot.options:
            return chosen(
                text,
                [Offer(value=o.value, label=o.text("zh"), words="\n".join((o.en, *o.words))) for o in slot.options],
            )
        case _:
            return None


def take(slot: Slot, text: str, today: date, offered: Sequence[Offer] = ()) -> str | None:
    """The answer to the open question about the slot; None when the message is none."""
    found = find(slot, text, today)
    if found is not None:
        return found
    plain = text.strip()[:MAX_CHARS]
    match slot.kind:
        case "choice" | "time_slot":
            return chosen(text, offered) or by_place(text, offered) or _begins(text, offered)
        case "address" if not question(plain):
            taken = _trimmed(plain)
            if _ONLY_CODE.fullmatch(taken):
                return None  # the number of an order or a telephone is no address
            return taken if 6 <= len(taken) <= 200 else None
        case "name" if not question(plain) and len(plain) <= 60 and not any(c.isdigit() for c in plain):
            said = amending.without_lead(plain)
            return re.sub(r"^(?:我是|叫|i am|i'm|it's)\s*", "", said, flags=re.IGNORECASE).strip("。.,， ") or None
        case "order_number":
            hit = _NUMBER.search(normalise(plain))
            return hit[1].upper() if hit else None
        case "amount":
            return amount(plain)
        case "text" if not question(plain) and not _whole(_GO_ON, plain, 20):
            return plain if any(c.isalnum() for c in plain) else None
        case _:
            return None


def valid(slot: Slot, value: str, today: date) -> bool:
    """Whether a value keeps the rules of the slot."""
    if slot.pattern and re.fullmatch(slot.pattern, value, re.IGNORECASE) is None:
        return False
    match slot.kind:
        case "date":
            try:
                ahead = (date.fromisoformat(value) - today).days
            except ValueError:
                return False
            first, last = slot.days_ahead or (-36_500, 36_500)
            return first <= ahead <= last
        case "amount":
            number = float(value)
            return (slot.at_least is None or number >= slot.at_least) and (
                slot.at_most is None or number <= slot.at_most
            )
        case "text" | "name" | "address":
            return slot.min_chars <= len(value) <= slot.max_chars
        case "choice" if slot.options:
            return any(one.value == value for one in slot.options)
        case _:
            return 0 < len(value) <= 200


def phone(text: str) -> str | None:
    """The first telephone number, as digits; with its prefix when it is foreign."""
    text = normalise(text)
    for match in phonenumbers.PhoneNumberMatcher(text, REGION):
        number = match.number
        if number.country_code == phonenumbers.country_code_for_region(REGION):
            return phonenumbers.national_significant_number(number)
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None


def amount(text: str) -> str | None:
    """An amount of money in major units."""
    hit = _AMOUNT.search(normalise(text))
    if not hit:
        return None
    factor = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}.get(hit[2] or "", 1)
    try:
        return f"{float(hit[1].replace(',', '')) * factor:.2f}"
    except ValueError:
        return None


def address(text: str) -> str | None:
    """The piece of the message that is an address; neighbouring pieces that name places belong to it."""
    runs: list[list[str]] = [[]]
    for piece in _PIECES.split(_BEFORE_ADDRESS.sub("", amending.without_lead(text), count=1)):
        cut = _trimmed(piece)
        is_place = bool(_ZH_PLACE.search(cut) or _EN_PLACE.search(cut)) and not _NO_ADDRESS.search(cut)
        if is_place:
            runs[-1].append(cut)
        elif runs[-1]:
            runs.append([])
    best = max(("，".join(run) for run in runs), key=len)
    chinese = len(set(_ZH_PLACE.findall(best)))
    has_digit = any(c.isdigit() for c in best)
    is_one = chinese >= 2 and len(best) >= 7 and (has_digit or chinese >= 3)
    return best if is_one or (has_digit and _EN_PLACE.search(best) and len(best) >= 10) else None


def _trimmed(text: str) -> str:
    text = amending.without_lead(text)
    return _ADDRESS_TAIL.sub("", _BEFORE_ADDRESS.sub("", text, count=1)).strip(" \t\n,，。.;；:：")


_ORDINALS = (
    re.compile(r"第一|^1$|^一$|头一|\bfirst\b"), re.compile(r"第二|^2$|^二$|\bsecond\b"),
    re.compile(r"第三|^3$|^三$|\bthird\b"), re.compile(r"第四|^4$|^四$|\bfourth\b"),
    re.compile(r"第五|^5$|^五$|\bfifth\b"), re.compile(r"第六|^6$|^六$|\bsixth\b"),
)  # fmt: skip


_ONLY_PLACE = re.compile(
    r"(?:我?[要选就]{0,2}|是)?第[一二三四五六123456][个条项]?(?:吧|好了|谢谢)?"
    r"|(?:no |actually |ok(?:ay)? |sorry )*(?:i(?: wi|')ll take |i(?:'d| would) like |take )?the (?:first|second|third|fourth|fifth|sixth) one(?: please| thanks)?"
)


def only_place(text: str) -> bool:
    """Whether the message names the place of a choice and nothing else: "the first one"."""
    return _whole(_ONLY_PLACE, text, 40)


def by_place(text: str, offered: Sequence[Offer]) -> str | None:
    """The choice meant by "the second", out of those that were shown."""
    folded = normalise(text[:60])
    for pattern, offer in zip(_ORDINALS, offered, strict=False):
        if pattern.search(folded):
            return offer.value
    return None


def chosen(text: str, offered: Sequence[Offer]) -> str | None:
    """The one choice the message names; None when it names none or several."""
    folded = normalise(text[:MAX_CHARS])
    exact = [one.value for one in offered if folded in (normalise(one.label), normalise(one.value))]
    if len(exact) == 1:
        return exact[0]
    found = {
        one.value
        for one in offered
        for word in (one.label, *one.words.split("\n"))
        if word and _mentions(folded, normalise(word))
    }
    return found.pop() if len(found) == 1 else None


def _begins(text: str, offered: Sequence[Offer]) -> str | None:
    """The one choice with whose name the message begins: "没有漏电" is a no."""
    folded = normalise(text[:60])
    found = {
        one.value for one in offered for word in (one.label, *one.words.split("\n"))
        if word and folded.startswith(normalise(word))
    }  # fmt: skip
    return found.pop() if len(found) == 1 else None


def _mentions(text: str, word: str) -> bool:
    if word[0].isdigit() and not word.isascii():
        return re.search(rf"(?<!\d){re.escape(word)}", text) is not None
    if word.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None
    return word in text
