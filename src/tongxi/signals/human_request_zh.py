"""The wish for a person in Chinese: phrases, who may be asked for, who asks, and what only looks like it. Pure."""

from __future__ import annotations

import re

Span = tuple[int, int]

# ── what only looks like it: masked before anything else is matched ────────────────────────────────
_COMPOUNDS = re.compile(
    r"(?:纯|包|含|半|非|无需?)人工(?!客服|服务)|人工(?:和|与|及|跟|费|智[能障]|成本|材料|配件|机|倒|组装)"
    r"|真人(?:cs|秀|版|发|语音|手办|图书|实拍|照|电影|娃|快打|素|出演|模特|拍|示范|穿)"
    r"|(?:扫地|擦窗|乐高|拖地|炒菜|送餐|割草)机器人|机器人(?:总动员|课|玩具|编程|大赛|比赛)"
    r"|客服(?:系统|软件|工作台|后台|中心|培训|岗|专员(?:面试|岗)|外包|考核|人员的|小熊|头像|电话|热线|二维码|微信号|妹子|小哥|小妹|工号)"
    r"|[“\"「『《]\s*(?:转人工|联系客服|人工客服|真人客服|人工|客服)\s*[”\"」』》]"
)
# "人工" asks for a person only before these, or at the end; every other compound (人工湖, 人工钻石 …) is a thing.
_AFTER_HUMAN = (
    r"(?=$|[\s\W_]|[吗吧呢啊呀嘛哈哦噢喔啦咯了么来帮处在快谢服客座坐席台通模入介复审回跟给行可能的接电热快立马赶麻拜求线"
    r"有我你您好不谁别再还怎为到到聊说讲咨转])"
)
_HUMAN = rf"人工{_AFTER_HUMAN}(?:智能)?(?:客服|服务|座席|坐席|台|通道|模式|窗口)?"
_STAFF = (
    rf"(?:{_HUMAN}|真人|活人|人类|大活人|客服|座席|坐席|专人|专员|专席|专家|顾问|同事|同志|工作人员|服务员|店员|员工|职员"
    r"|(?:客户|值班|大堂|店铺|店|项目)?经理|主管|领导|老板|店长|掌柜|负责人|负责的人?|管事的?人?|管家|上级|上司|当班的?|值班的?人?"
    r"|接线员|话务员|前台|总台|小二|专线|承办人|对接人|联系人|师傅|工程师|技术员|技术(?:人员|支持|同学)|医生|护士长?|药师|律师"
    r"|财务|法务|销售|业务员?|研发|售后(?:人员|客服|专员)?|售前(?:人员|客服)?|能(?:做主|拍板|负责|解决|回答|管事|说话)的?人?|做主的"
    r"|懂(?:行|技术|架构|事)的人?|管理员|投诉科|小姐姐|小哥哥|姐姐)"
)
_PERSON = (
    r"(?:(?<![本他她别每某工法客商个多少私女男老新路证货主夫])(?:个|位|一个|一位|你们的?|您们的?)?(?:正常|有空|会说话)?"
    r"(?:人)(?![工均民脸间参物生才口体家像格缘品币数名员类事防行情字]))"
)

_ASK = r"(?:转接|转到|转至|转|接通|接入|接|找|叫|喊|换成|换|切换成|切换到|切到|进入?|联系上?|呼叫|安排|派|来|整|搵|寻|唤|请|约|预约|申请|驳去|连线|对接|连接|召唤|求|上)"
_WISH = r"(?:我?(?:只|就)?(?:想|要|需要|希望|得|必须|愿意)|能不能|能否|可不可以|可以|可否|是否可以|能|麻烦|劳驾|请|给我|帮我|帮忙|让|怎么才能|怎么|怎样|如何|为什么没有|有没有|有无|有冇|有|等|排队等?)"
_GAP = r"[^,。!?;\n,]{0,8}?"
_SHORT = r"[^,。!?;\n,]{0,4}?"

