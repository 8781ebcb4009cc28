"""A bare word that may mean several things: one clarifying question with all of them, the right flow after the tap."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime

from tongxi.bot import policy
from tongxi.bot.flows import Flows
from tongxi.bot.memory import Memory
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.situation import Situation
from tongxi.bot.understanding import Understanding, understand
from tongxi.decisions import Decision
from tongxi.knowledge.index import Knowledge

AT = datetime(2026, 1, 5, tzinfo=UTC)
ZH = (
    "{}", "{}？", "我要{}", "我想{}", "想{}", "请问{}", "你好，{}", "您好 {}", "麻烦{}", "{}吧", "{}啊", "{}一下",
    "帮我{}", "{}!", "{}。", "请{}", "{}谢谢", "要{}", "{}呢", "我要{}！", "{}，谢谢", "想要{}",
)  # fmt: skip
EN = (
    "{}", "{}?", "{} please", "I want {}", "I would like {}", "{}!", "hi, {}", "hello {}", "please {}", "{} thanks",
    "I want a {}", "a {}", "I need a {}", "the {}", "my {}", "can I {}", "{}, please", "need {}", "I'd like a {}",
)  # fmt: skip


def words() -> dict[str, list[str]]:
    """Words that several shipped flows share."""
    shared: dict[str, list[str]] = defaultdict(list)
    for flow in Flows().enabled():
        for word in flow.triggers.ambiguous.all():
            shared[word].append(flow.name)
    return {word: names for word, names in shared.items() if len(names) > 1}


def decided(text: str, memory: Memory, quick_reply: str | None = None) -> tuple[Understanding, Decision]:
    message = CustomerMessage(1, text, AT, quick_reply)
    seen = understand([message], language="zh", memory=memory, knowledge=Knowledge(), is_verified=True)
    return seen, policy.decide(Situation.of(seen, memory))


def test_bare_words_are_asked_about_once_and_the_tap_leads_to_the_flow() -> None:
    told: Counter[str] = Counter()
    total = 0
    for word, names in words().items():
        for template in EN if word.isascii() else ZH:
            total += 1
            text = template.format(word)
            seen, decision = decided(text, Memory())
            if decision.rule == "two_meanings":
                assert {option.id for option in seen.options(decision.rule)} >= {f"flow:{name}" for name in names}, text
                memory = policy.remember(Memory(), seen, decision)
                _, again = decided(text, memory)
                assert again.choice != "ask", "one clarifying question, not two"
                for name in names:
                    _, picked = decided(name, memory, f"flow:{name}")
                    assert picked.choice == f"flow:{name}"
                told["asked"] += 1
            elif decision.choice.removeprefix("flow:") in names:
                told["right flow"] += 1
            else:
                told[f"{decision.choice}: {text}"] += 1
    right = told["asked"] + told["right flow"]
    assert total >= 150
    assert right / total >= 0.95, told
