"""Classes of words that tell danger from talk of goods, for the learnt reading of danger: a wording nobody foresaw still names
who, which part of the body, what happened to it. Pure; reads folded text."""

from __future__ import annotations

import re
from itertools import combinations

_HAN = {
    "person": "孩子 小孩 小朋友 宝宝 娃 儿子 女儿 细路 老人 老爷子 爸 妈 爷 奶 外婆 姥 阿公 阿嬷 老公 老婆 媳妇 丈夫 妻子 哥 弟 姐 妹 朋友 同事 同学 客人 员工 工人 邻居 他 她 佢 别人 有人 男的 女的 男孩 "
    "女孩 孕妇 产妇 四个人 全家 我们 俺们",
    "body": "头 脸 手指 手腕 手 脚 腿 胳膊 膝 眼 脖子 颈 喉 嗓子 舌 嘴 胸 心口 肚子 腰 背 骨 皮肤 后脑 身上 身体 鼻 耳朵 牙龈 额",
    "hurt": "伤 折 断 破 扎 割 削 划 砸 撞 压 夹 磕 摔 跌 烫 烧 灼 咬 刺 戳 扭 肿 发麻 好麻 麻了 疼 痛 起泡 水泡 掐 勒 绞 卷进 溅 崩 弹到 甩 刮 蹭 疙瘩 溃烂",
    "vital": "昏 晕 没反应 叫不醒 叫不应 不应 不省 抽搐 抽过去 抽筋 翻白眼 发紫 发青 发黑 发白 紫了 喘 呼吸 透不过 没气 憋 窒息 噎 呛 休克 胡话 冷汗 没知觉 没意识 起不来 动不了 站不 没声 看不见 睁不开 重影 快不行 不行了 要死 救命 抢救 "
    "急救 120 救护 急诊 心跳 胸闷 中风 心梗 倒地 倒在 躺在地",
    "blood": "血",
    "sick": "吐 呕 拉肚 拉稀 恶心 头晕 头疼 高烧 发抖 抖 浑身 过敏",
    "fire": "火 烧起 燃 冒烟 浓烟 白烟 黑烟 焦 烧焦 火星 冒火 爆 炸 发烫 好烫 嘶嘶 滋滋 噼啪 嘭 化了 鼓包 鼓得 灭火 熏",
    "gas": "煤气 燃气 瓦斯 天然气 液化气 汽油味 一氧化碳 氯气 漏气 刺鼻 泄漏",
    "power": "漏电 触电 带电 电击 被电 电到 电倒 打得 火线 短路",
    "poison": "漂白 洁厕 消毒 农药 药 干燥剂 电池 磁力 磁珠 清洁剂 除垢 洗涤 胶水 蘑菇 酒精 花露水 硬币 钉子 玻璃碴 碎渣 珠子 针",
    "ingest": "吞 咽 喝 吃 误食 误服 误饮 服 打针 注射 抹 涂 吸入",
    "trap": "困 锁 关在 卡 堵 出不来 出不去 出唔到 打不开 下不来 停在半空 半空 埋 压着 下面压 拔不 扯不",
    "vehicle": "电梯 缆车 扶梯 车 高速 隧道 司机 船 飞机 高铁 叉车 过山车 滑梯 秋千 跑步机",
    "control": "失灵 刹不住 刹车 煞车 方向盘 突然加速 停不下 不受控 瞌睡 喝酒 喝了酒 酒味 酒驾 绕路 不停车 不让下 熄火 不按导航 坠 往下掉",
    "attack": "打我 打人 动手 殴 揍 砍 刀 枪 杀 弄死 踹 砸门 撬 闯 硬挤 往屋里 不让走 不走 推我 掐我 跟踪 跟住 跟着我 尾随 威胁 恐吓 堵我 骚扰 强奸 猥亵 摸我 家暴 绑 找来 打劫 抢劫 害我 "
    "报复 偷拍 裸照 视频群发",
    "door": "门 家里 屋里 楼道 卧室 衣柜 楼下 门外 天台 阳台 楼顶 窗台 桥 栏杆 水底 水里 悬崖",
    "death": "死 自杀 轻生 跳下 跳楼 遗书 告别 永别 不想活 活着 活成 不想再 撑 再见了 醒不来 一睡不 了结 解脱 没意思 没意义 走了算 来世 割",
    "money": "钱 账户 帐户 户口 卡 存款 余额 银行 万 转账 贷款",
    "drain": "转走 转出 往外 划走 盗 被刷 在刷 少了 没了 一笔 清空 消费 扣个不停 截住 拦住 止付 冻结 停掉",
    "scam": "骗 自称 冒充 验证码 共享屏幕 远程 安全账户 监管账户 保证金 公检法 念给 电话里的人",
    "lost": "走丢 走失 失踪 不见 联系不上 没回家 离家 出走 迷路 没上来 找不到人 天黑",
    "collapse": "塌 倒 掉下 掉落 砸下 垮 翻下 翻车 断了 裂 飞出 滑下 脱落",
    "water": "溺 沉 进水 淹 漏水",
    "care": "羊水 破水 宫缩 临产 制氧 氧气 呼吸机 透析 起搏 胰岛素 输液 麻醉 护士 医生 手术 疫苗",
    "now": "现在 刚 正在 还在 快 赶紧 赶快 马上 立刻 急 一直 不停 突然 忽然 今晚",
    "nobody": "没人 无人 一个人 不接",
    "ask": "吗 怎么 怎样 多少 几 哪 能不能 可以 有货 价 多久 尺寸 尺码 型号 适合 幾 嗎 有冇 多大 什么时候",
    "order": "订单 快递 退 换货 发票 优惠 券 预约 票 下单 包邮 发货 物流 会员 说明书 保修 配件 安装 租",
}
_LATIN = {
    "person": "kid kids child children baby toddler son daughter mum mom dad gran nan granny grandma grandpa wife husband friend colleague man woman boy girl he she him someone somebody people guy brother sister boyfriend girlfriend partner neighbour "
    "neighbor customer passenger guest",
    "body": "head face hand hands finger fingers arm arms leg legs foot eye eyes neck throat tongue mouth lips chest stomach back hip bone skin wrist wrists nose ear",
    "hurt": "hurt hurts injured injury cut sliced crushed crushing bit bitten burnt burned burns scalded swollen swelling swells numb fractured stabbed blistered blisters stung snapped hives thrown threw threw fell slipped tripped smashed hit knocked",
    "vital": "unconscious fainted faint passed wake waking answering responding floppy limp blue grey breathe breathing breath wheezing choking choke seizure fit convulsing shaking slurring slurred dizzy collapsed stand move rolled ambulance cpr overdose paralysed confused sweating drowsy "
    "moving dying unresponsive heartbeat pulse",
    "blood": "blood bleeding bleeds bled",
    "sick": "vomiting vomit sick puking fever nausea headaches diarrhoea",
    "fire": "fire flames flame smoke smoking burning alight sparks sparking blew popping hissing exploded explosion exploding melted melting swelling bulging ablaze",
    "gas": "gas petrol fumes monoxide co leaking leak",
    "power": "shock shocked jolt electrocuted zapped",
    "poison": "bleach cleaner descaler detergent pills tablets tablet battery magnet magnets desiccant mushrooms pesticide antifreeze bead coin",
    "ingest": "swallowed drank drunk ate eaten took taken inhaled injected jab",
    "trap": "locked trapped stuck pinned buried jammed hanging shut under",
    "vehicle": "lift elevator gondola car van driver boat motorway highway train treadmill ride forklift escalator plane ferry",
    "control": "brakes brake steering swerving drunk nodding accelerating skidding asleep speeding hijacked",
    "attack": "knife gun blade punched kicking kicked pushed following followed threatening threatened forced stalker abusive rape raped grabbed strangled attacked attacking weapon hiding nudes blackmail beating hurting touched burglar intruder robbed",
    "door": "door house room lobby wardrobe roof bridge ledge window balcony edge corridor home",
    "death": "die suicide suicidal kill jump goodbye living alive life bye rope pills notes ending end miss wrists tonight",
    "money": "money account card bank savings payments funds 9k",
    "drain": "leaving draining drained spending emptying emptied stolen charged disappearing going freeze block",
    "scam": "scammer scam remote teamviewer anydesk pretending pin otp safe control controlling codes",
    "lost": "missing lost surfaced disappeared vanished runaway dark",
    "collapse": "collapsed fell falling dropped caved shattered came toppled overturned",
    "water": "drowning drowned underwater sinking flooding sinks pool water",
    "care": "waters contractions labour labor oxygen ventilator dialysis pump insulin nurse pacemaker",
    "now": "now just still suddenly hurry keeps quick quickly help right minute second urgently",
    "nobody": "nobody nobody's alone",
    "ask": "how what which price size stock when where does do cost much many colour color hours",
    "order": "order delivery refund return invoice coupon booking tickets ticket warranty part parts replacement kit set hire spare",
}
_CLASS = {word: name for part in (_HAN, _LATIN) for name, words in part.items() for word in words.split()}
_WORDS = re.compile(
    "|".join(sorted((word for words in _HAN.values() for word in words.split()), key=len, reverse=True)) + "|[a-z0-9']+"
)
_CLAUSE = re.compile(r"[,。!?;:\n、]+|\. ")
_NOT = re.compile(r"\b(?:won't|can't|cannot|not|isn't|hasn't|no|never|doesn't|didn't)\b|不|没|唔|冇")


def kinds(folded: str) -> set[str]:
    """Signs for the reading: each class, and each pair of classes of a clause and of the text."""
    found: set[str] = set()
    everywhere: set[str] = set()
    for clause in _CLAUSE.split(folded):
        here = {_CLASS[word] for word in _WORDS.findall(clause) if word in _CLASS}
        if _NOT.search(clause):
            here.add("not")
        everywhere |= here
        found.update(f"@&{a}+{b}" for a, b in combinations(sorted(here), 2))
    found.update(f"@&{one}" for one in everywhere)
    found.update(f"@&&{a}+{b}" for a, b in combinations(sorted(everywhere), 2))
    return found
