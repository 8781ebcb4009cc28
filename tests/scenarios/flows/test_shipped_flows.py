"""Every shipped flow from the first word to the effect in the shop, in both languages, k times in a row.

pass^k = C(c, k) / C(n, k) for c of n trials that succeed; it must be 1 for k up to 4 with these seeds.
"""

from __future__ import annotations

import random
from math import comb
from pathlib import Path

import pytest

from tests.scenarios.flows.scripts import SCRIPTS, Script
from tests.support.shop_talk import shop_talk
from tongxi.bot.flows.registry import shipped

TRIALS = 4


async def plays(script: Script, folder: Path, seed: int) -> str:
    """Play one trial; "" when all came out right, else what did not."""
    rng = random.Random(seed)
    folder.mkdir()
    async with shop_talk(folder, script.who, script.language) as talk:
        before = len(talk.rows(script.effect)) if script.effect else 0
        for number, wordings in enumerate(script.turns):
            text = rng.choice(wordings)
            is_last = number == len(script.turns) - 1
            step = await talk.says(text, flow=script.flow if number == 0 else None)
            if number == 0 and talk.wish_for(text) != script.flow:
                return f"{text!r} was taken for {talk.wish_for(text)!r}"
            if not is_last and step.outcome != "asked":
                return f"{text!r} ended with {step.outcome}: {step.text}"
            if not is_last and script.effect and len(talk.rows(script.effect)) != before:
                return f"changed before the yes, after {text!r}"
        assert talk.last is not None
        if talk.last.outcome != script.outcome:
            return f"{talk.last.outcome} instead of {script.outcome}: {talk.last.text}"
        if script.says not in talk.last.text:
            return f"{script.says!r} is not in {talk.last.text!r}"
        if script.effect and len(talk.rows(script.effect)) - before != script.count:
            return f"the shop has {len(talk.rows(script.effect))} of it"
    return ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: f"{one.flow}-{one.language}")
async def test_every_trial_reaches_its_end(script: Script, tmp_path: Path) -> None:
    failures = [await plays(script, tmp_path / str(seed), seed) for seed in range(TRIALS)]
    passed = sum(not failure for failure in failures)
    for k in range(1, TRIALS + 1):
        assert comb(passed, k) / comb(TRIALS, k) == 1, (k, failures)


def test_every_shipped_flow_is_played_in_both_languages() -> None:
    played = {(one.flow, one.language) for one in SCRIPTS}
    assert played == {(name, language) for name in shipped() for language in ("zh", "en")}