REFUSED = re.compile(
    r"(?:不用|不需要|不需|无需|不必|不要|别|甭|勿|没(?:说|有说|想)?要|不想|先不|先别|暂不|不找|唔使|唔好|懒得|不是要|不愿意?|免了?|用不着)"
    r"(?:再|给我|帮我|跟|和|同|和我|自动|去|打扰|麻烦)?(?:转接|转到|转|找|接|叫|换|要|打扰|麻烦|联系|换成)?(?:给|到|成)?"
    r"(?:你们的?)?(?:人工|真人|客服|座席|坐席|专人|经理)"
    r"|(?:人工|真人)(?:客服)?(?:就|还是)?(?:算了|不用了|不必了|免了)|机器人就行"
)
# Talk about agents, past or general, and questions about the product's own menus: no wish unless asked for as well.
_ABOUT = re.compile(
    r"态度|(?:刚才|昨天|昨晚|上次|前天|之前|已经?)[^,。!?]{0,6}(?:客服|人工|同事|真人|师傅)[^,。!?]{0,4}(?:说|讲|告诉|答应|帮我(?:登记|弄|处理)|发|回复我?[说的了]|就)"
    r"|(?:按钮|后台|配置|设置项|报表|文案|招聘|应聘|应徵|面试|招人|岗位|考核|转接率|占比|私有化|编制)|几点(?:上班|下班|开门)|(?:上|下)班时间"
    r"|收费标准|怎么收费|形同虚设|越来越|水平堪忧|是真人还是|还是机器人|还以为是真人|比真人|还不如|表扬|好评|必须夸|特别(?:负责|耐心)"
)

