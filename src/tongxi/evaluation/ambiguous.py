"""What the bot makes of messages that may mean several things: `python -m tongxi.evaluation.ambiguous FILE`.

FILE holds lines `flow,flow<TAB>text`: every flow the text may mean. Without knowledge, intents and model, so that only
the flows' own wordings decide. Prints what was done with each group as a table, a confusion matrix with the right
outcomes, one of the flows or one question that offers them, in front.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tongxi.bot import policy
from tongxi.bot.memory import Memory
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.situation import Situation
from tongxi.bot.understanding import understand
from tongxi.knowledge.index import Knowledge

ASKED, PARTLY, WRONGLY = "asked, all offered", "asked, some offered", "asked about others"
RIGHT_FLOW = "right flow"
_AT = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message and the flows it may mean."""

    text: str
    flows: tuple[str, ...]


def read(path: Path) -> list[Utterance]:
    """The lines of a file."""
    lines = (line.split("\t") for line in path.read_text("utf-8").splitlines() if line.strip())
    return [Utterance(text, tuple(sorted(names.split(",")))) for names, text in lines]


def outcome(utterance: Utterance) -> str:
    """What the bot does: `RIGHT_FLOW`, one of the questions above, the name of a wrong flow, or another choice."""
    message = CustomerMessage(1, utterance.text, _AT)
    seen = understand([message], language="zh", memory=Memory(), knowledge=Knowledge(), is_verified=True)
    decision = policy.decide(Situation.of(seen, Memory()))
    choice = decision.choice.removeprefix("flow:")
    if choice in utterance.flows:
        return RIGHT_FLOW
    if decision.choice != "ask":
        return choice
    offered = {option.id.removeprefix("flow:") for option in seen.options(decision.rule)}
    meant = set(utterance.flows)
    return ASKED if meant <= offered else PARTLY if meant & offered else WRONGLY


def matrix(utterances: Iterable[Utterance]) -> dict[tuple[str, ...], Counter[str]]:
    """Flows that may be meant → what was done how often."""
    found: dict[tuple[str, ...], Counter[str]] = {}
    for one in utterances:
        found.setdefault(one.flows, Counter())[outcome(one)] += 1
    return found


def right(found: dict[tuple[str, ...], Counter[str]]) -> int:
    """How often it was one of the flows, or one question that offers at least one of them."""
    return sum(counts[name] for counts in found.values() for name in (RIGHT_FLOW, ASKED, PARTLY))


def table(found: dict[tuple[str, ...], Counter[str]]) -> str:
    """The matrix as text, one group a line."""
    others = sorted({name for counts in found.values() for name in counts} - {RIGHT_FLOW, ASKED, PARTLY})
    columns = [RIGHT_FLOW, ASKED, PARTLY, *others]
    names = {flows: " / ".join(flows) for flows in found}
    width = max(map(len, names.values()), default=0) + 2
    lines = [" " * width + "".join(f"{name:>{len(name) + 3}}" for name in columns)]
    for flows, counts in found.items():
        lines.append(f"{names[flows]:<{width}}" + "".join(f"{counts[name]:>{len(name) + 3}}" for name in columns))
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Print the matrix of the file named first."""
    if len(arguments) != 1:
        sys.exit("usage: python -m tongxi.evaluation.ambiguous FILE")
    utterances = read(Path(arguments[0]))
    found = matrix(utterances)
    sys.stdout.write(f"{table(found)}\n{right(found)} of {len(utterances)} right\n")


if __name__ == "__main__":
    main(sys.argv[1:])
