"""How complex a request is: simple, moderate or complex, from nine things one can point at. Pure.

A multinomial logistic model over them, small enough to be read; learnt by scripts/fit_complexity.py, figures in
docs/reference/signals.md. What raised it is named with it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tongxi.kit.text import READINGS, fold

Level = Literal["simple", "moderate", "complex"]
LEVELS: tuple[Level, ...] = ("simple", "moderate", "complex")
MAX_CHARS = 2_000

FEATURES = (
    "length",
    "clauses",
    "several",
    "amounts",
    "attempts",
    "contradiction",
    "parties",
    "many_things",
    "condition",
)
_LATIN = re.compile(r"[a-z']+")
_CLAUSE = re.compile(r"[,。!?;:\n、]+|\.(?:\s|$)")
_COUNTED: dict[str, re.Pattern[str]] = {
    "several": re.compile(
        r"另外|还有|還有|以及|顺便|同时|同時|而且|并且|还要|也要|再加|外加|分别"
        r"|\b(?:also|as well|besides|plus|another|separate(?:ly)?|and (?:i|we|the|who|what|how|do|can) \w+)\b"
    ),
    "amounts": re.compile(r"\d[\d,.:]*|[一二两三四五六七八九十百千万半]+(?:块|元|万|千|百|%|折)"),
    "attempts": re.compile(
        r"试过|試過|都试了|还是不行|还是没|第[二三四五六]次|[两二三四五]次|[两二三四五]遍|[两二三四五]趟|几次|多次|又|再次|一直|重启|换了"
        r"|\b(?:tried|again|still|twice|three times|second time|third time|already|each time|every time|times|repeatedly)\b"
    ),
    "contradiction": re.compile(
        r"但是?|可是?(?!以)|却|不过|明明|然而|问题是|结果|說好|说好|答应|承诺|说的|不一样|不符|不认|不對|不对"
        r"|\b(?:but|though|although|however|yet|instead|said|says|promised|told|insist\w*|different|wrong)\b"
    ),
    "parties": re.compile(
        r"商家|卖家|平台|快递(?!单|费)|门店|師傅|师傅|银行|财务|物业|客服|经理|房东|海关|仓库|第三方|公司|同事|朋友|室友|老人|我妈|孩子|客户|员工"
        r"|\b(?:seller|courier|carrier|bank|finance|agent|agency|colleague|manager|landlord|customs|technician|installer|mother|"
        r"sister|flatmate|staff|company|insurance|kids|guests|friend)\b"
    ),
    "many_things": re.compile(
        r"[两二三四五六七八九十\d]+(?:个|件|台|批|单|份|间|副|张|罐|桌|包|部|段|人|期)|一[个件台间部张副][^,。]{0,12}(?:一[个件台间部张副]|另)|其中|子账号"
        r"|\b(?:two|three|four|five|six|\d+) (?:\w+ )?(?:orders?|units?|items?|parcels?|rooms?|phones?|seats?|batches|vouchers|people|"
        r"kids|guests|adults|repairs|emails)\b|\bone (?:of|to|that|is)\b|\bboth\b|\bhalf\b"
    ),
    "condition": re.compile(
        r"如果|要是|除非|的话|能不能|是否|怎么算|谁(?:出|赔)|要么|按照?|根据|违约|合同|条款|凭证|证明"
        r"|\b(?:if|unless|whether|either|in case|so what|who pays|terms|contract|proof|warranty)\b"
    ),
}
_FULL = {
    "length": 120.0, "clauses": 7.0, "several": 3.0, "amounts": 5.0, "attempts": 3.0, "contradiction": 3.0, "parties": 3.0,
    "many_things": 3.0, "condition": 2.0,
}  # fmt: skip
"""Count at which a feature is 1."""
BIAS: tuple[float, ...] = (3.96, 1.26, -5.23)
WEIGHTS: tuple[tuple[float, ...], ...] = (
    (-10.1, -10.66, -3.57, -1.81, -3.93, -5.34, -3.7, -2.58, -0.53),
    (3.74, 2.2, 1.15, -0.66, 0.23, 0.93, -0.09, -0.48, -1.29),
    (6.36, 8.46, 2.42, 2.47, 3.7, 4.42, 3.79, 3.06, 1.82),
)
"""(levels, features), log-odds for a feature of 1."""
NAMED_FROM = 1.0
"""A feature is named as a cause when it raises the expected log-odds of more than simple by at least this much."""


@dataclass(frozen=True, slots=True)
class Complexity:
    """A level, how sure, and what raised it."""

    level: Level
    share: float
    """Probability of the level, 0…1."""
    score: float
    """Expected level, 0 (simple) … 1 (complex)."""
    because: tuple[str, ...]
    """Names of `FEATURES`, strongest first."""


@lru_cache(maxsize=READINGS)
def complexity(text: str, failed: int = 0) -> Complexity:
    """Read one request; `failed`: answers so far that did not help, which count as attempts."""
    values = features(text, failed)
    logits = [
        bias + sum(w * v for w, v in zip(row, values, strict=True)) for bias, row in zip(BIAS, WEIGHTS, strict=True)
    ]
    powers = [math.exp(logit - max(logits)) for logit in logits]
    shares = [power / sum(powers) for power in powers]
    best = max(range(3), key=shares.__getitem__)
    rise = [
        (value * ((WEIGHTS[1][i] + WEIGHTS[2][i]) / 2 - WEIGHTS[0][i]), name)
        for i, (name, value) in enumerate(zip(FEATURES, values, strict=True))
    ]
    because = tuple(name for by, name in sorted(rise, reverse=True) if by >= NAMED_FROM)[:4]
    return Complexity(
        LEVELS[best], round(shares[best], 3), round(shares[1] / 2 + shares[2], 3), because if best else ()
    )


def features(text: str, failed: int = 0) -> tuple[float, ...]:
    """The values of `FEATURES`, each 0…1."""
    folded = fold(text[:MAX_CHARS]).text
    latin = len(_LATIN.findall(folded))
    han = sum("\u3400" <= character <= "\u9fff" for character in folded)
    counts = {"length": han + 2.0 * latin, "clauses": sum(bool(one.strip()) for one in _CLAUSE.split(folded)) - 1.0}
    for name, pattern in _COUNTED.items():
        counts[name] = sum(1.0 for _ in pattern.finditer(folded))
    counts["attempts"] += failed
    return tuple(min(1.0, max(0.0, counts[name]) / _FULL[name]) for name in FEATURES)
