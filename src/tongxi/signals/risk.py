"""Subjects the bot does not decide on: danger, self-harm, medical and legal advice; and threats to complain. Pure.

Wide on purpose: a false alarm costs an agent a look, a miss may cost more. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

import re

from tongxi.decisions import Reason
from tongxi.kit.text import fold

MAX_CHARS = 8_000

RED_LINES = ("self_harm", "safety", "medical", "legal")
"""Codes after which the bot gives facts only, and a person."""
COMPLAINT = "complaint_risk"

_PATTERNS: dict[str, re.Pattern[str]] = {
    "self_harm": re.compile(
        r"自杀|自残|自尽|轻生|寻死|不想活|活不下去|活着没(?:意思|意义)|活着[^,。]{0,6}(?:累|没劲)|想死(?!你)|去死算了|死了算了|一了百了|割腕|跳楼|撑不下去|了结(?:自己|生命)"
        r"|结束(?:自己的?)?生命|安眠药(?:吃|吞)"
        r"|\bkill(?:ing)? my ?self\b|\bsuicid(?:e|al)\b|\bend (?:my life|it all)\b|\b(?:want|wanna|going"
        r"|ready) to die\b|\bwanna die\b|\bhurt(?:ing)? my ?self\b|\bself[- ]?harm|\bcut(?:ting)? my ?self\b"
        r"|\bno (?:reason|point) (?:to|in) liv|\bdon'?t want to (?:live|be here|wake up)|\bbetter off (?:dead"
        r"|without me)|\bcan'?t go on\b|\bnot be here tomorrow\b"
    ),
    "safety": re.compile(
        r"着火|起火|冒烟|烧(?:起来|着了|伤)|爆炸|爆裂|炸(?:了|裂|伤|开)|漏电|触电|电到|漏气|煤气味|燃气(?:泄漏|味)|一氧化碳|短路|烫伤|割伤|划伤|流血|出血|窒息|卡(?:住)?(?:喉咙"
        r"|了孩子|到手)|昏(?:迷|倒|过去)|晕倒|中毒|误(?:食|吞)|吞(?:了|下)(?:电池|药|磁)|呼吸困难|喘不上气|救命"
        r"|\b(?:caught|on) fire\b|\bcatch(?:es|ing)? fire\b|\bsmok(?:e|ing) (?:from|is|coming|out)|\bsmok(?:ing"
        r"|es)\b(?= (?:and|badly|!))|\bburst into flames\b|\bexplo(?:de|ded|ding|sion)\b|\bgas leak"
        r"|\bsmell(?:s)? (?:of )?gas\b|\belectric(?:al)? shock|\belectrocut|\bshocked me\b|\bsparks?\b(?= (?:from"
        r"|fly|flying|coming))"
        r"|\bcarbon monoxide\b|\bburn(?:ed|t)? (?:my|his|her|their|our) (?:hand|arm|face|skin|finger|leg|child|son"
        r"|daughter)|\bbleeding\b|\bchok(?:e|ed|ing)\b|\bunconscious\b|\bcollapsed\b|\bpoison(?:ed|ing)\b"
        r"|\bswallowed\b|\bcan'?t breathe\b|\bcall (?:911|999|an ambulance)"
    ),
    "medical": re.compile(
        r"过敏|(?:孕妇|怀孕|哺乳期?|备孕|婴儿|宝宝|高血压|糖尿病|心脏病|癌|肾病|肝病)[^,。!?]{0,8}(?:能|可以|可不可以|能不能)(?:吃|用|喝|服|打|涂)|(?:吃|用|服)(?:多少"
        r"|几)(?:片|粒|毫克|mg)|剂量|副作用|(?:和|跟|同)[^,。!?]{1,10}药[^,。!?]{0,4}一起(?:吃|用|服)|停药|诊断|是不是得了|症状|处方药?|药(?:能"
        r"|可以)[^,。!?]{0,6}吃"
        r"|\ballerg(?:y|ic|ies)\b(?! (?:info|label))|\b(?:pregnan\w+|breastfeeding|diabet\w+|blood pressure"
        r"|heart condition)\b[^.!?]{0,40}\b(?:safe|take|use|ok|okay|can)\b|\b(?:safe|ok"
        r"|okay)\b[^.!?]{0,30}\b(?:pregnan\w+|breastfeeding)\b|\bdos(?:e|age)\b|\bside effects?\b|\b(?:mix|take"
        r"|combine)\b[^.!?]{0,30}\b(?:medication|medicine|pills?|antibiotics|ibuprofen)\b|\bdiagnos\w+|\bsymptoms?\b"
        r"|\bprescri\w+\b|\brash\b"
    ),
    "legal": re.compile(
        r"(?:是否|算不算|是不是)(?:违法|犯法|侵权|诈骗)|法律(?:咨询|意见|建议|责任|效力)|怎么(?:起诉|打官司|仲裁)|能不能(?:起诉|告)|合同(?:是否|有没有)(?:有效|效力)|(?:赔偿"
        r"|违约)(?:责任|标准)(?:是|怎么)"
        r"|\blegal (?:advice|opinion|rights?|liabilit\w+)\b|\bis (?:this|it) (?:even )?(?:legal|illegal)\b"
        r"|\bam i liable\b|\bwho is liable\b|\bcan i sue\b|\bgrounds to sue\b"
    ),
    COMPLAINT: re.compile(
        r"12315|12345|12378|12300|12381|消协|消保委|工商局?|市场监管|监管局|银保监|金管局|网信办|邮政管理局?|工信部|黑猫|消费者(?:协会|委员会|权益)|(?<!怎么|如何"
        r"|哪里)投诉(?!(?:渠道|电话|入口|邮箱|流程|方式|建议|在哪|怎么))|起诉|律师|法院|法庭|打官司|告(?:你们|到|上)|仲裁|报警|警察|派出所|公安|曝光|爆光|记者|媒体|电视台|315"
        r"|发(?:到)?(?:抖音|微博|小红书|朋友圈|网上|知乎)|挂(?:你们|网上)|讨(?:个)?说法|维权|退一赔三|假一赔|职业打假"
        r"|\b(?:lawyer|solicitor|attorney|barrister|small claims|lawsuit|sue|suing|court|ombudsman|trading standards"
        r"|better business bureau|bbb|fca|cfpb|ftc|acas|consumer (?:protection|affairs|rights|watchdog|court|forum)"
        r"|regulator|watchdog|chargeback|police|legal action|take this further|take legal)\b"
        r"|\b(?:newspaper|journalist|reporter|the press|bbc|going viral|tiktok|twitter|trustpilot|social media"
        r"|one[- ]star|1[- ]star|name and shame|go(?:ing)? public|expose you|local news|consumer reports)\b"
        r"|\b(?:formal|official|file a|filing a|lodge a|lodging a|make a|raise a) (?:formal )?complain\w*"
        r"|\bcomplaints? (?:department|team|desk|procedure)\b|\bmy mp\b"
    ),
}
_NOT: dict[str, re.Pattern[str]] = {
    "self_harm": re.compile(
        r"笑死|累死|急死|热死|气死|烦死|饿死|困死|无聊死|美死|爱死|想死你|dying to|to die for|死机|卡死"
    ),
    "safety": re.compile(
        r"不(?:会)?(?:着火|冒烟|漏电|爆炸)|fire ?stick|fire tablet|fire sale|smoke (?:detector|alarm|grey|gray|test)"
        r"|smoking (?:area|room|jacket)|explosion[- ]proof|防爆|防漏电|防烫|爆款|烟雾报警"
    ),
    "medical": re.compile(r"处方笺模板"),
    "legal": re.compile(r"$^"),
    COMPLAINT: re.compile(
        r"(?:不|没|别|无意|撤销|取消|不会|懒得|不是来)(?:想|打算|要|有)?投诉|投诉(?:已|撤|解决)|律师(?:函模板|执照|资格|费)|报警器|法院(?:附近|路|公告)|food court"
        r"|tennis court|basketball court|court shoes?|courtyard|tiktok (?:shop|link|coupon)|sue[dr]?e\b"
        r"|my lawyer friend|小红书(?:同款|看到|推荐|种草)|抖音(?:同款|看到|直播间|小店|上买)"
    ),
}


def risks(text: str) -> tuple[Reason, ...]:
    """Everything risky in the text, red lines first, each with the wording as `span`."""
    folded = fold(text[:MAX_CHARS])
    found: list[Reason] = []
    for code, pattern in _PATTERNS.items():
        masked = _NOT[code].sub(lambda m: "□" * len(m.group()), folded.text)
        hit = pattern.search(masked)
        if hit:
            found.append(Reason(code=code, value=1.0, threshold=1.0, span=folded.span(*hit.span())))
    return tuple(found)
