"""Text that tries to steer the bot: in a message, a page, an order remark or a file name. Pure.

The bot treats every such text as data anyway (it has no authority to give away); this is for the log, for refusing to quote
a page and for asking a person to look. Rules for the plain attempts, a learnt reading for the rest.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tongxi.decisions import Reason
from tongxi.kit.text import READINGS, fold
from tongxi.signals.features import joined
from tongxi.signals.linear import heads

Where = Literal["customer", "page", "order_remark", "filename"]
CODE = "injection"
THRESHOLD = 0.4
MAX_CHARS = 20_000
_WINDOW = 400
"""Long texts are read in pieces of this many characters: an order hidden in a page is a few words among thousands."""

_CUES: dict[str, re.Pattern[str]] = {
    "ignore": re.compile(
        r"(?:忽略|无视|忘(?:掉|记)|不(?:要|用|再)?(?:理会|遵守|管)|抛开|作废|唔好理)[^,。!?]{0,10}(?:指令|指示|规则|规矩|设定|提示|政策|话术|内容|前文|限制|要求|以上|之前[^,。!?]{0,4}(?:说|嘢|话))"
        r"|\b(?:ig\w?n?o?re?|igmore|disregard|forget|override|bypass|skip|drop)\b[^.!?]{0,24}\b(?:\w*instr\w*ctions?|rules?|polic\w+|guidelines|prompts?|checks?|authentication|verification|safety|merchant|shop told|above)\b"
        r"|\boverride code\b|hulue|no (?:policies|rules|restrictions)|without (?:rules|restrictions|checks)"
    ),
    "role": re.compile(
        r"(?:你(?:现在|其实)?(?:不)?是|你的(?:新)?(?:身份|角色|人设|名字)|扮演|假装|假如你|切换(?:到|成)|角色互换|恢复你|从现在(?:起|开始)你|进入[^,。!?]{0,6}模式|自由模式|无限制)"
        r"|\byou(?:'re| are) (?:now|no longer|in a sim|free|an? (?:un|linux|dan))|\b(?:pretend|act as|roleplay|role[- ]play as)\b|\bdeveloper mode\b|\bunrestricted\b|\bunfiltered\b|\bdan\b|\bnew (?:identity|instruction|policy memo|conversation)\b|\bas your (?:supervisor|owner|developer)"
    ),
    "reveal": re.compile(
        r"(?:提示词|系统指令|系统提示|内部(?:规则|规定|话术|暗号|标准|赔付)|隐藏(?:消息|指令)|密钥|口令|后台密码|开场设定|初始(?:设定|指令)|说明书[^,。!?]{0,6}第一句|最初收到|第一条消息|上一位(?:客户|顾客)|prompt)[^,。!?]{0,12}"
        r"|\b(?:system|hidden|confidential|initial|secret|internal)\b[^.!?]{0,12}\b(?:prompt|instructions?|rules|setup|table|floor price)\b|\byour (?:prompt|instructions|guidelines|opening setup|rules)\b|\bapi key\b|\bverbatim\b|\bword for word\b|\bprevious customer\b|\bwords in your prompt\b"
    ),
    "tool": re.compile(
        r"(?:调用|执行|运行)[^,。!?]{0,10}(?:工具|接口|命令|退款|导出)|(?:改|设)(?:成|为)0|免审核|跳过[^,。!?]{0,6}(?:审核|验证|校验|人脸|核实)|别走审核|不用问我|无需(?:再次)?(?:确认|审核)|(?:管理员|root|最高)权限|所有(?:用户|顾客|客户)|全场免单|导出客户|其他(?:顾客|买家|客户)"
        r"|\b(?:call|run|use|trigger|invoke)\b[^.!?]{0,14}\b(?:tool|refund|delete_\w+|cancel_\w+|function)\b|\bwithout checks\b|\bdon'?t ask me\b|\ball (?:customers?|contacts|users?|refund requests)\b|\bother customers\b|\bgrant\b[^.!?]{0,12}\b(?:access|refund|discount|admin)|\badmin[- ]now\b|\bapprove everything\b|\bship now\b|\bmark as\b|\bapply coupon\b|\bfraud score\b"
    ),
    "address": re.compile(
        r"(?:ai|人工智能|大语言模型|语言模型|机器人|智能助手|智能客服|聊天机器人|助手|模型|自动(?:程序|助手))[^,。!?]{0,8}(?:请|读|看到|注意|必须|须|应|忽略|可见|:|;|,请)|写给ai|仅ai|读取者|读到(?:这里|此处|本)"
        r"|\b(?:ai|assistants?|bots?|chatbot|llms?|language model|automated (?:system|readers?|picker))\b\W{0,3}(?:please|must|should|:|,|;|reading|may|summari|ignore|read|call|who|approve)|\bnote to ai\b|\bfor (?:bots|assistants|automated)\b|\bif you are a (?:language|large)|\bdear chatbot\b"
    ),
    "markup": re.compile(
        r"</?\s*(?:system|user|assistant|对话结束)[^>]*>|\[\[?\s*(?:system|assistant|系统)[^\]]{0,10}|\"role\"\s*:\s*\"system|【系统】|系统(?:指令|消息|override)?\s*[::]|\bsystem(?: override)?\s*:|begin system|#{2,}\s*new|<!--[^>]{0,40}(?:助手|ai|assistant)|display:\s*none"
    ),
    "plant": re.compile(
        r"(?:以后|从今往后|从今|今后|每次|永远|凡是|一律|记住|存进)[^。!?]{0,14}(?:回答|回复|说|报|答应|同意|加上|免|末尾)|只(?:许|要|能)?(?:说|回答|回复)[“\"]|先说[“\"]|回复[“\"]"
        r"|\b(?:begin|start|end|append|answer)\b[^.!?]{0,16}\b(?:each|every|all) (?:reply|answer|response|time)|\bremember forever\b|\breply (?:only )?with\b|\bonly say\b|\bmust say\b|\bsay 'sure'|\bwhen i (?:say|type)\b|\bto each answer\b|\bfrom now quote\b|\bnever offer\b"
    ),
    "encode": re.compile(
        r"base64|rot13|每句第一个字|一个字母|一字不差|逐字|翻译[^。!?]{0,24}(?:照着做|执行)|\bdecode (?:this )?and\b|\bone letter at a time\b|\bencode your\b|\btranslate this\b[^.!?]{0,20}\bobey\b|[a-z0-9+/]{20,}={1,2}"
    ),
}
_PLAIN = re.compile(
    # needs no weights
    r"忽略(?:你)?(?:之前|以上|前面|上面|先前)?(?:收到)?的?(?:所有|一切|全部)?的?(?:指令|指示|规则|提示词|设定)|(?:打印|输出|说出|告诉我|给我看|公开)[^,。!?]{0,6}(?:系统提示词|系统指令|内部规则|隐藏指令)"
    r"|\b(?:ignore|disregard|forget) (?:all |any |your |the )*(?:previous |prior |above |earlier |system )+(?:instructions?|rules|prompts?)|\b(?:print|reveal|show|tell)\b[^.!?]{0,12}\b(?:system prompt|hidden (?:rules|instructions))\b|</?system>|\"role\"\s*:\s*\"system\""
)
_SPACED = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")


@lru_cache(maxsize=READINGS)
def injection(text: str, where: Where = "customer") -> Reason | None:
    """The reading of `text` as an attempt to steer the bot; `span` is the wording or the stretch it stands in."""
    folded = fold(text[:MAX_CHARS])
    plain = _PLAIN.search(folded.text)
    if plain:
        return Reason(code=CODE, value=1.0, threshold=THRESHOLD, span=folded.span(*plain.span()))
    best, at = 0.0, 0
    for start in range(0, max(1, len(folded.text)), _WINDOW // 2):
        piece = folded.text[start : start + _WINDOW]
        if start and len(piece) <= _WINDOW // 2:
            break
        share = _share(piece, where)
        if share > best:
            best, at = share, start
    if best < THRESHOLD:
        return None
    span = folded.span(at, min(at + _WINDOW, len(folded.text)))
    return Reason(code=CODE, value=round(best, 3), threshold=THRESHOLD, span=span)


def columns(folded: str, where: Where) -> NDArray[np.int64]:
    """Buckets of folded text with the signs of the cues and the place it stands: (pieces,)."""
    if where == "filename":
        folded = re.sub(r"[_\-.%;()]+", " ", folded)
    folded = _SPACED.sub("", folded)
    cues = [name for name, pattern in _CUES.items() if pattern.search(folded)]
    place = {f"@{where}", f"@n{min(4, len(cues))}", f"@{where}{min(2, len(cues))}"}
    return joined(folded, {f"@{name}" for name in cues} | place)


def _share(folded: str, where: Where) -> float:
    return float(1 / (1 + np.exp(-heads()["injection"].logits(columns(folded, where))[0])))