_DIRECT = re.compile(
    rf"{_ASK}(?:一?下|个|一个|一位|位|回|给|我|您|你们?的?|到|去|上)*{_SHORT}{_HUMAN}"
    rf"|{_ASK}(?:一?下|个|一个|一位|位|你们?的?|您们?的?|那个|女|男|真|个真|其他|别的|资深|加急|值班|值班的|懂[^,。!?]{{1,4}}的)*{_STAFF}"
    rf"|{_WISH}{_GAP}(?:和|跟|同|与|找|由|让|叫|请|见|对){_SHORT}(?:{_STAFF}|{_PERSON}){_SHORT}(?:说|讲|聊|谈|沟通|对话|通话|唠|倾|交流|联系|处理|解决|回|来|接|对接|看|弄|打|确认|商量)"
    rf"|(?:想|要|需要|等|求|申请|希望){_SHORT}{_HUMAN}"
    rf"|(?:有没有|有冇|有无|有){_SHORT}(?:活人|真人|人工|客服|值班的?|同事|工作人员|负责的?|会[^,。!?]{{1,6}}的(?:客服|同事|工作人员)){_GAP}(?:吗|么|没|呀|啊|吧|不|在|呢|\?|$)"
    r"|有(?:没有|冇)?人(?:吗|么|没|不|嘛|在(?!家|用|买|卖)|值班|管|能|可以|跟进|理|呀|啊|陪)|恁那有人|有人没得"
    rf"|(?:换|来|派|叫|喊|找|给|整|等|安排|让|请|接|指|弄|寻|搵)(?:快?点)?(?:我|我们|上|下|一下|点儿)?(?:个|一个|位|一位|几个|你们的?|你们屋头)*(?:会说人话的|正常|懂事|能用|喘气儿?的?)*(?:{_PERSON})(?:来|给|跟|吧|说|讲|聊|撒|嘛|唠|帮|看|处理|解决|$|\W|快|我|上|回|接|行|过来|不)"
    r"|(?:来|给我|找|整|换)个?(?:活的|喘气儿?的|会喘气的|会说人话的|真的)|(?:没有?)喘气儿?的"
    rf"|(?:不(?:想|要|愿意?)?|别|少)(?:再)?(?:跟|和|让|同)(?:你|机器人?|程序|ai|电脑)(?:说|聊|讲|谈|回|来|沟通|扯|废话)"
    r"|(?:跳过|退出|滚开|关掉|不要|少来|去掉)(?:智能)?(?:机器人|机械人|ai|智能助手)|机[器械]人(?:滚|收皮|别回|走开|闪开|让开)"
    rf"|(?:叫|让|喊|请|把|要){_SHORT}(?:{_STAFF}|管事的?|负责的?){_GAP}(?:出来|过来|来|接|联系|回|说|打|听|上|下来|叫来|找来)"
    r"|(?:给我|帮我|你们?|麻烦|能不能|可以|请|方便)(?:[^,。!?\n]{0,6})(?:打(?:个|一个)?电话|回(?:个)?电|回拨|打过来|致电|来(?:个)?电话|回电话)(?:给我|吗|么|吧|过来|啊|$|\W|说|联系)"
    r"|电话(?:联系|call|打给|回)我|打(?:给|畀)我|回我?(?:个)?电话|语音(?:通话|沟通)(?:行|可以|吗)"
    rf"|(?:客服|真人|人工客服|人工|座席|老师|服务员|前台|医生|店长|姐姐|小二)(?:姐姐|小姐姐|大哥|人员)?(?:在不在|在线[吗么嘛]?|在[吗么嘛]|在哪里?(?:点|找|呢|啊|$)|呢(?:$|\W)|出来|快来|有没有|入口)"
    rf"|(?:怎么|怎样|如何|哪里|哪儿|哪个键|打哪个电话|按什么|说什么){_GAP}(?:转|找|接|联系|是|进|能){_SHORT}(?:{_HUMAN}|真人|客服(?!电话)|你们的?人|工作人员|人(?=$|\W|吗|呢|啊))"
    r"|哪个键(?:后面)?是人|没有人工(?:入口|了|客服|服务|$|\W)|(?:没|找不到)(?:有)?(?:人工|客服|真人)(?:入口)?(?:吗|么|了|啊|呀|呢|$|\W)"
    r"|人(?:工)?(?:呢|去哪了|在哪|死哪)(?:$|\W|去)|换(?:个|一个|位|一位)(?:$|[吧呗嘛行]|\W)|换(?:个|一个|过个|你)?(?:人|同事|客服)"
    rf"|(?:只|就)(?:跟|和|要|想跟|想和|找){_SHORT}(?:{_STAFF}|真?人){_SHORT}(?:说|讲|聊|谈|沟通)"
    rf"|(?:接|转)(?:一?下)?(?:人|客服|座席|坐席|前台|总台|护士长)(?:$|\W|我|吧|啊|呀|谢)|(?:请求|申请|要求|帮我|给我|麻烦)(?:转接|接通|介入)(?:$|\W|吧|一下)|能接通(?:吗|不)|平台介入|人工介入"
    rf"|(?:交给|转给|换成|改成){_SHORT}(?:人|{_STAFF})|(?:想|要)(?:听|见|讲)(?:真人|人话|活人)|真人(?:上|来|出来|回复|接待|服务|处理)"
    rf"|(?:你们|您们|你|贵司|贵公司)的?(?:人类)?(?:{_STAFF}){_SHORT}(?:出来|来一下|联系我|接电话|回我|接一下|直接(?:跟|和|回))"
    rf"|(?:人工|真人)(?:客服|座席|坐席|服务)?[,,!。\s]*(?:快|谢谢|拜托|麻烦|马上|立刻|赶紧|please|pls)"
)

_FILLER = re.compile(
    r"^(?:我|就|只|想|要|请|您|你|好|喂|嗨|哎|诶|那个|呃|嗯|0|给|帮|帮我|给我|一下|下|来|一个|个|位|的|服务|谢谢|谢|麻烦|快|快点|吧|啊|呀|嘛|呢|吗|么|哦|喔|啦|了|在线|在|是|有|能|会|行|!|、|\W)*$"
)
_BARE = re.compile(rf"(?:{_HUMAN}|真人客服|真人|活人|人工座席|坐席|座席|专人服务|专人|人工客服|客服小姐姐|联系客服|在线客服|客服)")

