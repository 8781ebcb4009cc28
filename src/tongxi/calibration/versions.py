"""What an answer depends on, as hashes: a certificate holds for one combination of them and for no other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import yaml

from tongxi.calibration.plan import Versions, is_write, write_group
from tongxi.configuration.bot import BotSettings
from tongxi.encoder.encoder import own_weights
from tongxi.kit.db import Transaction
from tongxi.settings import Settings

GENERAL = "general"
"""Topic of articles that are in no collection."""
PACKAGE = Path(__file__).parent.parent
SCORE = (
    "knowledge/arrays.py", "knowledge/articles.py", "knowledge/chunks.py", "knowledge/confidence.py",
    "knowledge/contents.py", "knowledge/index.py", "knowledge/query.py",
    "knowledge/library.py", "knowledge/marks.py", "knowledge/meanings.py", "knowledge/nearness.py",
    "knowledge/text.py", "knowledge/words.py", "encoder/encoder.py", "encoder/features.py",
    "encoder/english.py", "encoder/minilm.py", "encoder/wordpiece.py",
    "encoder/shipped.weights", "kit/text.py", "kit/stemming.py", "intents/features.py", "intents/model.py",
    "intents/splitting.py", "bot/agreement.py", "bot/understanding.py", "bot/second_reading.py",
    "bot/situation.py", "bot/thinking.py", "bot/policy.py", "bot/answer.py",
    "bot/handing_over.py", "bot/going_on.py", "bot/threshold.py", "bot/approval.py",
)  # fmt: skip
"""Where confidence is computed, and the passage and the rule chosen."""
PHRASING = ("llm/prompts", "llm/prompt.py", "bot/phrasing.py", "bot/writing.py", "bot/release.py", "bot/grounding.py")
"""How a model words an answer, and how its words are checked."""
WRITING = (
    "bot/flows/engine.py", "bot/flows/confirming.py", "bot/flows/writing.py", "bot/flows/reading.py",
    "bot/flows/filling.py", "bot/flows/asking.py", "bot/flows/replies.py", "bot/flows/addresses.py",
    "bot/flows/amounts.py", "bot/flows/order_choice.py", "bot/flows/order_names.py", "bot/flows/order_time.py",
    "bot/flows/amending.py", "bot/flows/picking.py", "bot/flows/dates.py",
)  # fmt: skip
"""What decides which change a flow makes, beside the flow itself."""
PURPOSES = ("understand", "answer", "embed")
"""What models do that an answer depends on."""
POLICY = {"limits", "rules", "red_lines"}
"""What of the bot's settings decides whether it answers; its name and voice do not."""


def topic_of(collection: str) -> str:
    """The topic of an article's collection: letters, digits, `_` and `-`, at most 80 characters."""
    return re.sub(r"[^\w-]+", "-", collection.strip()).strip("-").lower()[:80] or GENERAL


def group_name(topic: str, language: str) -> str:
    """`<topic>.<language>`, the language without its region."""
    return f"{topic}.{language.partition('-')[0].lower()}"


@dataclass(frozen=True, slots=True)
class Running:
    """What runs now."""

    knowledge: dict[str, str] = field(default_factory=dict)
    """Hash of the published articles of each topic."""
    topics: dict[UUID, str] = field(default_factory=dict)
    """Topic of each published article."""
    languages: dict[str, frozenset[str]] = field(default_factory=dict)
    """Languages in which a topic has articles."""
    score: str = ""
    policy: str = ""
    model: str = ""
    flows: dict[str, str] = field(default_factory=dict)
    """Hash of each flow that changes something, by name."""
    titles: dict[str, dict[str, str]] = field(default_factory=dict)
    """What those flows are called, by language."""

    def of(self, group: str) -> Versions:
        """What the answers, or the changes, of a group depend on."""
        if is_write(group):
            return Versions(self.flows.get(group.partition(":")[2], ""), code(WRITING), "", "")
        return Versions(self.knowledge.get(group.rpartition(".")[0], ""), self.score, self.policy, self.model)

    def groups(self) -> list[str]:
        """Every topic in every language it has articles in, then every flow that changes something."""
        topics = sorted(group_name(topic, one) for topic, spoken in self.languages.items() for one in spoken)
        return [*topics, *sorted(write_group(name) for name in self.flows)]


@lru_cache(maxsize=1024)
def digest(versions: Versions) -> str:
    """One short hash of all of them, as a decision names it."""
    return _hash(list(versions))


