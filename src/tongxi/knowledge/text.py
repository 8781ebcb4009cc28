"""The terms of a text as the search sees it. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from tongxi.kit.stemming import stem

__all__ = ["MAX_CHARS", "stem", "tokens"]

MAX_CHARS = 2_000
"""A query is read up to here; what a customer asks stands in its first lines."""

_RUNS = re.compile(r"[0-9a-z]+(?:['’][a-z]+)?|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_HAN_START = "\u3400"

_FILLER_ZH = re.compile(
    "怎么(?:办|样|弄|才能|回事)?|为什么|为啥|什么(?:时候|样|意思)?|能不能|可不可以|可以|有没有|是不是|会不会|要不要|请问|"
    "想问一?下|麻烦|谢谢|你好|您好|帮我|告诉我|如何|多少|一下|你们|我们|现在|已经|还是|这个|那个|一直|的话"
)
_STOP_EN = frozenset(
    "a an the is are am was were be been being do does did done to of in on at for and or but if so as it its this "
    "that these those i me my we our us you your he she they them his her their with from by about into than then "
    "there here want need get got say tell know help going go let make thing things something anything much many "
    "more can could would should will shall may might must have has had not no yes what which who whom how when "
    "where why please pls hi hello hey thanks thank ok okay im ive id just also very really any some".split()
)
_STOP_ZH = frozenset(
    "的了吗呢啊吧呀嘛么哦嗯我你您他她它们是在有就都也还和与请问一个这那怎什能可以会要想为吗把给让再又很太啥咋哪"
)


def tokens(text: str) -> list[str]:
    """Search terms of normalised text: Han characters and pairs of them, stems of Latin words, numbers."""
    terms: list[str] = []
    for run in _RUNS.findall(text):
        if run[0] >= _HAN_START:
            run = _FILLER_ZH.sub("", run)
            terms += [c for c in run if c not in _STOP_ZH]
            terms += [a + b for a, b in pairwise(run) if not (a in _STOP_ZH and b in _STOP_ZH)]
        elif run not in _STOP_EN:
            terms.append(stem(run))
    return terms