# ── homophones and slips of the pen and of voice input ──────────────────────────────────────────────
_SOUNDS = str.maketrans("认任仁忍入亻壬刃公功攻弓宫エi砖专赚传撰珍针甄克课可福付敷席劲", "人人人人人人人人工工工工工工工转转转转转真真真客客客服服服席劲")
_SOUND = re.compile(r"转接?(?:一?下)?(?:到)?人工|人工(?:客服|服务|座席|服劲)|真人客服|找客服|客服人工|人工克服|^人工$|接人工|传人工")
_MIXED = re.compile(r"(?:转|接|找|要|^)(?:r|ren)(?:工|gong|g)|(?:转|接|找|^)人(?:gong|g)|^r工|转rg|转r工|(?:转|找|接|要)(?:kefu|kf|zr|zhenren)")
_PINYIN = re.compile(
    r"\b(?:(?:wo ?yao ?|qing ?|bang ?wo ?)?(?:zhuan ?(?:jie ?)?|zhao ?|jie ?|yao ?)ren ?gong(?: ?ke ?fu| ?fu ?wu)?|ren ?gong(?: ?ke ?fu| ?fu ?wu)?|zrg(?:kf)?|rgkf|zhuan ?rg"
    r"|zhao ?ke ?fu|ke ?fu(?: zai ?ma| ne)?|zhen ?ren(?: ?ke ?fu)?|huan ?ge ?ren|you ?ren ?(?:ma|zai))\b|^\W*(?:rg\W*)+$"
)
_NOISE = re.compile(r"[\s~·・.…_*\-—|【】\[\]()「」'\u200b-\u200f\u2060\ufeff\ufe0f、^=+/\\]+")


def find(text: str) -> Span | None:
    """Find the wording in folded text; None when nobody asks for a person."""
    masked = _mask(text)
    hit = _search(masked)
    if hit:
        return hit
    if len(text) <= 60:
        compact, places = _compact(masked)
        hit = _search(compact) or _sounds(compact)
        if hit:
            return places[hit[0]], places[hit[1] - 1] + 1
    return None


def find_pinyin(text: str) -> Span | None:
    """Find "zhuan ren gong" and the like."""
    found = _PINYIN.search(text) if len(text) <= 200 else None
    return found.span() if found else None


def _search(text: str) -> Span | None:
    for found in _DIRECT.finditer(text):
        if found.group().strip() and not _is_refused(text, found):
            clause = _clause(text, found.start())
            if not _ABOUT.search(clause):
                return found.span()
    if len(text) <= 24:
        bare = _BARE.search(text)
        if bare and _FILLER.match(text[: bare.start()]) and _FILLER.match(_BARE.sub("", text[bare.end() :])):
            return None if REFUSED.search(text) else bare.span()
    return None


def _sounds(text: str) -> Span | None:
    mixed = _MIXED.search(text)
    if mixed:
        return mixed.span()
    found = _SOUND.search(text.translate(_SOUNDS))
    if found and not REFUSED.search(text):
        # 可 and 付 are too common to stand for 客 and 服 unless the rest of the word is there.
        return found.span()
    return None


def _mask(text: str) -> str:
    text = _COMPOUNDS.sub(lambda m: "□" * len(m.group()), text)
    return REFUSED.sub(lambda m: "□" * len(m.group()), text)


def _compact(text: str) -> tuple[str, list[int]]:
    kept = [(c, i) for i, c in enumerate(text) if not _NOISE.match(c)]
    return "".join(c for c, _ in kept), [i for _, i in kept]


def _clause(text: str, at: int) -> str:
    start = max(text.rfind(mark, 0, at) for mark in ",。!?;\n,") + 1
    ends = [end for mark in ",。!?;\n," if (end := text.find(mark, at)) >= 0]
    return text[start : min(ends, default=len(text))]


def _is_refused(text: str, found: re.Match[str]) -> bool:
    refused = REFUSED.search(text, max(0, found.start() - 6))
    return bool(refused and refused.start() <= found.end() and refused.end() >= found.start())
