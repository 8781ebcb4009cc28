"""Fill the generated parts of the reference pages from the code: `python scripts/reference.py` (`--check` only looks).

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import argparse
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import diagram
import tongxi
from tongxi import cli
from tongxi.conversations.events import Fact
from tongxi.kit.errors import AppError, default_detail
from tongxi.kit.i18n import t

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LOCALES = ("en", "zh")
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_WRITTEN = {
    "message_received": "The customer wrote.",
    "message_sent": "The bot, an agent or the product itself (a notice) wrote to the customer.",
    "note_written": "An agent left an internal note.",
}
"""Facts the message writer puts down itself (`conversations.append`)."""


def main() -> int:
    """Write what changed, or with `--check` name it and give 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; give 1 if a page is not current")
    only_look = parser.parse_args().check
    stale = [(page, text) for page, text in filled() if page.read_text("utf-8") != text]
    for page, text in stale:
        print(f"{'not current' if only_look else 'written'}: {page.relative_to(ROOT)}")
        if not only_look:
            page.write_text(text, "utf-8")
    return 1 if only_look and stale else 0


def filled() -> Iterator[tuple[Path, str]]:
    """Each page with generated parts, and what it should say."""
    for page in sorted(DOCS.rglob("*.md")):
        language = "zh" if DOCS / "zh" in page.parents else "en"
        text = page.read_text("utf-8")
        if "<!-- generated: " in text:
            yield page, _PART.sub(lambda part: f"{part[1]}{PARTS[part[2]](language)}\n{part[3]}", text)  # noqa: B023


# ── parts ──


def states(_: str) -> str:
    """Diagram and table of the transitions."""
    return f"{diagram.diagram()}\n\n{diagram.table()}"


def facts(_: str) -> str:
    """What a log can hold."""
    known = {kind.model_fields["type"].default: inspect.getdoc(kind) or "" for kind in _below(Fact)}
    return _table(("type", ""), ((f"`{name}`", about) for name, about in sorted((known | _WRITTEN).items())))


def reasons(language: str) -> str:
    """Reason codes and how they read."""
    return _texts("reason", language)


def notices(language: str) -> str:
    """What the product itself tells customers."""
    return _texts("notice", language)


def errors(language: str) -> str:
    """Codes of expected failures; in Chinese also how the workspace puts them."""
    for module in pkgutil.walk_packages(tongxi.__path__, "tongxi."):
        if not module.name.startswith(("tongxi.migrations", "tongxi.demo", "tongxi.static")):
            import_module(module.name)
    own = [kind for kind in _below(AppError) if kind.__module__.startswith("tongxi.") and kind.code != AppError.code]
    kinds = {kind.code: kind for kind in sorted(own, key=_generality)}
    rows = [(f"`{code}`", str(kinds[code].status), default_detail(kinds[code])) for code in sorted(kinds)]
    if language == "en":
        return _table(("code", "status", "meaning"), rows)
    shown = json.loads((ROOT / "web/workspace/src/locales/zh.json").read_text("utf-8"))
    said = [(code, status, about, shown.get(f"error.{code.strip('`')}", "")) for code, status, about in rows]
    return _table(("代码", "状态", "`detail` 原文", "工作台的说法"), said)


def commands(_: str) -> str:
    """`--help` of every command."""
    return "\n\n".join(f"### tongxi {name}\n\n{_help(name)}" for name in cli.COMMANDS)


PARTS: dict[str, Callable[[str], str]] = {
    "states": states, "facts": facts, "reasons": reasons, "notices": notices, "errors": errors, "commands": commands,
}  # fmt: skip


def _texts(kind: str, language: str) -> str:
    keys = json.loads((ROOT / f"src/tongxi/locales/{language}.json").read_text("utf-8"))
    names = [key.removeprefix(f"{kind}.") for key in keys if key.startswith(f"{kind}.")]
    return _table(("code" if language == "en" else "代码", ""), ((f"`{n}`", t(language, f"{kind}.{n}")) for n in names))


def _help(name: str) -> str:
    parser = argparse.ArgumentParser()
    command = import_module(cli.COMMANDS[name][0])
    command.add_arguments(parser)
    rows = []
    for action in parser._actions[1:]:  # without --help
        sign = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        words = [f"{option} {sign}" if action.nargs != 0 else option for option in action.option_strings]
        mark = ", ".join(words) or action.dest.upper()
        about = (action.help or "") % {"default": action.default}
        rows.append((f"`{mark}`", f"{about} (required)" if action.option_strings and action.required else about))
    parts = [f"{cli.COMMANDS[name][1].capitalize()}."]
    if rows:
        parts.append(_table(("", ""), rows))
    if parser.epilog:
        parts.append(f"```text\n{parser.epilog.strip()}\n```" if "\n" in parser.epilog.strip() else parser.epilog)
    return "\n\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)])


def _generality(kind: type[AppError]) -> tuple[bool, bool, str]:
    """Rank of a class among those that share a code: what the ground says is the general meaning."""
    module = kind.__module__
    return module.startswith("tongxi.kit."), module == "tongxi.api.errors", kind.__qualname__


def _below(kind: type[T]) -> Iterator[type[T]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


if __name__ == "__main__":
    sys.exit(main())
