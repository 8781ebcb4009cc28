"""Subjects the bot does not decide on: danger, self-harm, medical and legal advice; and threats to complain. Pure.

Wide on purpose: a false alarm costs an agent a look, a miss may cost more. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

import re

from tongxi.decisions import Reason
from tongxi.kit.text import fold

MAX_CHARS = 8_000

RED_LINES = ("self_harm", "safety", "fraud", "medical", "legal")
"""Codes after which the bot gives facts only, and a person."""
COMPLAINT = "complaint_risk"

_PATTERNS: dict[str, re.Pattern[str]] = {
    "self_harm": re.compile(
        r"自杀|自残|自尽|轻生|寻死|遗书|(?:不想|唔想)(?:再)?(?:活|醒|起身)|活不(?:下|成)去?|活着[^,。!?]{0,4}(?:没|累|冇)"
        r"|想死(?!你)|想s(?![a-z])|(?<![a-z])zs的?|去死(?:算了|的念头)|死的念头|我死了|我死後|死了算了|一了百了|割腕|跳(?:楼|河|江|桥|下去)"
        r"|撑不(?:下去|住了)|顶唔顺|了结(?:自己|生命)|结束(?:自己的?)?(?:生命|这一切)|安眠药|药[^,。!?]{0,4}攒够|(?:过了今晚|今晚之后)"
        r"|(?:在|站在)(?:天台|楼顶|桥上|河边)|天台|河边风|告别消息|永别|下辈子再见|先走一步|走之前把|没来过这个世界|如果消失了"
        r"|哪里都不会去了|不用叫我起床|以后没有人了|没脸见|播完就走|手腕……|控制不住[^,。!?]{0,4}(?:念头|自己)"
        r"|\bkill(?:ing)? my ?self\b|\bsuicid(?:e|al)\b|\bkms\b|\bunalive\b|\bend(?:ing)? (?:my life|it all|it"
        r"|things)(?=\W*$|[,.!])"
        r"|\b(?:want|wanna|going|ready|rather) (?:to )?die\b|\bif i die\b|\bhurt(?:ing)? my ?self\b|\bself[- ]?harm"
        r"|\bcut(?:ting)? my ?self\b"
        r"|\bno (?:reason|point) (?:to|in) liv|\b(?:see|no) (?:much |any )?point in (?:anything|life|living)\b"
        r"|\bdon'?t want to (?:live|be here|wake up)"
        r"|\bbetter off (?:dead|without me)?(?=\W*$|[,.!]| dead| without)|\bcan'?t go on\b|\bnot be here tomorrow\b"
        r"|\bnot going to be around\b"
        r"|\bno more mornings\b|\bgoodbye (?:everyone|forever)\b|\b(?:messaged|said) goodbye\b"
        r"|\bletters to my (?:kids|family|wife|husband|parents)\b"
        r"|\bpills in front of me\b|\b(?:standing on|off) (?:the|a) (?:bridge|ledge|roof)\b|\bafter tonight\b"
        r"|\bnobody would (?:notice|care|miss)\b"
        r"|\bstopped taking my meds\b|\boverdos\w+|\blast order, thanks for everything\b"
        r"|\blocked herself in the bathroom\b"
    ),
    "safety": re.compile(
        r"着火|起火|点着了|冒(?:白|黑)?烟|冒火|火星子|烧(?:起来|着了|伤)|爆炸|爆裂|炸(?:了|裂|伤|开)|(?:鼓包|发烫)[^,。!?]{0,6}(?:滋|响|热)"
        r"|漏电|触电|电到|漏气|煤气味?|瓦斯|燃气(?:泄漏|味|报警)|氯气|一氧化碳|刺鼻|短路|配电柜|烫伤|起泡了|割伤|划(?:伤|了个口)|流血|是血"
        r"|出血|窒息|卡(?:住|进|在|到)?[^,。!?]{0,4}(?:喉咙|手指|栏杆|缝里)|(?:头|手|手指|脚)(?:被)?(?:卡|夹)|夹住|噎住|昏(?:迷|倒|过去)|晕倒"
        r"|叫不醒|嘴唇发紫|脸都?紫|中毒|误(?:食|吞|服)|吞(?:了|咗|下)|(?:消毒液|洁厕|清洁剂|干燥剂)[^,。!?]{0,6}(?:喝|吃|当)|弄进眼睛"
        r"|呼吸困难|喘不上气|救命|(?:电梯|缆车|冷库|车里|步道|里面)[^,。!?]{0,8}(?:困|关着|停半空|半小时)|被困|困(?:住|在|咗|人)|溺水|走丢|领队不见"
        r"|刹车(?:失灵|不灵)|急停[^,。!?]{0,4}(?:不|没)|卷进去|砸(?:到|伤|中)|腿断|骨折|救生员不在|抛锚[^。!?]{0,10}(?:高速|应急)|进水了"
        r"|(?:司机|师傅)[^,。!?]{0,6}(?:喝酒|酒味|偏离)|酒驾|偏离路线|尾随|跟踪我|弄死|威胁[^,。!?]{0,8}(?:上门|弄|打)|楼下不走|拧把手|荒郊野岭"
        r"|(?:氧气机|呼吸机|血氧)[^,。!?]{0,8}(?:停|报警|掉)|盖飞了|急救"
        r"|\b(?:caught|on) fire\b|\bcatch(?:es|ing)? fire\b|\bis burning\b|\bsmok(?:e|ing) (?:from|is|coming|out)"
        r"|\bburst into flames\b"
        r"|\bexplo(?:de|ded|ding|sion)\b|\bgas (?:leak|cylinder)|\bsmell(?:s)? (?:of )?gas\b|\belectric(?:al)? shock"
        r"|\belectrocut|\bshocked me\b"
        r"|\bgot a shock\b|\bsparks?\b(?=\W*$| from| fly| flying| coming)|\bcarbon monoxide\b|\bco detector\b"
        r"|\bchlorine smell|\bcoughing\b"
        r"|\b(?:hissing|swelling|swollen)\b(?=.*batter|\W*$| and)|\bbatter\w+ (?:is )?(?:hissing|swelling|swollen"
        r"|bulging|leaking)|\bfoaming\b"
        r"|\bburn(?:ed|t)? (?:my|his|her|their|our) (?:hand|arm|face|skin|finger|leg|child|son|daughter)|\bscald\w*"
        r"|\bbleeding\b|\bchok(?:e|ed|ing)\b"
        r"|\bthroat (?:is )?closing\b|\bepipen\b|\bunconscious\b|\bcan'?t wake\b|\bnot waking up\b|\bcollapsed\b"
        r"|\bpoison(?:ed|ing)\b|\bswallowed\b"
        r"|\bcan'?t breathe\b|\bcall (?:911|999|112|an ambulance)|\bin my eyes?\b|\b(?:stuck|trapped"
        r"|locked) (?:in(?:side)?|on) (?:the |a |your |our )?"
        r"(?:lift|elevator|car|hire car|cold store|cable car|room|bathroom|store)\b|\bpeople (?:locked|trapped"
        r"|stuck) inside\b|\bhead(?:'s)? (?:is )?stuck\b"
        r"|\bhand is in\b|\be-?stop\b|\bbrakes? (?:on the \S+ )?(?:just )?(?:failed|went|gone|don'?t work)"
        r"|\bstranded\b|\bdrifting\b|\bstopped mid air\b"
        r"|\b(?:driver|captain) is drunk\b|\bswerving\b|\bfollowing me\b|\boutside the door\b|\b(?:diver|child|son"
        r"|daughter) (?:is )?missing\b|\bcoastguard\b"
        r"|\bfilling with steam\b|\bfuse box\b|\bcan'?t feel (?:his|her|my|their)\b|\bcylinder nearly empty\b"
    ),
    "fraud": re.compile(
        r"盗刷|(?:钱|余额|存款|余额宝)[^,。!?]{0,8}(?:被转走|转走了|少了|没了)|被(?:人)?(?:一笔一笔)?转走|冻结(?:一下)?我?的?(?:账户|账号|卡)|止付|安全账户|公检法"
        r"|正在(?:用我的卡|转我|刷|往外转)|正在[^,。!?]{0,8}(?:自己在动|扣款)|免密扣款|是不是被骗|开屏幕共享|验证码给出去|手机丢了[^。!?]{0,16}钱包|被人碌|转我卡里的钱|往外转"
        r"|\bdraining my account\b|\bfreeze (?:it|my account|the account)\b|\bblock (?:it|the card|my card) (?:now"
        r"|quick|right)|\bnot me spending\b|\bsafe account\b"
        r"|\bcloned my (?:sim|card)\b|\b(?:money|transfers?) (?:is |are )?going(?: out)?(?=\W*$|[,.!]| every)"
        r"|\bceo fraud\b|\bcursor is moving by itself\b"
        r"|\bcharges every minute\b|\bnot to hang up\b|正在用我的卡|\bwired [^.!?]{0,40}fake|'safe account'"
    ),
    "medical": re.compile(
        r"过敏|(?:孕妇|怀孕|哺乳期?|备孕|婴儿|宝宝|高血压|糖尿病|心脏病|甲亢|癌|肾病|肝病)[^,。!?]{0,8}(?:能|可以|可不可以|能不能)(?:吃|用|喝|服|打|涂)"
        r"|(?:吃|用|服)(?:多少|几)(?:片|粒|毫克|mg)|剂量|副作用|(?:和|跟|同)[^,。!?]{1,10}(?:药|水|酒)[^,。!?]{0,4}一起(?:吃|用|服|喝)|停药"
        r"|漏了[^,。!?]{0,3}药"
        r"|降(?:压|糖)药|吃错药|(?:双倍|过量)[^,。!?]{0,4}药|胰岛素|头孢|诊断|是不是得了|症状|处方药?|药(?:能|可以)[^,。!?]{0,6}吃|药[^,。!?]{0,4}一天几次"
        r"|饭前饭后|红疹|起疹|脸肿|肿成|胸口[^,。!?]{0,3}疼|胳膊麻|拉肚子|上吐下泻|(?:发烧|高烧)[^。!?]{0,14}(?:怎么|吃|能|哪个)|对宝宝有影响|要不要(?:停|紧)"
        r"|正常反应|血糖仪|\ballerg(?:y|ic|ies)\b(?! (?:info|label))|\b(?:pregnan\w+|breastfeeding|diabet\w+|blood pressure"
        r"|heart condition|thyroid)\b"
        r"[^.!?]{0,40}\b(?:safe|take|use|used|eat|ok|okay|can|worried)\b|\b(?:safe|ok"
        r"|okay)\b[^.!?]{0,30}\b(?:pregnan\w+|breastfeeding)\b|\bdos(?:e|age)\b"
        r"|\bside effects?\b|\b(?:mix|take|took|combine)\b[^.!?]{0,30}\b(?:medication|medicine|pills?|antibiotics"
        r"|ibuprofen|insulin)\b|\bdiagnos\w+"
        r"|\bsymptoms?\b|\bprescri\w+\b|\brash\b|\bchest pain\b|\barm numb\b|\binsulin\b|\bparacetamol\b"
        r"|\bwith or without food\b|\bwrong strength\b"
        r"|\bfeeling (?:a bit )?(?:off|sick|dizzy)\b|\bin labou?r\b"
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
    "fraud": re.compile(r"防盗刷|盗刷险"),
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
