"""Words of one class in the wish for a person: whom one asks for, how one asks, refusals, the past, prices … Pure.

A class is one letter, so that "fetch your boss" teaches "bring the supervisor". One slip of the pen is allowed in
English words for staff; characters that sound alike are read as the usual one.
"""

from __future__ import annotations

import re
from functools import lru_cache

_HAN = {
    "H": "人工客服 人工服务 人工座席 人工坐席 人工 真人客服 真人 活人 大活人 人类 客服 座席 坐席 接线员 话务员 工作人员 活的 喘气",
    "B": (
        "总经理 经理 主管 董事长 店员 客户经理 房东 车主 护工 保安 司机 技师 操作员 审核员 版主 群主 站长 学长 会计 出纳 专席 小姐 先生 大哥 大姐 哥们 姑娘 帅哥 美女 客户服务 领导 老板娘 老板 店长 店主 负责人 负责 上级 上司 总监 法务 财务 技术 工程师 师傅 专员 专人 专家 顾问 同事 同志 员工 职员 "
        "店员 小二 掌柜 卖家 店家 管家 医生 护士 药师 律师 老师 销售 商务 售后 售前 前台 值班 当班 小编 服务员 服务生 小姐姐 妹妹 妹子 小哥 姐姐 "
        "管事 做主 拍板 领班 组长 队长 站长 院长 校长 管理员 程序员 仓库 后台 总部 大堂 柜台 营养师 设计师 教练 当家"
    ),
    "P": "有人 没人 冇人 木有人 个活人 真的人 正常人 其他人 别人 人在 人啊 人来 活物 大人 个人 找人 来人 叫人 派人 换人 的人 跟人 和人 与人 让人 请人 位人 接人 见人 人呢 要人 是人 人吗 位",
    "R": "机器人 机器 机械人 机器音 人机 智障 复读机 复制粘贴 套话 ai  机械人 智能客服 智能 程序 自动回复 自动 模板 罐头 电脑",
    "A": "转接 转到 转至 转回 换成 切换 切到 接手 接管 接听 对接 求助 呼入 喊来 叫来 找来 派来 拉 唤醒 排队 预约 约 指派 分配 加急 升级 上报 反馈给 转给 转 接通 接入 接 找 叫 喊 换 呼叫 召唤 安排 派 联系 联络 联线 连线 申请 介入 搵 揾 寻 呼 唤 蹲 求 驳",
    "L": "请 让 麻烦 帮我 帮忙 给我 拜托 劳驾 唔该 能不能 可不可以 可以 可否 能否 可唔可以 能",
    "W": "我要 我想 想要 需要 必须 就要 只要 希望 要求 要 想",
    "S": "说话 说 聊天 聊 谈 讲 沟通 对话 倾 唠 通话 语音 交流 面谈 当面 打电话 回电 电话 回复 回我 跟进 出面 出来 处理 解决",
    "N": "不用 不要 不需要 不必 无需 别 没必要 甭 勿 唔使 唔好 取消 退出 懒得 不想 不找 用不着 禁止 关闭",
    "T": "刚才 刚刚 方才 刚 早上 上午 下午那 上回 前两天 前几天 给过 聊过 打过 找过 联系过 答应 承诺 告诉 让我 叫我 跟我说 骗 冒充 自称 昨天 昨晚 上次 之前 已经 前天 早上 头先 说过 说好 过了 前两天 上周",
    "M": "多少钱 多少 价格 收费 费用 成本 贵 便宜 怎么收 怎么算 另算 一天 一平 一小时 几点 几小时 时间 是什么 区别 几个 多久",
    "C": "态度 专业 好评 给力 棒 热情 差劲 垃圾 太慢 很快 挺快 秒回 谢谢 感谢 耐心 点赞 表扬 好评 差评 满意 评价 不错 真好 很好 好好 太差 辛苦 评分",
    "G": "设置 系统 功能 入口设置 后台设置 中心 部门地址 城市 工号 热线 邮箱 二维码 公众号 平台 接入 开通 统计 分配规则  软件 配置 按钮 关键词 话术 账号 权限 招聘 应聘 岗位 工资 培训 考试 证书 招",
    "O": "快递 骑手 外卖 订单 物流 发票 尺码 退款 发货 优惠 地址 送货 签收 安装 验证码",
    "Q": "怎么 怎样 如何 哪里 哪儿 哪个 按几 点样 咋",
    "Z": "在吗 在不在 在线 在哪 有没有 有冇 有木有 呢 还有",
}
_LATIN = {
    "S": "speak talk chat spk tallk spoken convo chatter tlk speek discuss deal converse word conversation speaking talking chatting call phone ring callback "
    "dial telephone voice explain discussing tlak",
    "A": "connect conect transfer transfr escalate forward hand loop move pass patch put reach redirect refer route swap switch "
    "reconnect bump page ping tag bring fetch find summon join get gimme give xfer grab take contact kick send through",
    "W": "want need wanna require demand insist prefer rather like wana gotta wish request asking ask asked waiting wait "
    "appreciate looking",
    "L": "please pls plz can could would may kindly let lemme possible possibly mind",
    "R": "bot bots robot robots chatbot machine machines ai automated automation software computer script canned robotic",
    "H": "csr cs support helpdesk humans kefu kf rengong zhenren staffer lady gentleman grownup adult",
    "B": "owner boss sales team specialists csrep professional lead chief coordinator handler officer clerk cashier reception dispatcher buyer seller vet dentist coach tutor landlord host attendant assistant associate billing complaints team teammate department technician engineer doctor lawyer warehouse worker guy "
    "expert accountant chef",
    "N": "don't dont not no never without stop cancel didn't nobody cannot won't isn't wasn't doesn't",
    "T": "spoke talked chatted told said says was were yesterday earlier last already called had did helped promised",
    "M": "price pricing paid earn earns plan plans tier included includes include many average sla cost fee fees much hours salary commission rate rates meaning mean difference discount",
    "C": "great good helped smart clever amazing patient friendly kind slow fast useless nicer better lovely rude terrible awful best nice brilliant polite thanks thank worst clueless helpful",
    "G": "setting settings button label widget webhook plugin docs software app dashboard report export login configure set setup "
    "job jobs hiring licence license course training book manual sample",
    "O": "order parcel refund delivery courier driver shipping package size address coupon",
    "Q": "how where what which who when why whose",
    "Z": "there here anyone anybody available online around now asap urgently free alive home hello",
    "U": "you your ur u",
    "I": "i me my im i'm i'd we us",
}
_STAFF = frozenset(
    "adviser advisor agent agents anybody anyone boss colleague concierge consultant coworker director employee "
    "engineer executive human humans lawyer manager nurse operator people person pharmacist receptionist rep "
    "representative representatives reps salesperson senior some1 somebody someone specialist staff sum1 superior "
    "supervisor teammate technician".split()
)
_STRONG = frozenset("agent agents human humans representative representatives rep reps operator".split())
SOUNDS = str.maketrans(
    "认任仁忍入亻壬刃公功攻弓宫贡エi砖专赚传撰珍针甄克课可科福付敷",
    "人人人人人人人人工工工工工工工工转转转转转真真真客客客客服服服",
)
_KIND_HAN = {word: kind for kind, words in _HAN.items() for word in words.split()}
_KIND_LATIN = {word: kind for kind, words in _LATIN.items() for word in words.split()}
_WORDS = re.compile("|".join(sorted(_KIND_HAN, key=len, reverse=True)) + r"|[a-z0-9']+|[?!]|[,.;]|[^\s]")
MOST = 24
"""Classes read of one text."""


