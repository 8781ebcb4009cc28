"""A message that may mean several things: one clarifying question with all of them, the right flow after the tap."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

from tongxi.bot import policy
from tongxi.bot.flows import Flows
from tongxi.bot.memory import Memory
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.remembering import remember
from tongxi.bot.situation import Situation
from tongxi.bot.understanding import Understanding, understand
from tongxi.decisions import Decision
from tongxi.evaluation import ambiguous
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
                memory = remember(Memory(), seen, decision)
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


WRITTEN = ambiguous.read(Path(__file__).parents[2] / "data/ambiguous.tsv")
"""Each worded by itself, before what recognises them."""


def test_of_over_two_hundred_ambiguous_messages_nearly_all_end_in_the_right_flow_or_one_question() -> None:
    templated = [
        ambiguous.Utterance(template.format(word), tuple(sorted(names)))
        for word, names in words().items()
        for template in (EN if word.isascii() else ZH)
    ]
    everything = WRITTEN + templated
    assert len({one.text for one in everything}) >= 200
    found = ambiguous.matrix(everything)
    assert ambiguous.right(found) / len(everything) >= 0.95, ambiguous.table(found)


def test_worded_by_themselves_nine_in_ten_are_right_and_no_wrong_flow_is_started() -> None:
    found = ambiguous.matrix(WRITTEN)
    assert len(WRITTEN) >= 60
    assert ambiguous.right(found) / len(WRITTEN) >= 0.88, ambiguous.table(found)
    rest = {name for counts in found.values() for name in counts} - {
        ambiguous.RIGHT_FLOW, ambiguous.ASKED, ambiguous.PARTLY,
    }  # fmt: skip
    assert rest <= {"unknown"}, ambiguous.table(found)


def test_a_word_with_more_to_it_is_no_bare_topic() -> None:
    for text in (
        "退款退到银行卡还是微信",
        "不要取消",
        "退款金额算错了",
        "refund to a different card",
        "don't cancel it",
    ):
        assert decided(text, Memory())[1].rule != "two_meanings", text
