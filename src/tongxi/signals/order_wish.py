"""Does the customer want to know where an own order is? Pure, no model; text in, evidence out.

Wrong silence costs one question more; a wrong alarm answers something nobody asked. So a wish must name both a thing
(order, parcel, goods on their way) and a question about its state, and must not be about something else.
Tuned on the starter corpus: tests/unit/signals/test_order_wish.py holds the figures.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tongxi.decisions import Reason
from tongxi.kit.text import READINGS, fold

CODE = "wants_order_status"
MAX_CHARS = 2_000

# ── Chinese, on simplified, lower-case text ─────────────────────────────────────────────────────────
_THING = r"(?:订单|定单|订丹|丁单|单子|快递|块递|快件|包裹|包果|物流|货|件|运单|东西|我买的|我订的|我拍的|我下的|那[单件箱]|这[单件箱])"
_WHERE = r"(?:到|走|送|寄|在|发|运|拉)(?:到|走)?(?:了)?(?:哪|什么地方|边度|哪个)"
_ZH = re.compile(
    "|".join(
        (
            rf"{_THING}[^。！？?]{{0,14}}{_WHERE}",
            r"(?:走|送|寄|运|拉)到(?:了)?(?:哪|什么地方|边度)|(?<!修)到(?:哪|边度)(?:里|儿|个[^。]{0,3})?了|^到哪|去到边",
            r"(?:还有多远|在途中|在派送了吗|出库了吗|发出来?了吗|发货了(?:吗|没)|送到没有?|到了没有?)",
            r"(?:还要|还有|再过)(?:几天|多久|多长时间)[^。！？?]{0,3}(?:到|送)",
            r"查一?下?单(?!价|位)|我下的单|下的单[^。]{0,6}(?:收到|成功|哪)|(?:订单|这单|那单|单号|编号)[^。！？?]{0,16}(?:查|看)一?下?",
            r"(?:订单|这笔|拍下|下单)[^。！？?]{0,6}(?:成功|生效|成立|确认|审核)[^。！？?]{0,4}(?:了?吗|没有|了没|有没有|是否|$)|(?:是不是|有没有|是否)(?:买|拍|下单|订)(?:成功|到|上)",
            r"(?:查|看|跟踪|追踪|追)(?:一?下|看|询|查|个|我|的|一?看){0,5}[^。！？?]{0,8}(?:订单|定单|快递|物流|包裹|快件|运单|单号|那单|这单|张单|进度)",
            r"(?:订单|定单|订丹|单子|那单|这单|快递|包裹|物流)[^。！？?]{0,10}(?:进度|状态|状况|什么情况|啥情况|进行到|处理到|办到|动静|消息)",
            r"(?:物流|快递|运单)(?:单号|信息|轨迹|进度|状态|情况)(?!不对|填错)",
            rf"(?:{_THING}|我)[^。！？?]{{0,10}}(?:什么时候|啥时候|几时|几号|哪天|几点|多久|何时)[^。！？?]{{0,5}}(?:送到|到货|能到|会到|到$|到啊|到呢|到我|派送|送达|收到)",
            r"(?:什么时候|啥时候|几时|几号|哪天|几点)(?:能|会|可以|才|才能)?(?:送到我|到我|送达|派送|送到|给我送)",
            rf"{_THING}[^。！？?]{{0,8}}(?:还没|仍没|没有?)[^。！？?]{{0,3}}(?:到|收到|发货|发出|送|动|更新|寄)",
            r"(?:怎么|为什么|咋|点解|为啥|为何)[^。！？?]{0,6}(?:还没|还不|一直没有?|迟迟不|不|没|仲未)(?:有)?(?:收到|送到|到货|到啊|到$|发货|发出|寄出|出货|更新)",
            r"(?:物流|快递|包裹|运单)[^。！？?]{0,10}(?:不动|没动|不更新|没更新|没有更新|卡住|停在|停了|没消息|丢了|丢件)",
            r"派送(?:失败|未成功|没成功|不成功|异常)",
            r"(?:催|吹)(?:一?下)?(?:发货|物流|快递|仓库|单)",
            r"(?:今天|明天|今日|今儿)[^。！？?]{0,6}(?:送到|能到|会到|会不会送|会送到|送得?到)",
            r"^(?:查|看)(?:一?下)?(?:我的)?(?:订单|快递|物流|包裹|单)(?:吧|呗|吗)?$",
            r"^(?:订单|物流|快递|包裹|wuliu|chaxun wuliu|cha kuaidi)(?:查询|呢|进度|状态)?[?？]?$",
            r"(?:我的)?(?:订单|单子)(?:现在)?(?:到|处理到|进行到)(?:哪|什么)",
            r"运单号(?:发|给|是)|快递(?:单)?号(?:发|给|是)|单号(?:发|多少|是多少)|什么快递",
        )
    )
)
_ZH_OTHER = re.compile(
    r"退款|退货|退回|换货|维修|返修|保修|发票|收据|优惠|(?<!使)用券|积分|下单前|怎么下单|如何下单|怎么买|还没买|没下单"
    r"|如果[^。]{0,8}(?:买|拍|付|下单)|现在(?:拍|下单|付款|买|订)|今晚(?:下单|拍)|(?:拍|买|下单)(?:了|后|以后)?(?:多久|几天)"
    r"|一般|通常|规定|改地址|换地址|地址(?:改|换|写错|填错)|改[^。]{0,4}(?:电话|手机|收件)|取消|不想要|不要了"
    r"|运费|邮费|包邮|多少钱|配送范围|国外|海外|国际|关税|清关|海关|赔|投诉|假货|少(?:了|发)|漏发|错发|发错|坏了|破"
    r"|安装|师傅|验证码|密码|外卖|骑手|机票|火车|酒店|保单|理赔|贷款|转账|充值|话费|流量|宽带|报告|挂号|课程|简历|补货|到货通知"
    r"|邮件|短信|通知|信箱|邮箱|打过去的款|转的钱|钱转|转咗|转了|取[货件]码|驿站|蜂巢|丰巢|自提|签收|已送达|拿到$|确认收货"
    r"|发什么快递|用什么快递|专线|最快|必须|拍卖|仓单|缺货|页面|直播间|入口|版本|账号|购物凭|体检|化验|另一个包裹|另外那包|缝"
    r"|技师|对方|功能|退的|退件|退宽|外面|课|阶段|保全|证书|柜|船|护照|签证|模式|开关|工资|(?:合同|文件|资料|材料)"
    r"|定金|尾款|预售|抽奖|奖品|礼品卡|能不能送到|可以送到|送不送|支持配送|代收|改期|重新(?:派|送)|拆|寄回|集装箱|提单"
)

# ── English, on lower-case text ─────────────────────────────────────────────────────────────────────
_ITEM = r"(?:orders?|oder|parcels?|parcle|packages?|shipments?|deliver(?:y|ies)|consignment|stuff|purchase|item|goods)"
_EN = re.compile(
    "|".join(
        (
            rf"\b(?:where(?:'?s| is| are| r)?|were is)\b[^.?!]{{0,14}}\b(?:my|the|our)\b[^.?!]{{0,16}}\b{_ITEM}\b",
            r"^\W*(?:so )?where(?:'?s| is) it(?: at| now)?\W*$",
            rf"\b(?:number|copy|details?|location) of (?:my|the) {_ITEM}\b|\b{_ITEM}\b\W*(?:no\.?|number|#)?\W*\d{{4,}}[^?]{{0,10}}(?:update|status|where|any)",
            rf"\b(?:is|was) my {_ITEM} (?:confirmed|processed|shipped|lost|arriving|coming|here)|\bstage\b[^.?!]{{0,12}}\b{_ITEM}\b",
            r"\bhow (?:far (?:along|away) is|many days more)|\bwhich (?:courier|place has my)\b",
            rf"\bconfirm (?:whether|if|that)\b[^.?!]{{0,8}}\b{_ITEM}\b|\bwhere (?:can|do) i (?:view|see) my (?:past |previous )?{_ITEM}",
            rf"\b(?:track|trace|locate|find|check|chk|look up|follow up on)\b[^.?!]{{0,12}}\b(?:my|the|this|an?)\b[^.?!]{{0,12}}\b{_ITEM}\b",
            rf"\b{_ITEM}\b[^.?!]{{0,6}}\b(?:status|update|progress|eta)\b",
            rf"\b(?:status|update|news|progress|eta|whereabouts)\b[^.?!]{{0,10}}\b(?:of|on|about|for)\b[^.?!]{{0,12}}\b{_ITEM}\b",
            rf"\b(?:when|what day|what time)\b[^.?!]{{0,16}}\b(?:my|the|our)\b[^.?!]{{0,12}}\b{_ITEM}\b[^.?!]{{0,16}}\b(?:arrive|come|get here|be here|delivered|ship|sent|due|be dispatched)",
            r"\bwhen (?:will|is|does) it (?:arrive|coming|come|get here|be delivered|be here|ship)\b(?! if)",
            r"\bwhere(?:'?s| is| are) my\b|\bwhen (?:will|is|are|does) my\b[^.?!]{0,24}\b(?:arrive|arriving|come|coming|get here|be here|delivered|ship)",
            rf"\b(?:has|have|is|did|was|hasn'?t|isn'?t)\b[^.?!]{{0,8}}\bmy\b[^.?!]{{0,12}}\b{_ITEM}\b[^.?!]{{0,20}}\b(?:shipped|sent|dispatched|left|arriv\w+|processed|confirmed|lost|late|out for|go through|on its way|accepted|placed)",
            rf"\b(?:my|the|our)\b[^.?!]{{0,8}}\b{_ITEM}\b[^.?!]{{0,14}}\b(?:hasn'?t|has not|still|not yet|isn'?t|never|did ?n[o']t|is late|is lost|is stuck|stuck)\b",
            rf"\b(?:haven'?t|have not|not|never|didn'?t) (?:yet )?(?:received|got|gotten|get|receive)\b[^.?!]{{0,10}}\bmy\b[^.?!]{{0,10}}\b{_ITEM}\b",
            r"\btracking (?:number|no|id|link|info|information|details|page|update)",
            r"^(?:track|tracking|order status|oder status|eta|order update)\W*$",
            rf"\bdid you (?:receive|get|ship|send|post)\b[^.?!]{{0,8}}\b(?:my|it)\b[^.?!]{{0,8}}\b(?:{_ITEM}|yet)\b",
            rf"\bwhy\b[^.?!]{{0,16}}\b(?:my|our)\b[^.?!]{{0,8}}\b{_ITEM}\b[^.?!]{{0,14}}\b(?:late|shipped|arrived|dispatched|sent|here|taking)",
            r"\bis (?:it|my \w+) (?:coming|arriving) today\b|\b(?:is|are) my\b[^.?!]{0,20}\b(?:on (?:its|the|their) way|shipped|coming)\b",
        )
    )
)
_EN_OTHER = re.compile(
    r"\b(?:refund\w*|money|cash\w*|account|balance|card|code|pin|statement|wallet|settings?|reward|gift|prize|luggage|nearest|return(?:s|ed|ing)?|exchange|repair\w*|invoice|receipt|coupon|voucher|points|calories|steps|sleep|heart rate"
    r"|cancel\w*|change (?:my|the) (?:address|order|delivery)|wrong address|if i (?:order|buy|pay)|before i (?:buy|commit|order)"
    r"|how (?:do|can) i (?:order|buy|place)|place an order|usually|usual|customs|duty|international|compensat\w*|missing item|damaged|broken"
    r"|password|verification|flight|hotel|ticket|loan|claim|transfer|container|b/?l number|port|tailor|birthday|budget|expenses"
    r"|resume|application|course|food|rider|technician|install\w*|spare|waitlist|restock\w*|back in stock|deposit|pre-?order"
    r"|(?:says|marked|show\w*|status|it.s) \W?delivered|never received|second (?:parcel|package)|one order|collect|mobile|tape|trac?king no\.?, can|typed|look up my purchase|shipping (?:cost|fee|charge)|how much|minimum|bulk|wholesale|by the date|in bulk|keep track of)\b"
)


@lru_cache(maxsize=READINGS)
def wants_order_status(text: str) -> Reason | None:
    """Tell whether the writer asks how an order of theirs is doing; the reason's `span` is the wording."""
    folded = fold(text[:MAX_CHARS])
    for wish, other in ((_ZH, _ZH_OTHER), (_EN, _EN_OTHER)):
        found = wish.search(folded.text)
        if found and not other.search(folded.text):
            return Reason(code=CODE, value=1.0, threshold=1.0, span=folded.span(*found.span()))
    return None
