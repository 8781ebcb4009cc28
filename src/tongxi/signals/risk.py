"""Subjects the bot does not decide on: danger, self-harm, medical, legal and money advice; threats; what else to route by. Pure.

Wide on purpose: a false alarm costs an agent a look, a miss may cost more. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

from functools import lru_cache

from tongxi.decisions import Reason
from tongxi.kit.text import READINGS, fold
from tongxi.signals.advice import advice_in
from tongxi.signals.danger import danger_in
from tongxi.signals.wordings import Wordings, any_of

MAX_CHARS = 8_000

RED_LINES = ("self_harm", "safety", "fraud", "medical", "legal", "finance")
"""Codes after which the bot gives facts only, and a person."""
COMPLAINT = "complaint_risk"
TOPICS = ("minor", "privacy", "public_exposure", "churn")
"""Codes to route and count by; the bot may go on."""

_PATTERNS: dict[str, Wordings] = {
    "self_harm": any_of(
        r"自杀|自残|自伤|轻生|寻短见|抑郁症[^,。!?]{0,8}(?:死|活)|(?:怎么|怎样|如何|哪种)[^,。!?]{0,6}死(?:才|最|比较|得|会)",
        r"(?:多少|几)[^,。!?]{0,6}(?:会|能|才)死|活不(?:久|长|下去)|不(?:想|愿意?|要)(?:再)?(?:继续)?(?:活|存在|醒)(?!动|跃|页|络|力)",
        r"(?:消失|离开)[^,。!?]{0,4}(?:世界|世上|人间)|(?:从|在)?(?:这个)?(?:世界|世)上?消失|(?:永远|再也)(?:不用|不要|不会|别)?(?:再)?醒",
        r"(?:诸|谂|想)[^,。!?]{0,3}(?:去|着)死|(?:最后|最後)一(?:则|条|次)(?:讯息|消息|信息|留言)|结束(?:这|自己|我)(?:的|一切|生命|痛苦)*",
        r"活着(?:真的)?(?:好|很|太)?(?:痛苦|没意思|没意义)",
        r"\bsuicid(?:e|al)\b|\bself[- ]?harm",
        r"\b(?:want|wanna|going|ready|wish|feel like) (?:to )?(?:die|ending (?:it|everything)|disappear(?:ing)? forever)\b",
        r"\bending it all\b|\bcan'?t go on\b",
        r"\bno (?:reason|point) (?:to|in) (?:live|living|go(?:ing)? on)\b",
        r"\b(?:hurting|harming|cutting|killing) myself\b|\boverdos\w+",
        r"\bjump(?:ing)? off\b[^.!?]{0,12}\b(?:bridge|roof|building|balcony)\b",
        r"\btook all (?:the|my) (?:pills|tablets|meds)",
    ),
    "safety": any_of(
        r"打火(?!机|灶|石)|火花(?!塞)|火苗|窗帘[^,。!?]{0,4}着了|电(?:麻|得)(?:了|我|手)?|手[^,。!?]{0,4}麻了",
        r"(?:漏水|进水|水)[^,。!?]{0,8}(?:插座|插排|插线板|排插|电源)|砸(?:伤|到|中)[^,。!?]{0,8}(?:头|眼|脚|手|孩子|老人)",
        r"召回(?:通知|公告|产品|批次)?|安全(?:隐患|事故)|自燃|有毒|甲醛|异物|玻璃渣|铁丝|(?:掉|打|骂|虐)[^,。!?]{0,2}孩子|虐待",
        r"\bspark(?:s|ing|ed)\b(?! (?:joy|water|wine))",
        r"\bburn(?:ed|t|ing)? (?:\w+ )?(?:my|his|her|our|their) \w+",
        r"\bboiling water\b[^.!?]{0,20}\b(?:leak\w*|over|on (?:my|her|his))",
        r"\bleak\w*[^.!?]{0,16}\b(?:boiling|batter\w+|acid)|\bbatter\w+[^.!?]{0,20}\b(?:leak\w*|chew\w*)",
        r"\brecall(?:ed)?\b|\bhazard\w*|\bunsafe\b|\bglass in (?:the|my)\b|\bmou?ld(?:y)? in\b",
        r"\bfire hazard",
    ),
    "fraud": any_of(
        r"盗[刷号用]|被盗|诈骗|(?<!你们就是)(?:遇到|碰到|上当|被)骗|骗子|冒充|假冒|仿冒|钓鱼|假(?:客服|网站|短信|链接)|安全账户|刷单|杀猪盘",
        r"(?:验证码|密码|口令)[^,。!?]{0,8}(?:给了|告诉|泄露|被套)|不是我(?:本人)?(?:操作|刷|付|买|登)|(?:人|被)[^,。!?]{0,2}盗",
        r"是(?:不是)?你们(?:官方|打)的|是(?:不是)?你们(?:公司|那边|这边)?的(?:人|员工|客服|工作人员)(?:吗|么|嘛|吧)",
        r"(?:叫|让|要)我(?:先)?(?:下载|下|装|交|付|转|点|扫|加|打开|开)[^,。!?]{0,12}(?:软件|app|保证金|押金|手续费|解冻|会议|屏幕|链接|二维码|企鹅|q群)",
        r"(?:要我|让我|叫我)[^,。!?]{0,6}(?:去)?(?:atm|柜员机|提款机)|解除分期",
        r"\bscam\w*|\bphish\w*|\bfraud\w*|\bhack(?:ed|er|ing)\b|\bimpersonat\w*",
        r"\bsa(?:ys|id|ying) (?:he|she|they)(?:'s| is|'re| are| was| were) (?:from|with) (?:you|your|the bank)\b",
        r"\b(?:wants?|needs?|ask(?:s|ed|ing)?(?: me)? for) (?:my|the) (?:\w+ )?(?:pin|password|passcode|code|otp|cvv)\b",
        r"\bpretend(?:s|ed|ing)? to be (?:you|from)|\b(?:is|was) (?:it|that|this) (?:really )?(?:you|from you|one of yours)\b(?= ?\?|$)",
        r"\bclaiming to be (?:you|from)|\bfake (?:site|website|email|call|agent)",
        r"\b(?:payments?|charges?|transactions?|purchases?)\b[^.!?]{0,14}\b(?:never|didn'?t|did not|not) (?:made?|authoris\w*|authoriz\w*|recogni\w*)",
        r"\bi never (?:made|authoris\w*|authoriz\w*)|\bunauthori[sz]ed\b",
        r"\bstolen (?:card|phone|account|wallet)|\bnot me\b[^.!?]{0,10}\b(?:spending|login|logged)",
        r"\bthat(?: is|'s|isn'?t) (?:not )?me\b|\basked for my (?:pin|password|code)",
    ),
    "medical": any_of(
        r"过敏|(?:孕妇|怀孕|哺乳期?|备孕|婴儿|宝宝|高血压|糖尿病|心脏病|甲亢|癌|肾病|肝病)[^,。!?]{0,8}(?:能|可以|可不可以|能不能)(?:吃|用|喝|服|打|涂)",
        r"(?:吃|用|服)(?:多少|几)(?:片|粒|毫克|mg)|剂量|副作用|(?:和|跟|同)[^,。!?]{1,10}(?:药|水|酒)[^,。!?]{0,4}一起(?:吃|用|服|喝)",
        r"停药|漏了[^,。!?]{0,3}药|降(?:压|糖)药|吃错药|(?:双倍|过量)[^,。!?]{0,4}药|胰岛素|头孢|诊断|是不是得了|症状|处方药?",
        r"药(?:能|可以)[^,。!?]{0,6}吃|药[^,。!?]{0,4}一天几次|饭前饭后|红疹|起疹|脸肿|肿成|胸口[^,。!?]{0,3}疼|胳膊麻|拉肚子|上吐下泻",
        r"(?:发烧|高烧)[^。!?]{0,14}(?:怎么|吃|能|哪个)|对宝宝有影响|要不要(?:停|紧)|正常反应|血糖仪|用完[^,。!?]{0,6}(?:疹|痒|肿|红)",
        r"吃(?:几|多少)|该吃(?:哪|什么)|吃什么药|血糖|血压(?!计)|抗抑郁|避孕药|退烧药|疫苗|怀孕[^,。!?]{0,6}(?:用|吃|能)|孕妇|哺乳|过敏",
        r"可(?:唔|不)?可以(?:食|吃|用)[^,。!?]{0,6}药|发烧|湿疹|是(?:不是|否)得",
        r"\ballerg(?:y|ic|ies)\b(?! (?:info|label))",
        r"\b(?:pregnan\w+|breastfeeding|diabet\w+|blood pressure|heart condition|thyroid)\b[^.!?]{0,40}\b(?:safe|take|use|used|eat|ok|okay|can|worried)\b",
        r"\b(?:safe|ok|okay)\b[^.!?]{0,30}\b(?:pregnan\w+|breastfeeding)\b|\bdos(?:e|age)\b",
        r"\bside effects?\b",
        r"\b(?:mix|take|took|combine)\b[^.!?]{0,30}\b(?:medication|medicine|pills?|antibiotics|ibuprofen|insulin)\b",
        r"\bdiagnos\w+|\bsymptoms?\b|\bprescri\w+\b|\brash\b|\bchest pain\b|\barm numb\b|\binsulin\b",
        r"\bparacetamol\b|\bwith or without food\b|\bwrong strength\b",
        r"\bfeeling (?:a bit )?(?:off|sick|dizzy)\b|\bin labou?r\b|\bblood (?:thinners?|sugar|pressure)\b",
        r"\b(?:reading|level) is \d+|\bdo i have \w+(?: if|\?)|\bantidepressants?\b",
        r"\bwhile (?:pregnant|breastfeeding|nursing)\b|\bsafe (?:for|during|in) pregnan\w*",
        r"\bfever(?:ish)?\b|\bmedication\b|\btablets? a day\b",
    ),
    "legal": any_of(
        r"(?:是否|算不算|是不是)(?:违法|犯法|侵权|诈骗)|法律(?:咨询|意见|建议|责任|效力)|怎么(?:起诉|打官司|仲裁)|能不能(?:起诉|告)",
        r"合同(?:是否|有没有)(?:有效|效力)|(?:赔偿|违约)(?:责任|标准)(?:是|怎么)|违法(?!所得)|犯法|犯(?:唔|不)?犯法",
        r"(?:可以|能|能不能|可不可以)(?:告|起诉|索赔)|法律(?:效力|责任|援助|问题)|有没有(?:法律)?效力|归谁|继承|劳动(?:法|仲裁)|遗产|遗嘱|赔偿标准",
        r"要不要(?:请)?律师|诉讼时效|判(?:几|多少)年",
        r"\blegal (?:advice|opinion|rights?|liabilit\w+)\b|\bis (?:this|it) (?:even )?(?:legal|illegal)\b",
        r"\bam i liable\b|\bwho is liable\b|\bcan i sue\b|\bgrounds to sue\b",
        r"\bcan i (?:sue|claim damages|take (?:\w+ )?to court)|\benforceable\b|\blegally\b",
        r"\b(?:am|are|is) \w+ liable\b|\bliable if\b|\bmy (?:legal )?rights\b",
        r"\bdo i need a (?:lawyer|solicitor)|\bstatute of limitations\b|\bis it (?:il)?legal\b",
    ),
    "finance": any_of(
        r"(?:基金|股票|理财|etf|黄金|比特币|币圈|保险|债券|期货|外汇|大盘|股市|房价)[^,。!?]{0,10}(?:能(?:不能)?买|该(?:不该)?买|会(?:不会)?(?:涨|跌)|划算|值得|怎么看|推荐|稳赚|保本吗|抄底|加仓|赎回好)",
        r"(?:推荐|介绍)[^,。!?]{0,6}(?:股票|基金|理财|币|etf)",
        r"(?:该不该|要不要|应该|值得|适合)[^,。!?]{0,14}(?:投进|投资|买(?:基金|股|黄金|房|入)|理财|加仓|割肉|还房贷|提前还贷)",
        r"贷款[^,。!?]{0,10}(?:投|炒|买基金|理财)|现在[^,。!?]{0,6}(?:黄金|基金|股票)[^,。!?]{0,8}(?:涨|买|抛)|养老钱[^,。!?]{0,6}投",
        r"会涨吗|能翻倍吗",
        r"\bshould i (?:put|invest|buy|sell|take|move)\b[^.!?]{0,40}\b(?:savings?|crypto|stocks?|shares|funds?|gold|bitcoin|loan|pension|etfs?)\b",
        r"\bwhich (?:stocks?|funds?|shares|crypto|etfs?)\b",
        r"\b(?:good|right) time to (?:invest|buy (?:gold|stocks?|shares|crypto|bitcoin))",
        r"\b(?:stock|fund|shares?|bitcoin|gold|etf|market)\b[^.!?]{0,12}\bgo(?:ing)? (?:up|down)\b",
        r"\b(?:loan|borrow)\b[^.!?]{0,12}\bto invest\b|\binvestment advice\b",
    ),
    COMPLAINT: any_of(
        r"消协|消保委|工商局?|市场监管|监管局|银保监|金管局|网信办|邮政管理局?|工信部|黑猫|消费者(?:协会|委员会|权益)",
        r"(?<!怎么|如何|哪里)投诉(?!(?:渠道|电话|入口|邮箱|流程|方式|建议|在哪|怎么))|起诉|律师|法院|法庭|打官司|告(?:你们|到|上)|仲裁|报警|警察|派出所|公安|曝光",
        r"爆光|记者|媒体|电视台|发(?:到)?(?:抖音|微博|小红书|朋友圈|网上|知乎)|挂(?:你们|网上)|讨(?:个)?说法|维权|退一赔三|假一赔|职业打假|申诉(?:到|给)|消基会",
        r"消委会|存证信函|传票|我要申诉|去申诉",
        r"(?<!\d)(?:12315|12345|12378|12300|12381)(?!\d)|315",
        r"\b(?:lawyer|solicitor|attorney|barrister|small claims|lawsuit|sue|suing|court|ombudsman|trading standards|better business bureau|bbb|fca|cfpb|ftc|acas|consumer (?:protection|affairs|rights|watchdog|court|forum)|regulator|watchdog|chargeback|police|legal action|take this further|take legal)\b",
        r"\b(?:newspaper|journalist|reporter|the press|bbc|going viral|tiktok|twitter|trustpilot|social media|one[- ]star|1[- ]star|name and shame|go(?:ing)? public|expose you|local news|consumer reports)\b",
        r"\b(?:formal|official|file a|filing a|lodge a|lodging a|make a|raise a) (?:formal )?complain\w*",
        r"\bcomplaints? (?:department|team|desk|procedure)\b|\bmy mp\b",
        r"\bmy (?:lawyer|solicitor|attorney)\b|\bthis is going on\b|\bofcom\b|\bletter before action\b",
    ),
    "minor": any_of(
        r"未成年|没满(?:十八|18)|未满(?:十八|18)|我(?:今年)?(?:才|刚)?(?:[5-9]|1[0-7]|[六七八九十]|十[一二三四五六七])岁",
        r"我(?:上|读|是)?(?:小学|初[一二三中]|高[一二三中])",
        r"(?:孩子|小孩|儿子|女儿|宝宝|细路|个仔|熊孩子)[^,。!?]{0,14}(?:充|花|打赏|刷|买了|氪|吞|卡|走|丢|摸|约|照片|骚扰)",
        r"(?:打|骂|摸|虐待|骚扰|约)[^,。!?]{0,5}(?:我)?(?:孩子|小孩|女儿|儿子|学生)|叫我(?:女儿|儿子)|幼儿园|防沉迷",
        r"\bi'?m (?:only )?(?:[5-9]|1[0-7])\b(?!%| ?(?:km|miles|days|weeks|months|minutes|mins|hours|gb|mb|th|st))",
        r"\b(?:my|a|our) (?:son|daughter|kid|child|toddler|baby|(?:\d+|nine|ten|eight|seven|six) ?(?:yo|year[- ]olds?))\b[^.!?]{0,30}\b(?:spent|bought|photos?|pictures?|touched|chat\w*|messag\w*|swallow\w*|chok\w*|hurt|missing|meet|school|game)\b",
        r"\b(?:asked|messaging|meeting|touched|photographed) (?:my|our|a) (?:son|daughter|kid|child|boy|girl)",
        r"\bunder ?age\b|\bminors?\b(?! (?:issue|damage|scratch|bug|change|problem))",
    ),
    "privacy": any_of(
        r"隐私|个(?:人信息|资)|泄露|外泄|洩(?:露|漏)|(?:删|刪)(?:除|掉)[^,。!?]{0,8}(?:信息|资料|数据|记录|账号)",
        r"信息[^,。!?]{0,6}(?:删|卖|泄)|卖(?:了)?我(?:的)?(?:信息|电话|资料)|通讯录|人脸|定位(?:我|数据)|监听|偷拍|被(?:人)?看(?:到|见)",
        r"别人[^,。!?]{0,6}(?:看到|看得到|知道)[^,。!?]{0,6}(?:订单|地址|电话)?",
        r"\bgdpr\b|\bpersonal (?:data|information|info)\b",
        r"\b(?:delete|erase|remove)\b[^.!?]{0,16}\b(?:data|account and|information|details)\b",
        r"\bdata (?:you|protection|breach|leak)|\bleak(?:ed|ing)? (?:my|our|data)|\bprivacy\b",
        r"\b(?:shared|gave|sold|selling|sent|told)\b[^.!?]{0,14}\bmy (?:\w+ )?(?:address|number|email|details|data|location|phone)\b",
        r"\btracking me\b|\btrack(?:s|ing)? my (?:location|phone)|\bspying\b|\bwho (?:can )?sees? my\b",
    ),
    "public_exposure": any_of(
        r"曝光|爆光|记者|媒体|电视台|315晚会|发(?:到)?(?:抖音|微博|小红书|朋友圈|网上|知乎|b站)",
        r"(?:抖音|微博|小红书|知乎|b站|贴吧|豆瓣|dcard|ptt|threads)[^,。!?]{0,4}见|挂(?:你们|网上)|差评[^,。!?]{0,4}(?:见|管够|伺候)",
        r"一星(?:差评)?|截图[^,。!?]{0,8}(?:发|网)|热搜|粉丝[^,。!?]{0,6}万|爆料",
        r"\b(?:newspaper|journalist|reporter|the press|bbc|going viral|trustpilot|one[- ]star|1[- ]star|name and shame|go(?:ing)? public|expose you|local news|consumer reports)\b",
        r"\b(?:on|to|all over) (?:twitter|tiktok|instagram|insta|facebook|reddit|social media|youtube)\b",
        r"\bfollowers\b",
    ),
    "churn": any_of(
        r"不续(?:费|约|订|了)|(?:注销|销户|退订|取消)[^,。!?]{0,6}(?:账号|会员|账户|订阅|套餐|合同)|(?:帮我|彻底|给我)注销|注销了|解约|退网|携号转网|携出",
        r"卸载|解除安装|(?:再也|以后)[^,。!?]{0,4}不[^,。!?]{0,4}(?:来|买|用|光顾)",
        r"(?:换|转)(?:到)?(?:别|另一|其他|竞品|友商)[^,。!?]{0,3}(?:家|平台|公司|电信|系统)|换别家|拜拜了|迁走",
        r"终止[^,。!?]{0,6}(?:合同|会籍|服务)",
        r"\bcancel (?:my|our|the|this) (?:\w+ )?(?:subscription|membership|contract|account|plan)",
        r"\bclose (?:my|our|the) (?:\w+ )?account\b",
        r"\b(?:going|moving|switch(?:ed|ing)?|leaving|gone)\b[^.!?]{0,24}\b(?:competitor|elsewhere|another|rival|someone else)\b",
        r"\bwon'?t be (?:back|renewing|coming back)|\bnever (?:again|buying|shopping|ordering)\b",
        r"\bnot renew\w*|\bnon-renewal\b|\buninstall\w*",
        r"\bend (?:the|my|our) (?:contract|broadband|membership|subscription)|\bport[- ]out\b",
        r"\bwe'?ve switched\b|\bi'?m out\b",
    ),
}
_NOT: dict[str, Wordings] = {
    "self_harm": any_of(
        r"自杀(?:小队|式)|防自杀|活不(?:下去|久|长)的(?!人)|(?:花|草|树|鱼|虾|绿萝|多肉|植物|盆栽)[^,。!?]{0,6}活不",
        r"is suicidal,|suicide squad",
    ),
    "safety": any_of(
        r"无毒|甲醛(?:检测|净化)仪?",
        r"recall (?:seeing|that|the)",
    ),
    "fraud": any_of(
        r"防盗|防骗|反诈|盗刷险|盗墓",
        r"anti-?(?:fraud|phishing)|life ?hacks?|(?:phishing|fraud|scam) (?:awareness|course|training|quiz|prevention)",
    ),
    "medical": any_of(
        r"处方药?(?:怎么|如何|在哪|能|可以)*(?:下单|购买|买|配送|邮寄|上传|拿)|处方笺模板|低过敏|防过敏|(?:孕妇|婴儿|哺乳)(?:枕|装|裤|裙|鞋|照|床|内衣|文胸|巾|衣|垫|椅|车)|血[压糖](?:计|仪|表)",
        r"allerg(?:y|en) (?:label|info)",
    ),
    COMPLAINT: any_of(
        r"(?:不|没|别|无意|撤销|取消|不会|懒得|不是来)(?:想|打算|要|有)?投诉|投诉(?:已|撤|解决)|律师(?:函模板|执照|资格|费)|报警器|法院(?:附近|路|公告)",
        r"小红书(?:同款|上?看到|推荐|种草)|抖音(?:同款|看到|直播间|小店|上买)|媒体(?:采访|合作|文件|中心|库|播放)|曝光(?:表|补偿|度|时间|量|率)|派出所(?:附近|旁|对面|隔壁)",
        # how one complains, and what became of a complaint; a number alone answers a question
        r"(?:怎么|怎样|如何|哪里|在哪(?:里|儿)?|去哪|想问下?)(?:可以|能|去|才能)?(?:投诉|申诉)|(?:投诉|申诉|客诉)(?:处理|进度|结果|状态|回复|单|记录|材料|按钮|栏|要(?:几|多久|提供|填|准备))",
        r"(?:尾号|订单号?|单号|编号|号码|密码|验证码|取件码|房号|卡号|型号|货号)\W*(?:是|为)?\W*\d+|^\W*\d+\W*$",
        r"food court|tennis court|basketball court|court shoes?|courtyard|tiktok (?:shop|link|coupon|video)|\bbbb (?:rating|accredit\w*)",
        r"\b(?:how|where) (?:do|can|to|should|would|does) (?:(?:i|we|you|one) )?(?:make|file|lodge|raise|submit|send|leave)?\W*(?:an? )?(?:formal |official )?complain\w*|\bcomplaints? (?:form|procedure|process|policy|link|page)\b|\bstatus of my complaint\b",
        r"sue[dr]?e\b|my lawyer friend",
    ),
    "privacy": any_of(
        r"隐私(?:帘|膜|玻璃)|遗产",
        r"privacy (?:screen|film|curtain|glass)",
    ),
}
_ACCUSES = any_of(
    r"(?:你们|妳们|您们|你家|这家|贵司|贵公司|店家|商家|卖家|平台|公司|老板|无良|黑心|垃圾)[^,。!?;\n]{0,8}(?:骗子|诈骗|骗人|骗钱|骗我|欺诈|坑人|坑钱)",
    r"(?:骗子|诈骗|欺诈|骗人的?)[^,。!?;\n]{0,2}(?:公司|商家|店|平台|企业|卖家|集团)",
    r"^[\W_]*(?:你们?(?:就|都)?是?)?(?:大|死|一群|全是|都是)*骗子[\W_]*(?=$|退|还我?钱|赔)",
    r"(?:骗子|诈骗)[^。;\n]{0,6}(?:退钱|还钱|退款|还我)",
    r"\b(?:you(?:'re| are| guys are| people are| all are)?|your (?:shop|store|company|site|website|business))\b[^.!?]{0,24}\b(?:scam\w*|fraud\w*|crooks|thieves|rip[- ]?offs?)\b",
    r"\bthis (?:shop|store|company|site|website|seller|business|place) (?:is|are|must be)[^.!?]{0,12}\b(?:scam\w*|fraud\w*)",
    r"\bis (?:this|your) (?:shop|store|company|site|website|seller|business)[^.!?]{0,8}\b(?:scam|fraud\w*)",
    r"\bscammed by (?:you|this (?:shop|store|company))\b",
    r"^\W*(?:fucking |bloody |total )?(?:scammers?|fraudsters?|frauds)\b\W*(?:$|refund|give|i want)",
)
"""The shop itself is called a fraud: a complaint about us, not a fraud on the customer."""
_BY_OTHERS = any_of(
    r"转账|转了|汇款|验证码|密码|短信|简讯|电话|链接|二维码|扫码|共享|银行卡|盗刷|被盗|冒充|假冒|自称|(?:说|称)(?:自己)?是(?:你|妳)|加我|屏幕|冻结|解冻|征信",
    r"贷款",
    r"\b(?:text|sms|call(?:ed|er|ing)?|e-?mail|link|code|pin|password|bank|transfer\w*|claim\w* to be|pretend\w*|impersonat\w*|hack\w*|unauthori[sz]ed|phish\w*)\b",
)
"""Signs that somebody else is at work, perhaps in our name; then it stays a fraud."""
_CODE_OF = {"self_harm": "self_harm", "theft": "fraud"}
"""Code of a kind of danger; every other kind is `safety`."""


def risks(text: str) -> tuple[Reason, ...]:
    """Everything risky in the text, red lines first, each with the wording as `span`.

    `name`: the kind of danger (`danger.KINDS`) where somebody is in it now; none for a worry or a question about it.
    """
    folded = fold(text[:MAX_CHARS])
    kinds = {_CODE_OF.get(kind, "safety"): kind for kind, _ in reversed(danger_in(folded.text))}
    return tuple(
        Reason(code=code, value=1.0, threshold=1.0, span=folded.span(*span), name=kinds.get(code))
        for code, span in _found(folded.text).items()
    )


def codes(folded: str) -> set[str]:
    """The codes of `risks` for folded text."""
    return set(_found(folded))


@lru_cache(maxsize=READINGS)
def _found(folded: str) -> dict[str, tuple[int, int]]:
    endangered: dict[str, tuple[int, int]] = {}
    for kind, span in danger_in(folded):
        endangered.setdefault(_CODE_OF.get(kind, "safety"), span)
    accused = None if "fraud" in endangered or _BY_OTHERS.search(folded) else _ACCUSES.search(folded)
    asked = advice_in(folded)
    found: dict[str, tuple[int, int]] = {}
    for code, pattern in _PATTERNS.items():
        if code in endangered:
            found[code] = endangered[code]
            continue
        if accused and code == "fraud":
            continue
        masked = _NOT[code].mask(folded) if code in _NOT else folded
        hit = pattern.search(masked) or (accused if code == COMPLAINT else None)
        if hit:
            found[code] = hit.span()
        elif code in asked:
            found[code] = asked[code]
    return found
