"""The wish for a person in a few words that name no person: 按0, "put me thru", "still the one from yesterday". Pure.

Only whole short messages are read this way; in a longer one such words are about something else.
"""

from __future__ import annotations

import re

MAX_CHARS = 48
"""Of folded, masked text."""

_END = r"[\s,。.!?~吧啊呀呢吗嘛哦了谢]*(?:谢谢|please|pls|plz|thanks)?[\s,。.!?~]*$"
_BEFORE = r"^\W*(?:请|麻烦|劳驾|你好|您好|那|就|算了|还是|快|赶紧|帮我|给我|我要|我想|可以|能不能|能|唔该|ok|hi|hello|hey|so|then|just|please|pls|can you|could you|can i|could i|i want to|i'd like to|i want|i need|need)*\W*"

_ZH = (
    r"(?:按|选|拨)?\s*[0零]\s*(?:号?键)?",
    r"(?:把我|给我|帮我)?(?:转接|转线|驳线|接通|接线|转过去|接过去|转一下|接一下)",
    r"(?:转给?|接|找|换成?|要|叫)?(?:工号)?\s*\d{3,6}\s*号?(?:工号)?(?:在不在|在吗|还在|接待|为我服务|服务|接一下|来)?(?<=[在不吗接待服务下来号])",
    r"(?:还是|要|找|让|换回|就|继续找|接着找)?(?:昨天|刚才|刚刚|上次|之前|早上|头先|上回)(?:的|那)(?:个|位)(?:人|客服|同事|小?姑娘|小哥|先生|女士|大姐|师傅|小.)?(?:还在|在吗|在不在|来|接|呢|跟我说)?",
    r"(?:有没有|有)(?:会|懂)(?:说|讲|手语|用)?[^,。!?]{1,5}(?:的|的人|客服|的客服)(?:没|不|有吗)?",
    r"(?:都|怎么|是不是)?(?:没|冇|木有)(?:有)?(?:一个)?人(?:了|管|理|上班|在|理我|管我|回|应)(?:了|是)?",
    r"(?:换|找|叫|喊|请|让|来|派|搵)(?:一?个|一?位|你们)?(?:级别|职位|权限|职务|水平|官)?[^,。!?]{0,3}(?:高|懂|明白|会|能|识|靠谱|清楚|管事|做主)[^,。!?]{0,5}(?:的|人|嘅|点的|点嘅)(?:人)?(?:来|嚟|说|讲|跟我说|处理|回我)?",
    r"想?(?:听|跟|和)(?:听|一下)?(?:真)?人(?:的)?(?:话|声音|意见|说说?|聊聊?)",
    r"谁(?:经手|负责|处理|接待|管)的?[^,。!?]{0,3}(?:让|叫|找|请)?谁?(?:来|出来|回我|说话|跟我说)",
    r"(?:找|要|叫|请|接|转|喊|让)(?:你们|一下)?(?:个|位)?(?:负责|管|经手|处理|专门|做|办)[^,。!?]{1,10}(?:的|的人|的同事)(?:来|联系我|回我|接|回电)?",
    r"(?:帅哥|美女|靓女|靓仔|小哥哥?|大哥|大姐|老板|掌柜|店家|商家|卖家|导购|前台|总台|管家|小编|客官|值班|当班|收银|保安|经理|主管|店长|掌柜的|老师|医生|药师)们?(?:在吗|在不|在不在|出来|出来下|人呢|呢|来一下|来|回话|回复|说话|接一下|联系我|吱声|冒个泡)",
    r"(?:不要|别|拒绝|关掉?|退出|结束)(?:智能|ai|机器|机械|自动|机器人|机械人)(?:的|客服|回复|人|服务)?",
    r"(?:不给|没有|还不)(?:转|接)?人工[^,。!?]{0,3}(?:我)?(?:就)?(?:投诉|走|退)",
    r"(?:升级|上报|往上报|加急上报)(?:处理|给?领导|给?上级|一下)?",
)
_EN = (
    r"(?:press|dial|hit)? ?(?:0|zero)",
    r"(?:re)?(?:con+ect|tran?s?fer+|xfer|escalate|reroute|redirect|forward|switch)(?: me| us| this)?(?: over| now| through)?",
    r"(?:put|patch|pass|hand|send|get|bump|kick) (?:me|this|it|us) (?:thru|through|over|on|along|up|to the next level|upstairs)",
    r"(?:exit|leave|quit|skip|stop|end|kill|bypass|no) (?:the |this |all )?(?:bots?|robots?|chatbots?|ai|machine|automation)",
    r"(?:bots?|robots?|ai|machine),? (?:stop|off|out|go away|leave)",
    r"next (?:level|tier|line)|level (?:2|two) support|tier (?:2|two)",
    r"(?:the )?(?:front desk|reception|switchboard|concierge|head office|back office|hq|nurse|duty (?:nurse|manager)|store|office)",
    r"(?:the )?(?:accounts?|billing|returns?|complaints?|sales|support|technical|tech|customer|finance|warranty|shipping|logistics|escalations?|retention|cancellations?) (?:dept|department|team|desk|line|office|people|staff|person|rep|guy|folks)",
    r"i(?:'ll| will| can)?(?:'m happy to)? (?:hold|wait|queue|stand by)(?: (?:here|for (?:it|them|you|one|somebody|someone|the next)[^.!?]{0,16}|in (?:the )?(?:line|queue)[^.!?]{0,12}))?",
    r"(?:nobody|no ?one|noone)(?:'s| is)? (?:answer(?:s|ing)|there|here|reply(?:ing)?|picks? up|home|around|helping)",
    r"who(?:'s| is) (?:above you|on (?:shift|duty|call)|in charge|your (?:boss|manager|supervisor|superior)|responsible|running this)(?: here| there)?",
    r"(?:is )?(?:the|that) (?:last|same|previous|other|first|earlier) (?:lady|guy|man|woman|person|agent|one|rep|girl|fella|chap|bloke)(?: (?:i (?:had|spoke to|talked to|spoke with)|from (?:before|earlier|yesterday)|again|back|still (?:there|around|on)|was helping me(?: [^.!?]{0,24})?)){0,2}",
    r"(?:let |get |bring )?(?:an? |the )(?:grown[- ]?up|adult)s?(?: (?:handle (?:it|this)|please|in the room|take over))?",
    r"(?:any|some)(?:one|body) (?:alive|awake|home|real|else|human|competent|senior|higher up|in charge)(?: there| here| in there)?",
    r"(?:too|very) (?:complex|complicated|hard|difficult|much) for (?:you|a bot|a machine)[^.!?]{0,24}",
    r"(?:real|actual|live|proper|human) (?:one|help|support|assistance|voice|response|reply|answer)",
)
_SHORT = re.compile("|".join(f"(?:{_BEFORE}(?:{pattern}){_END})" for pattern in (*_ZH, *_EN)))


def find(masked: str) -> tuple[int, int] | None:
    """The place of the wish in a short text with look-alikes hidden; None when it is no such message."""
    if not masked or len(masked) > MAX_CHARS or "□" in masked or "#" in masked:
        return None
    hit = _SHORT.search(masked.replace("’", "'"))
    return hit.span() if hit else None
