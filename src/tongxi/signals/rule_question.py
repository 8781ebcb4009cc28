"""Does the customer ask how something works or whether it is possible, rather than to have it done? Pure.

"Can I change my address?" asks, "change my address, please" and "can you change it for me" want it done. A message that
does both wants it done. Wrong silence starts the procedure, which asks before it changes anything.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tongxi.kit.text import READINGS, fold

MAX_CHARS = 500

_ASKS = re.compile(
    r"怎么(?!还|没|不|回事|这)|如何|怎样|咋(?!还|没|不)|能不能|可不可以|能否|可否|是否|行不行|要不要|用不用|需不需要|会不会|有没有|是不是"
    r"|(?:可以|能|支持|允许|接受|需要|要|会|行|算|包|有)[^。!?\n]{0,14}(?:吗|嘛|么|不(?=[\W_]*$)|\?)"
    r"|[^行好成,，。!?\n](?:吗|嘛|么)(?=[\W_]*$)"
    r"|多久|多少|几天|几次|规则|政策|条件|流程|要求|什么(?:意思|区别|用)|谁(?:来|给)?(?:出|付|承担|负责|负担|掏|买单)|如果|要是|万一|假如"
    r"|\b(?:can|could|may|shall|should|must|do|will) i\b|\bam i (?:able|allowed|entitled)\b|\bis it (?:possible|ok(?:ay)?|allowed|too late)\b"
    r"|\b(?:can|do|does|is|are) (?:you|the|an|a|it|there|orders?|items?|goods) (?:\w+ ){0,3}(?:accept|allow|offer|support|possible|allowed|free|available|be (?:returned|cancelled|canceled|exchanged|changed))\b"
    r"|\bhow (?:do|does|can|could|to|long|much|many|will|would|is|are)\b|\bwhat(?:'?s| is| are| happens| if)\b|\bwho (?:pays|covers)\b"
    r"|\b(?:policy|policies|rules?|terms)\b"
)
_ASKING = re.compile(
    r"请问|我?想问一?下?|我?想知道|问一?下|怎么样?(?!还|没|不|回事)|如何|怎样|咋|能不能|可不可以|能否|可否|是否|可以|(?<![可才])能(?!力|源|量)|你们|[吗嘛么呢?]"
    r"|\b(?:please|tell me|do you know|i (?:want|would like|'d like) to know|how (?:do|can|could|should|would) (?:i|we|you)|how (?:do|can) one|how to|can (?:i|we|you)|could (?:i|we|you)|may i|is it possible to|what is|what's|what are)\b"
)
"""Words that make a question of what they stand around."""
_OFFERING = re.compile(
    r"有没有|有(?=\S)|[卖賣]|\b(?:do|does|did|are|is|have|has|you|there|sell|have|stock|offer|carry|any|some|a|an|the|your|my|got)\b"
)
_WANTS = re.compile(
    r"帮我|帮忙|给我|替我|为我|我要(?!是|怎么|如何|咋)|我想(?!问|请问|知道|了解|咨询|请教|打听|先问)|我需要(?!做|准备|提供|付|怎么)|麻烦(?:你|您|尽快|马上|把|帮)|请(?:把|尽快|马上|立刻|给|帮|为)"
    r"|马上|立刻|赶紧|尽快|现在就|这(?:个订?单|一?单|笔)|那(?:个订?单|一?单|笔)|上一?单|我的?(?:那|这)|我的?(?:订单|单子|快递|包裹)|昨天|前天|上周|刚才?(?:买|下|拍|收)|[a-z]{0,4}\d{6,}"
    r"|\b(?:can|could|would|will) you (?!(?:tell|explain|say|let me know|accept|ship|deliver|offer|do)\b)|\bplease\b|\bpls\b|\bfor me\b|\bhelp me\b"
    r"|\bi(?:'d| would)? (?:also |really |just )?(?:want|need|like|wanna)(?! to (?:know|ask|understand|find out|check))\b|\bi wish to\b|\bi'm (?:going|about) to\b|\blet'?s\b"
    r"|\bgive me\b|\bright (?:now|away)\b|\basap\b|\bthis order\b|\bthat order\b|\byesterday\b|\b[a-z]{0,4}\d{6,}\b"
)


@lru_cache(maxsize=READINGS)
def asks_rule(text: str) -> bool:
    """Whether the message asks how it works or whether one may, and nothing in it asks to have it done."""
    folded = fold(text[:MAX_CHARS]).text.replace("’", "'")
    return _ASKS.search(folded) is not None and _WANTS.search(folded) is None


def subject_of(text: str) -> str:
    """What is asked about: the text without the words that make a question of it."""
    return _ASKING.sub(" ", fold(text[:MAX_CHARS]).text.replace("’", "'")).strip(" ,.!，。！")


def named_in(text: str) -> str:
    """What the question names: also without "do you sell", "你们有卖"."""
    return _OFFERING.sub(" ", subject_of(text)).strip(" ,.!，。！")
