"""Made-up phrasings for `fit_human_request.py`: who is asked for × how, and the same words about something else."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

ZH_WHO = (
    "人工|人工客服|真人|真人客服|客服|活人|工作人员|座席|专员|经理|主管|负责人|领导|店长|同事|客服人员|"
    "人工服务|懂行的人|能做主的"
).split("|")
ZH_ASK = (
    "转{}|接{}|找{}|叫{}|换{}|要{}|给我{}|联系{}|请{}来|让{}来|派{}来|叫{}出来|让{}联系我|请{}联系我|"
    "让{}接待我|请{}处理|转给{}|转接{}|接通{}|想找{}|需要{}|需要{}帮忙|需要{}处理|跟{}说|和{}聊|跟{}沟通|"
    "和{}对话|想跟{}说|只跟{}说|有{}吗|有没有{}|{}在吗|{}在哪|{}呢|{}快来|{}麻烦了|{}谢谢|{}帮帮我|{}回复我|"
    "{}接一下|能接{}吗|能转{}吗|可以找{}吗|可以跟{}说吗|怎么找{}|怎么转{}|怎么联系{}|哪里找{}|把{}叫来|"
    "把我转给{}|换{}来|见{}|等{}|必须{}|就要{}|只要{}|还是{}吧|直接{}"
).split("|")
ZH_BEFORE = (
    "|我要|我想|帮我|请|麻烦|请帮我|能不能|可以|快|赶紧|算了,|你好,|急,|别废话,|你不懂,|没用,|没解决,|还是|那就|"
).split("|")
ZH_AFTER = ("|吧|谢谢|好吗|啊|快点|行吗|可以吗|!|!!!|,谢谢|,急|,拜托").split("|")
ZH_OTHER = (
    "{}费多少|{}成本高吗|{}智能怎么用|{}湖在哪|{}钻石贵吗|{}草坪价格|{}合成的吗|{}养殖的吗|{}制作的吗|"
    "{}翻译价格|{}审核多久|{}审核不通过|{}安装收费吗|{}培育证书|{}配音吗|{}泪液过期|{}关节报销|{}种植的吗|"
    "{}采摘的吗|{}染色吗|{}搬运费"
).split("|")
ZH_TOLD = (
    "昨天{}说今天发货|{}说可以退|{}答应补发|{}态度差|{}态度很好|{}几点上班|{}周末上班吗|{}回复太慢|"
    "{}帮我改过了|{}已经处理了|不用{}了|不需要{}|不要转{}|别转{}|不找{}|不想找{}|先不找{}|跟{}说过了|"
    "已经找过{}了|{}发错链接了|{}辛苦了|{}不专业|{}系统多少钱|{}工资多少|招聘{}吗|{}培训课程|{}热线是多少|"
    "{}怎么评价|你是{}吗|对面是{}吗"
).split("|")
EN_WHO = (
    "a human|an agent|a person|a real person|a live agent|a representative|someone|somebody|a manager|"
    "a supervisor|an operator|a rep|customer service|customer support|a human agent|an actual person|"
    "your manager|your supervisor|a human being|a live person|a member of staff|an advisor|one of your staff|"
    "a colleague|support staff"
).split("|")
EN_ASK = (
    "talk to {}|speak to {}|speak with {}|chat with {}|talk with {}|connect me to {}|connect me with {}|"
    "transfer me to {}|transfer to {}|put me through to {}|put {} on|get me {}|get {}|give me {}|i want {}|"
    "i need {}|i want to talk to {}|i need to speak to {}|i would like to speak to {}|i'd like to talk to {}|"
    "i'd rather talk to {}|i'd prefer {}|let me talk to {}|let me speak to {}|can i talk to {}|"
    "can i speak to {}|could i speak with {}|may i speak to {}|can i get {}|can i have {}|can i reach {}|"
    "can you get {}|can you connect me to {}|can {} help me|could {} call me|can {} take over|"
    "have {} call me|ask {} to contact me|how do i reach {}|how can i talk to {}|how to contact {}|"
    "where can i find {}|is there {} i can talk to|is {} available|is {} there|switch to {}|switch me to {}|"
    "hand me to {}|hand off to {}|move me to {}|escalate to {}|pass me to {}|route me to {}|send me to {}|"
    "bring in {}|find {} for me|{} please|{} now|just {}|only {} can help|no bot, {}|not a bot, {}|"
    "enough, {}|i said {}|again: {}|contact {}|reach {}|start a chat with {}|live chat with {}|request {}|"
    "i demand {}|need {}|want {}"
).split("|")
EN_BEFORE = (
    "|please |hi, |hello |ok |useless, |pls |this is not helping, |you don't understand, |yes |"
    "about my order, |can't wait, "
).split("|")
EN_AFTER = ("| please| now| pls| asap|?|!|!!!| about my refund| thanks").split("|")
EN_THING = (
    "human hair|human resources|human anatomy|human rights|human design|travel agent|estate agent|"
    "cleaning agent|insurance agent|user agent|agent fee|agent seats|agent dashboard|agent id|sales rep|"
    "rep range|representative sample|price per person|in person pickup|personal data|one person tent|"
    "operator manual|mobile operator|boolean operator|password manager|file manager|task manager|"
    "account manager|supervisor badge|staff discount|staff uniform|my manager|my colleague|my boss|"
    "robot vacuum|robot mower|customer service hours|customer service email|customer service job|live stream|"
    "live plant|real leather|real estate|call settings"
).split("|")
EN_OTHER = (
    "{}|{} price|how much is {}|do you sell {}|{} in stock?|where is {}|i need {}|tell me about {}|"
    "{} not working|can i buy {}|{} please send details|is {} included|what is {}|how do i change {}|"
    "export {}|i want {}"
).split("|")
EN_TOLD = (
    "i spoke to {} yesterday|{} told me it was fine|{} said 3 days|{} was rude|{} was great|"
    "{} already helped me|no need for {}|i don't need {}|i don't want to talk to {}|don't transfer me to {}|"
    "not asking for {}|are you {}|is this {}|{} fixed it|{} promised a refund|thanks, {} was lovely|"
    "stop sending me to {}|i'd rather not talk to {}|my parcel was left with {}"
).split("|")


def made_up(rng: random.Random, n: int) -> tuple[list[str], list[str]]:
    """About `n` wishes and `n` other messages of each language."""
    pick = rng.choice
    wishes = [pick(ZH_BEFORE) + pick(ZH_ASK).format(pick(ZH_WHO)) + pick(ZH_AFTER) for _ in range(n)]
    wishes += [pick(EN_BEFORE) + pick(EN_ASK).format(pick(EN_WHO)) + pick(EN_AFTER) for _ in range(n)]
    others = [pick(ZH_OTHER).format(pick(("人工", "人工", "真人"))) for _ in range(n // 3)]
    others += [pick(ZH_TOLD).format(pick(ZH_WHO)) + pick(ZH_AFTER[:3]) for _ in range(n // 2)]
    others += [pick(EN_OTHER).format(pick(EN_THING)) for _ in range(n // 2)]
    others += [pick(EN_TOLD).format(pick(EN_WHO)) for _ in range(n // 2)]
    return sorted(set(wishes)), sorted(set(others))


ZH_PEOPLE = "人工客服 人工服务 人工 真人客服 真人 活人 客服人员 客服 座席 坐席 工作人员".split()
ZH_ROLES = "经理 主管 领导 老板 店长 负责人 上级 专员 顾问 同事 工程师 技术 师傅 店员 客户经理 值班的 售后 前台".split()
EN_PEOPLE = "human|person|agent|representative|rep|real person|live agent|human agent|operator".split("|")
EN_ROLES = "manager|supervisor|advisor|colleague|boss|specialist|technician|team leader|consultant|owner".split("|")
SAME = tuple(
    (words, re.compile("|".join(sorted(words, key=len, reverse=True)) if han else rf"\b(?:{'|'.join(words)})\b"))
    for words, han in ((ZH_PEOPLE, True), (ZH_ROLES, True), (EN_PEOPLE, False), (EN_ROLES, False))
)
SOUNDS = {
    "人": "仁任认",
    "工": "公功攻",
    "转": "传专赚",
    "客": "课克可",
    "服": "福扶付",
    "真": "珍针",
    "找": "招照",
    "接": "街节",
}


def varied(rng: random.Random, text: str, n: int) -> set[str]:
    """Up to `n` lines that mean the same: another word for whom, a character that sounds alike, a slip of the pen."""
    found = set()
    for _ in range(n):
        other = text
        for words, pattern in SAME:
            parts = pattern.split(other)
            other = parts[0] + "".join(rng.choice(words) + part for part in parts[1:])
        if rng.random() < 0.3:
            at = rng.randrange(len(other))
            if other[at] in SOUNDS:
                other = other[:at] + rng.choice(SOUNDS[other[at]]) + other[at + 1 :]
            elif other[at : at + 2].isalpha() and other[at : at + 2].isascii():
                other = other[:at] + rng.choice((other[at + 1 : at + 2] + other[at], other[at], "")) + other[at + 2 :]
        found.add(other)
    return found - {text}


HAN = re.compile("[\u3400-\u9fff]")


def joined(rng: random.Random, lines: Sequence[str], ordinary: Sequence[str], n: int) -> list[str]:
    """`n` messages of two or three clauses: a line, with an ordinary message of its language before or after it."""
    beside = {han: [one for one in ordinary if len(one) > 5 and bool(HAN.search(one)) == han] for han in (True, False)}
    found = []
    for text in rng.choices(lines, k=n):
        han = bool(HAN.search(text))
        marks = ",。 !?," if han else (", ", ". ", "! ", "? ", " ", " and ")
        parts = [text]
        for before in rng.choice(((True,), (True,), (False,), (True, True), (True, False))):
            parts.insert(0 if before else len(parts), rng.choice(beside[han]))
        found.append("".join(part.rstrip("。.!?,") + rng.choice(marks) for part in parts[:-1]) + parts[-1])
    return found