def kinds(text: str) -> str:
    """The classes of the words of folded text, a letter each between ^ and $; `_` for any run of other words."""
    found = "^"
    for word in _WORDS.findall(text if text.isascii() else text.translate(SOUNDS)):
        kind = _KIND_HAN.get(word) or _kind(word)
        if kind != "_" or found[-1] != "_":
            found += kind
    return found[:MOST] + "$"


@lru_cache(maxsize=20_000)
def _kind(word: str) -> str:
    if word in _KIND_LATIN:
        return _KIND_LATIN[word]
    if word[0] in "?!":
        return word[0]
    if word in ",.;":
        return ","
    noun = staff_noun(word) if word[0].isascii() else None
    return "_" if noun is None else "H" if noun in _STRONG else "P"


_LONG = tuple(word for word in sorted(_STAFF) if len(word) >= 5 and word not in {"senior", "people"})
_TYPOS = {
    **dict.fromkeys(("hooman", "humen", "hmuan", "huma"), "human"),
    **dict.fromkeys(("agnet", "agnt", "aget"), "agent"),
    **dict.fromkeys(("persn", "presn", "pearson"), "person"),
    "reap": "rep",
    "manger": "manager",
    "sumone": "someone",
    "sum": "someone",
}
_REAL_WORDS = frozenset(
    "advice advise advised again aged ageing agency agenda agents ages agree agreed argent bass bossy consult "
    "consultants consulted context contract contrast curse directed direction directly directory employed employer "
    "engine engines execute executed executor gent horse house humane humid hymn lawyers layer lesson manage "
    "managed manages nurses operate operated operates operation parson peak people's percent perform perron persona "
    "personal persons poison prison purse reason regent season separator sneak spear special specialists stab "
    "staffs stage star start stiff stuff supervise technical technically urge urgent".split()
)


@lru_cache(maxsize=20_000)
def staff_noun(word: str) -> str | None:
    """The staff noun a word stands for: one slip allowed from five letters on, two from eight on."""
    if word in _STAFF:
        return word
    if word in _TYPOS:
        return _TYPOS[word]
    if word in _REAL_WORDS or not 5 <= len(word) <= 16:
        return None
    limit = 1 if len(word) < 8 else 2
    return next((known for known in _LONG if known[0] == word[0] and within(word, known, limit)), None)


def within(a: str, b: str, limit: int) -> bool:
    """Whether `a` becomes `b` with at most `limit` insertions, deletions, replacements or swaps of neighbours."""
    if abs(len(a) - len(b)) > limit:
        return False
    older: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        new = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            new.append(cost)
        if min(new) > limit:
            return False
        older, row = row, new
    return row[-1] <= limit
