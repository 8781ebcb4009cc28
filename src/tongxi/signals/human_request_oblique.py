"""The wish for a person said in a roundabout way, anywhere in a message, and questions that only sound like it. Pure.

Verb of calling, giving or transferring with a role; refusing the machine; asking for a call; asking who is behind the
screen. `NEVER` holds whole families of questions about agents, calls and software which no rule may read as a wish.
"""

from __future__ import annotations

import re

MAX_CHARS = 400
"""Of folded text: in a longer story the same words are about others."""

_ROLE_ZH = (
    r"(?:经理|主管|领导|老板|店长|负责人|采购|市场部|公关|法务|财务|顾问|代表|技术|研发|架构|工程师|仓库|同事|部门|[一-鿿]{1,4}[部组科]"
    r"|总部|上级|上司|管事|做主|说了算|小[陈李王刘张周赵吴孙杨])"
)
_CALLING = r"(?:叫|喊|让|请|派|找|要|换|来|给我|整|搵|寻|转|接|驳|安排)"
_ZH = (
    rf"{_CALLING}(?:你们|个|一?位|到|去|贵司|贵公司|相关|哈|下|一下)*{_ROLE_ZH}[^,。!?]{{0,6}}(?:来|出|见|谈|跟|和|与|对接|沟通|联系|推我|接|回|解释|那|$)",
    r"(?:打|拨|回)(?:个|我|俾|给)*(?:电话)?(?:给|俾|畀)?我(?:得唔得|行不|行吗|好吗|手机|啦|$)|call返|打俾我|打電?话俾我|给我来(?:个)?电|来电吧",
    (
        r"(?:不是|除非是|只要是?|没有不是)(?:ai|机器人?|真?人)(?:的|$)|(?:不接受|拒绝|别让我跟|不想跟|不跟|别|不要|请)(?:机器|程序|ai|智能)[^,。!?]{0,4}(?:服务"
        r"|说话|了|回避|聊|退|滚|$)"
    ),
    r"(?:ai|机器人?|智能)(?:请)?(?:回避|退下|闪开|走开|滚|让开)",
    (
        r"(?:来|找|换|叫|喊|给|有没有|要|安排)(?:一?个|一?位|我)*(?:明事理|带脑子|懂|会|能|正常|专业|靠谱|有权|现场|活|顶用)[^,。!?]{0,8}(?:的|人)(?:来|说|讲|吗"
        r"|没)?(?:$|[,。!?])"
    ),
    r"(?:真人|人工|在线的?|是人|在岗的?)(?:的话)?(?:扣|吱|回一下|回我|冒)|谁在岗|有血有肉",
    r"^\W*(?:人|有人|活人|真人)[!?哩嘞咧勒捏呢\s]*$|(?:^|[,。!?])\W*(?:人|人都?)(?:去哪|死哪|哪去)|公司(?:是不是)?没人",
    r"(?:要|想)(?:听到?|见)(?:真)?人|有人说话|需要人(?:看|处理|帮)|要人复核|陪我(?:说|一步)|开个?语音|当面聊|约个?(?:时间|视频)[^,。!?]{0,4}(?:聊|会议|谈|通话)",
    r"有冇?(?:人|职员|agent|真人|管理)[㗎嘅呀帮吗]|有没有别的(?:同事|人)|又是你.{0,3}昨天|昨天那(?:位|个)[^,。!?]{1,6}(?:呢|回我|联系|来)|指定工号",
    r"请她回|请他回|还是让[他她]来|等(?:到)?人工等|人工还要等|zhao ?ge ?ren|hao ?zhao ?ren|联系壳服|转人供|转人$|插队",
    r"派人来|安排人(?:来|协助|帮)|(?:教教我|教我)[^。!?]{0,6}(?:来个电话|打给我)|(?:这|那)?[三几]句[^。]{0,4}下一个",
)
_WHO = (
    r"(?:agents?|humans?|person|people|reps?|representatives?|operators?|employees?|staff|somebody|someone|ceo"
    r"|owner|manager"
    r"|supervisor|claims|technical|billing|returns|sales|live body|real one)"
)
_EN = (
    (
        rf"\b(?:skip|hand ?off|handover|switch|straight|go|get|transfer|escalate|through) (?:me )?to (?:an? |the "
        rf"|your )?{_WHO}\b"
    ),
    r"(?:[.:,!?] ?|^)(?:an? |the )?(?:agent|human|manager|supervisor|person|operator|rep)\W*$",
    (
        r"\b(?:go away|get lost|be ?gone|shut (?:up|the bot off)|stop)\W+(?:the |this |you )?(?:stupid )?(?:bot"
        r"|robot|ai|chatbot)\b(?! (?:vacuum|mower|toy))"
        r"|\b(?:bot|robot|ai),? (?:be ?gone|go away|get lost|off)\b|\bnon[- ]?(?:robot|bot)\b"
    ),
    r"\b(?:give|gie|gis) (?:us|me) a (?:bell|buzz|ring|call|shout)\b|\bring my mobile\b|\bdial me\b|📞 ?me",
    (
        r"\bno (?:human|agent|person)\W*$|\bwhy (?:is there|are there) no (?:human|agent|people|person)"
        r"|\bhappy to hold\b|\bwait in the queue\b"
    ),
    (
        r"\b(?:reviewed|handled|answered|attended|checked|seen|read) by (?:an? )?(?:real )?(?:human|person|people"
        r"|somebody|someone)\b"
    ),
    (
        r"\bi (?:want|need|shall wait for|'ll wait for|look for|search for|insist on) (?:an? |the "
        r"|your )?(?:real )?(?:human|ceo|employee|somebody|person)\b(?! (?:hair|sized|resources))"
    ),
    (
        r"\b(?:is|are) (?:this|the) (?:chat|thing|line) (?:manned|staffed|monitored)\b|\bwho else can i\b"
        r"|\bwho can\?|\bmaybe a (?:person|human)\b"
    ),
    (
        r"\bwhen(?:ever)? (?:a |an |the )?(?:person|human|agent|someone|somebody)(?: is|'s) (?:free|available"
        r"|around|on)\b"
    ),
    (
        r"\b(?:tell|ask|get|have|can|could|let) (?:an? |the |your |her |him )?(?:human|person|agent|driver|courier"
        r"|engineer|architect|maker|legal|counsel|lawyer)[^.,!?]{0,16} (?:call|ring|phone|message|contact"
        r"|talk to|come to|look remotely|join)\b(?! (?:ahead|before))"
    ),
    (
        r"\b(?:same|that) (?:guy|lady|man|woman|person|agent) as (?:yesterday|before|last)|\bwhere'?s the (?:lady"
        r"|guy|man|woman|person) (?:from|i)\b|\bget (?:him|her) back\b"
    ),
    (
        r"\bsomeone from your side\b|\bset up a (?:call|meeting) with\b|\bnot software\b|\bhablar con una persona\b"
        r"|\b(?:can|may) i ask the \w+ (?:something )?(?:myself|directly)\b"
    ),
    (
        r"\b(?:haven'?t you|have you|you) got (?:an? |any )(?:human|person|people)\b|\bif no ?(?:one|body) (?:calls"
        r"|contacts|answers) me\b|\bwhat happened to real people\b"
    ),
    (
        r"^\W*(?:staff|call|employee|associate|management|waiter)\W*$|^\W*(?:front desk|reception|crew member|staff"
        r"|team member) (?:please|pls)\b|\bsomeone in (?:legal|billing|sales|support|accounts)\b"
    ),
)
WISH = re.compile("|".join((*_ZH, *_EN)))
NEVER = re.compile(
    r"不是(?:让|叫|要)你?转|没(?:让|叫)你?转|宁愿跟(?:机器|ai)|换个人(?:收|拿|取|签|领)|(?:给|帮)别人|(?:我们?|自己)(?:的)?网站|怎么(?:转账|转让|转发)"
    r"|唔使|rengong ?fei|renqi|ji ?dian ?shang ?ban|tai ?du"
    r"|\b(?:when|what time|what hours|how many|how fast|where) (?:are|do|is) (?:your )?(?:agents|reps|staff"
    r"|operators|support)\b"
    r"|\bdo i (?:need|have) (?:to (?:speak|talk|call|phone)|someone)\b|\b(?:i (?:used to|work)|i'?m an?"
    r"|i am an?) (?:\w+ ){0,4}(?:agent|rep|service|operator|manager|supervisor)\b"
    r"|\b(?:assign|add|remove|chemical|thickening|wetting|cleaning|user|travel|estate|letting|insurance"
    r"|ssh) agent\b|\bagent\.exe\b|\bhats off\b|\bfeedback about\b"
    r"|\bis (?:live )?(?:chat|phone support) (?:free|included|encrypted)\b|\b(?:love|like) (?:this |the "
    r"|talking to the )(?:chat)?bot\b|\bleave (?:it )?(?:with|at)\b"
    r"|\b(?:can|could) (?:some|any)(?:one|body) (?:help me (?:re|find|with|track|choose)|tell me|explain|else)"
    r"|\bdoes any(?:one|body) know\b|\b(?:bigger|larger|smaller) (?:text|font|letters|print)\b|\btalk to the npc\b|\byour software\b"
)


def find(folded: str) -> tuple[int, int] | None:
    """The place of the wish in folded text; None where nothing asks for a person this way."""
    if len(folded) > MAX_CHARS:
        return None
    hit = WISH.search(folded.replace("’", "'"))
    return hit.span() if hit and hit.end() > hit.start() else None