async def read(tx: Transaction, settings: Settings) -> Running:
    """What the database and this program say now."""
    rows = await tx.dicts(
        "select id, collection, language, version from article where status = 'published' order by id"
    )
    parts: dict[str, list[list[Any]]] = {}
    topics: dict[UUID, str] = {}
    languages: dict[str, set[str]] = {}
    for row in rows:
        topic = topics[row["id"]] = topic_of(row["collection"])
        parts.setdefault(topic, []).append([str(row["id"]), row["version"]])
        languages.setdefault(topic, set()).add(row["language"].partition("-")[0].lower())
    configured = await tx.dicts(
        "select distinct on (name) name, version, value from configuration where name in ('bot', 'models')"
        " order by name, version desc"
    )
    values = {row["name"]: row["value"] for row in configured}
    model = await _models(tx, settings, values.get("models"))
    writing = {name: found for name, source in await _flows(tx) if (found := _writing(source)) is not None}
    return Running(
        knowledge={topic: _hash(part) for topic, part in parts.items()},
        topics=topics,
        languages={topic: frozenset(spoken) for topic, spoken in languages.items()},
        score=code(SCORE) + _tuned(settings.data) + (":english" if settings.english else "") + await _intents(tx),
        # Through the model: what was never set and what is set to the default are the same policy.
        policy=_hash(BotSettings.model_validate(values.get("bot") or {}).model_dump(mode="json", include=POLICY)),
        model=_hash([model, code(PHRASING)]) if model else "",
        flows={name: hashed for name, (hashed, _) in writing.items()},
        titles={name: dict(title) for name, (_, title) in writing.items()},
    )


async def _flows(tx: Transaction) -> list[tuple[str, str]]:
    """Name and source of every flow as it runs now: the operator's own, else the shipped one."""
    sources = {file.stem: file for file in sorted((PACKAGE / "bot/flows/shipped").glob("*.yaml"))}
    rows = await tx.dicts(
        "select f.name, f.is_enabled, v.source from flow f"
        " left join flow_version v on v.name = f.name and v.version = f.live_version"
    )
    own = {row["name"]: row for row in rows}
    found = []
    for name in sorted({*sources, *own}):
        row = own.get(name)
        if row is not None and not row["is_enabled"]:
            continue
        source = row["source"] if row is not None else None
        if source is None and name in sources:
            source = _text(sources[name])
        if source is not None:
            found.append((name, source))
    return found


@cache
def _text(file: Path) -> str:
    return file.read_text("utf-8")


@lru_cache(maxsize=256)
def _writing(source: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """Hash and titles of a flow that changes something; None when it only looks up."""
    if "write:" not in source:
        return None
    try:
        document = yaml.load(source, _LOADER)  # noqa: S506 - the safe loader, in C
    except yaml.YAMLError:  # what does not load does not run either
        return None
    if not isinstance(document, dict) or not any("write" in step for step in _steps(document.get("steps"))):
        return None
    title = document.get("title")
    return _hash(source), tuple((str(k), str(v)) for k, v in title.items()) if isinstance(title, dict) else ()


def _steps(steps: Any) -> Iterator[dict[str, Any]]:
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, dict):
            yield step
            for case in step.get("branch") or ():
                if isinstance(case, dict):
                    yield from _steps(case.get("steps"))


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def code(places: tuple[str, ...]) -> str:
    """Hash of the files at these places of the program, with their names."""
    total = hashlib.sha256()
    for place in places:
        path = PACKAGE / place
        files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
        for file in files:
            if "__pycache__" not in file.parts:
                total.update(file.relative_to(PACKAGE).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:16]


async def _intents(tx: Transaction) -> str:
    """Which intents are learnt; "" without any. Single examples come by the day and are left to the drift alarm."""
    codes = await tx.value("select string_agg(code, ' ' order by code) from intent where enabled")
    return f":{_hash(codes)}" if codes else ""


def _tuned(folder: Path) -> str:
    """What changes with the weights an installation tuned itself; "" without."""
    path = own_weights(folder)
    return f".{path.stat().st_mtime_ns:x}" if path.exists() else ""


async def _models(tx: Transaction, settings: Settings, value: dict[str, Any] | None) -> Any:
    """The engines that answers depend on, without names of keys, prices and budgets; None without one."""
    if value is None:
        return [settings.model_url, settings.model_name] if settings.model_url else None
    ladders = {purpose: value.get("ladders", {}).get(purpose) or [] for purpose in PURPOSES}
    if not any(ladders.values()):
        return None
    used = sorted({rung["provider"] for ladder in ladders.values() for rung in ladder})
    rows = await tx.dicts(
        "select id::text, kind, url, quirks from model_provider where id = any(%s::uuid[]) order by id", (used,)
    )
    return [ladders, value.get("mask"), value.get("look_up"), rows, settings.model_url, settings.model_name]


def _hash(value: Any) -> str:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
