"""What a customer's message says to a flow: yes, no, stop, a correction, the value of a slot. Pure.

A value is found (`find`) when it stands there by itself, whatever else the message says; it is taken (`take`) when the
question about it is open, so that the whole message may be the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

import phonenumbers

from tongxi.bot.flows.models import Slot
from tongxi.bot.memory import Offer
from tongxi.kit.text import normalise

MAX_CHARS = 2_000
REGION = "CN"
"""Country of a telephone number without a prefix."""

_EDGE = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_YES = re.compile(
    r"(?:是的?|对的?|好的?|行|可以的?|没错|没问题|嗯+|确认(?:修改|取消|申请|提交|预约|办理|无误)?|确定|同意|就这样|提交吧?|办吧|改吧|没问题"
    r"|yes|yep|yeah|yup|sure|ok|okay|correct|right|confirm(?:ed)?|go ahead|do it|please do|that'?s right|submit|looks good)"
    r"(?:[\s,，。.!]*(?:的|了|吧|呀|啊|谢谢|麻烦(?:了|您|你)?|please|thanks|thank you|它|it|that|请|就|这样|办|改|提交|确认|ok|yes|confirm|go ahead))*"
)
_NO = re.compile(
    r"(?:不|不是|不对|不要|不行|不用了?|先不|别|等等|等一下|等下|再改改|再想想|错了|no|nope|nah|not yet|wait|hold on|change something|don'?t)"
    r"(?:[\s,，。.!]*(?:了|吧|改|办|确认|提交|谢谢|thanks|it|that|yet|不|等等|等一下|please))*"
)
_STOP = re.compile(
    r"(?:算了|不(?:办|改|弄|查|换|退|约|开|取消)了|不用(?:办|改|弄|麻烦)?了|先不(?:办|改|弄|要)了|别(?:办|改|弄)了|停|停止|退出|结束|取消(?:办理|操作|这次)?|放弃|下次再说|不需要了|不想(?:办|改|弄)了"
    r"|cancel(?: (?:this|that|it))?|never ?mind|forget (?:it|about it|that)|stop(?: (?:it|this|that))?|quit|abort|leave it|drop it|not any ?more|let'?s not)"
    r"(?:[\s,，。.!]*(?:了|吧|啊|呀|谢谢|thanks|thank you|please|算了|不用了|下次再说|then))*"
)
_UNDO = re.compile(
    r"(?:帮我|请|麻烦|我要|想)?(?:撤销|撤回|改回去|恢复原来的?|改回来|还原)(?:一下|刚才的?|修改|操作|这次|吧|了)*"
    r"|(?:please )?(?:undo|revert|take (?:it|that) back|change (?:it|that) back|put (?:it|that) back)(?: (?:it|that|this|please|the change))*"
)
_SKIP = re.compile(
    r"(?:跳过|没有了?|无|不(?:填|写|用|需要|提供)了?|暂无|随便|都行|不知道|不清楚|skip(?: (?:it|this))?|none|no|n/?a|nothing|not sure|don'?t (?:know|have (?:one|any|it)))"
)
_CORRECTS = re.compile(
    r"不对|错了|搞错|弄错|写错|填错|看错|说错|不是(?=这|那|我|.{0,6}是)|应该是|改成|改为|换成|更正|重新|另外?一?个|别的|"
    r"\b(?:wrong|actually|sorry,? (?:it|that|i meant)|i meant|should be|change (?:it|that|the)|instead|correction|not (?:that|this|the)|the other|another|different)\b"
)
_QUESTION = re.compile(
    r"[?？]|怎么|如何|为什么|为啥|吗\s*$|多久|多少钱|能不能|可不可以|会不会|是不是|有没有|什么时候|哪里|哪些|啥意思|什么意思|凭什么"
    r"|^(?:how|why|what|when|where|who|which|can|could|do|does|is|are|will|would|should)\b"
)


def question(text: str) -> bool:
    """Whether the message asks something."""
    return _QUESTION.search(normalise(text[:MAX_CHARS])) is not None


def agrees(texts: Sequence[str]) -> bool:
    """Whether the messages are a yes and nothing but a yes: "yes, but …" is none."""
    return bool(texts) and all(_whole(_YES, text, 30) for text in texts)


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
_NUMBER = re.compile(r"(?:#|\bno\.?\s*|订单号?|单号|编号)?\s*[:：是为]?\s*([a-z]{0,5}-?\d{4,20})", re.IGNORECASE)
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
    r"|\b(?:address (?:is|to)|ship (?:it )?to|send (?:it )?to|deliver(?:ed)? (?:it )?to|change (?:it|the address|my address|the delivery address) to|should be|to be)\b)\s*[:：]?\s*",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS_TAIL = re.compile(
    r"(?:[,，。;；\s]*(?:谢谢|麻烦了?|可以吗|行吗|吧|thanks|thank you|please))+[.。!！?？\s]*$", re.IGNORECASE
)
_PIECES = re.compile(r"[\n;；。!！?？]|[，,](?!\s*(?:room|apt|building|unit|floor|\d))", re.IGNORECASE)


def find(slot: Slot, text: str, today: date) -> str | None:
    """The value of the slot, if it stands in the message beyond doubt."""
    text = text[:MAX_CHARS]
    match slot.kind:
        case "phone":
            return phone(text)
        case "email":
            hit = _EMAIL.search(text)
            return hit[0] if hit else None
        case "date":
            day = day_in(text, today)
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
            return chosen(text, offered) or by_place(text, offered)
        case "address" if not question(plain):
            taken = _trimmed(plain)
            return taken if 6 <= len(taken) <= 200 else None
        case "name" if not question(plain) and len(plain) <= 60 and not any(c.isdigit() for c in plain):
            return re.sub(r"^(?:我是|叫|i am|i'm|it's)\s*", "", plain, flags=re.IGNORECASE).strip("。.,， ") or None
        case "order_number":
            hit = _NUMBER.search(normalise(plain))
            return hit[1].upper() if hit else None
        case "amount":
            return amount(plain)
        case "text" if not question(plain):
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
    """The piece of the message that is an address."""
    best = ""
    for piece in _PIECES.split(_BEFORE_ADDRESS.sub("", text, count=1)):
        piece = _trimmed(piece)
        chinese = len(set(_ZH_PLACE.findall(piece)))
        is_one = chinese >= 2 and len(piece) >= 7 and (any(c.isdigit() for c in piece) or chinese >= 3)
        is_one = is_one or (any(c.isdigit() for c in piece) and len(_EN_PLACE.findall(piece)) >= 1 and len(piece) >= 10)
        if is_one and len(piece) > len(best):
            best = piece
    return best or None


def _trimmed(text: str) -> str:
    return _ADDRESS_TAIL.sub("", _BEFORE_ADDRESS.sub("", text, count=1)).strip(" \t\n,，。.;；:：")


_ORDINALS = (
    re.compile(r"第一|^1$|^一$|头一|\bfirst\b"), re.compile(r"第二|^2$|^二$|\bsecond\b"),
    re.compile(r"第三|^3$|^三$|\bthird\b"), re.compile(r"第四|^4$|^四$|\bfourth\b"),
    re.compile(r"第五|^5$|^五$|\bfifth\b"), re.compile(r"第六|^6$|^六$|\bsixth\b"),
)  # fmt: skip


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


def _mentions(text: str, word: str) -> bool:
    if word.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None
    return word in text


# ── dates ───────────────────────────────────────────────────────────────────────────────────────────
_DAYS = {"今天": 0, "今日": 0, "今晚": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3, "today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2}  # fmt: skip
_ZH_WEEKDAY = re.compile(r"(下下|下|这|本)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天末])")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EN_WEEKDAY = re.compile(
    r"\b(next |this )?(" + "|".join(_WEEKDAYS) + r"|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)\b"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(?<!\d)(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)")
_ZH_DATE = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})[日号]?")
_SHORT = re.compile(r"(?<![\d-])(\d{1,2})[-/](\d{1,2})(?![\d-])")
_ZH_DAY = re.compile(r"(?<!\d)(\d{1,2})[日号](?!楼|店|线|门|院|室|\w*[栋幢])")
_EN_DATE = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({'|'.join(_MONTHS)})\w*|({'|'.join(_MONTHS)})\w* (\d{{1,2}})(?:st|nd|rd|th)?)\b"
)


def day_in(text: str, today: date) -> date | None:
    """The first day the message names; a day of the month or of the week is the next one to come."""
    folded = normalise(text[:MAX_CHARS])
    if hit := _ISO.search(folded):
        return _date(int(hit[1]), int(hit[2]), int(hit[3]))
    if hit := _ZH_DATE.search(folded):
        return _coming(int(hit[1]), int(hit[2]), today)
    for word in sorted(_DAYS, key=len, reverse=True):
        if _mentions(folded, word):
            return today + timedelta(days=_DAYS[word])
    if hit := _ZH_WEEKDAY.search(folded):
        place = 5 if hit[2] == "末" else 6 if hit[2] in "日天" else "一二三四五六".index(hit[2])
        monday = today - timedelta(days=today.weekday())
        weeks = {"下": 1, "下下": 2}.get(hit[1] or "", 0)
        day = monday + timedelta(days=place, weeks=weeks)
        return day + timedelta(weeks=1) if day < today else day
    if hit := _EN_WEEKDAY.search(folded):
        place = next(i for i, name in enumerate(_WEEKDAYS) if name.startswith(hit[2][:3]))
        ahead = (place - today.weekday()) % 7
        if hit[1] == "next ":
            ahead = ahead + 7 if today.weekday() < place else ahead or 7
        return today + timedelta(days=ahead)
    if hit := _EN_DATE.search(folded):
        month = _MONTHS.index(hit[2] or hit[3]) + 1
        return _coming(month, int(hit[1] or hit[4]), today)
    if hit := _SHORT.search(folded):
        return _coming(int(hit[1]), int(hit[2]), today)
    if hit := _ZH_DAY.search(folded):
        for month in (today.month, today.month % 12 + 1):
            year = today.year + (month < today.month)
            day_ = _date(year, month, int(hit[1]))
            if day_ and day_ >= today:
                return day_
    return None


def _coming(month: int, day: int, today: date) -> date | None:
    this = _date(today.year, month, day)
    return _date(today.year + 1, month, day) if this and this < today - timedelta(days=180) else this


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_HOUR = re.compile(
    r"(上午|早上|早晨|中午|下午|傍晚|晚上|今晚|明晚)?\s*(?<![\d-])(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:[:：点时](?!\d{3})\s*(\d{2}|半)?)"
)
_EN_HOUR = re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s*(am|pm)\b|\b(\d{1,2}):(\d{2})\b")
_PARTS = {"上午": (5, 12), "早上": (5, 12), "早晨": (5, 12), "中午": (11, 14), "下午": (12, 18), "傍晚": (16, 20), "晚上": (17, 24), "morning": (5, 12), "afternoon": (12, 18), "evening": (17, 24)}  # fmt: skip
_HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12}  # fmt: skip


def by_time(text: str, offered: Sequence[Offer], today: date) -> list[Offer]:
    """The offers at the time the message names; their `words` begin with the local start, `2026-11-23T14:00`."""
    folded = normalise(text[:MAX_CHARS])
    day, hours = day_in(text, today), _hours(folded)
    if day is None and hours is None:
        return []
    return [
        one
        for one in offered
        if (day is None or one.words.startswith(day.isoformat()))
        and (hours is None or hours[0] <= int(one.words[11:13]) < hours[1])
    ]


def _hours(folded: str) -> tuple[int, int] | None:
    """From which hour to which the message means."""
    part = next((span for word, span in _PARTS.items() if word in folded), None)
    hour = None
    if hit := _HOUR.search(folded):
        hour = int(hit[2]) if hit[2].isdigit() else _HAN.get(hit[2])
    elif hit := _EN_HOUR.search(folded):
        hour = int(hit[1] or hit[4])
        if hit[3] == "pm" and hour < 12:
            hour += 12
    if hour is None:
        return part
    if hour < 12 and part and part[0] >= 12:
        hour += 12
    elif hour < 8 and part is None and "am" not in folded:
        hour += 12  # nobody makes an appointment at three in the night
    return hour, hour + 1
