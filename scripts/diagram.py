"""The states of a conversation as a Mermaid diagram and a table, drawn from the transition table itself."""

from tongxi.conversations.state import HOLDER, TRANSITIONS, State


def diagram() -> str:
    """All moves between states; facts that join the same two states share an arrow."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for fact, moves in TRANSITIONS.items():
        for before, after in moves.items():
            arrows.setdefault((before, after), []).append(fact)
    lines = [f"  {before.value} --> {after.value}: {', '.join(facts)}" for (before, after), facts in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"  [*] --> {State.BOT.value}: started", *lines, "```"])


def table() -> str:
    """One row a state: what each fact leads to from there."""
    head = "| | " + " | ".join(f"`{fact}`" for fact in TRANSITIONS) + " |"
    rule = "|---|" + "---|" * len(TRANSITIONS)
    rows = [
        f"| `{state.value}` ({HOLDER[state].value}) | "
        + " | ".join(f"`{moves[state].value}`" if state in moves else "–" for moves in TRANSITIONS.values())
        + " |"
        for state in State
    ]
    return "\n".join([head, rule, *rows])


if __name__ == "__main__":
    print(diagram(), table(), sep="\n\n")
