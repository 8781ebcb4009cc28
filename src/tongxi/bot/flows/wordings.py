"""What starts each flow, ready to be compared with messages, and which flows a message can concern at all. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import is_

from tongxi.bot.flows.models import Flow
from tongxi.kit.text import normalise

LIKENESS = 0.82
"""Share of letter pairs from which a message counts as one of the examples."""
MAX_READ = 512
MAX_INDEXES = 8

_FILLER = re.compile(
    r"[\s\W_]+|你好|您好|请问|请|麻烦|帮我|给我|我想要?|我要|想要?|需要|办理?|一下|谢谢|吧|啊|呀|呢|了|的"
    r"|\b(?:hi|hello|please|pls|i'd|i|want|would|like|need|to|a|an|the|my|me|can|you|thanks|some|about|help|with)\b"
)
_POLITE = re.compile(r"[\s\W_]+|你好|您好|请问|请|麻烦|谢谢|吧|啊|呀|呢|\b(?:hi|hello|please|pls|thanks)\b")


@dataclass(frozen=True, slots=True)
class Wordings:
    """What starts a flow, as messages are compared with it."""

    flow: Flow
    exact: dict[str, int]
    """Examples without politeness → length."""
    alike: tuple[tuple[int, int, frozenset[str]], ...]
    """Of each example without filler: number of letter pairs, length, the pairs."""
    keywords: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    ambiguous: frozenset[str]
    bare: frozenset[str]
    """Examples without filler."""


_READ: dict[int, Wordings] = {}


def wordings_of(flow: Flow) -> Wordings:
    """Read once for each flow that is loaded; a new version is a new object."""
    found = _READ.get(id(flow))
    if found is not None and found.flow is flow:
        return found
    examples = [normalise(wording) for wording in flow.triggers.examples.all()]
    exact: dict[str, int] = {}
    for example in examples:
        exact.setdefault(alone(example), len(example))
    of_examples = [(len(example), frozenset(pairs(bare(example)))) for example in examples]
    found = Wordings(
        flow,
        exact,
        tuple((len(theirs), length, theirs) for length, theirs in of_examples),
        _pattern(flow.triggers.keywords.all()),
        _pattern(flow.triggers.unless.all()),
        frozenset(flow.triggers.ambiguous.all()),
        frozenset(bare(example) for example in examples),
    )
    if len(_READ) >= MAX_READ:
        _READ.clear()
    _READ[id(flow)] = found
    return found


def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Any of the wordings; `*` stands for a few characters of the same sentence. None without wordings."""
    if not words:
        return None
    parts = []
    for word in sorted(words, key=len, reverse=True):
        folded = normalise(word)
        body = r"[^。！？?!.]{0,12}?".join(re.escape(part) for part in folded.split("*"))
        parts.append(rf"\b{body}\b" if folded.isascii() else body)
    return re.compile("|".join(parts))


def bare(folded: str) -> str:
    """Without filler."""
    return _FILLER.sub("" if not folded.isascii() else " ", folded).strip()


def alone(folded: str) -> str:
    """Without marks and politeness."""
    return _POLITE.sub("" if not folded.isascii() else " ", folded).strip()


_FRAME = r"(?:请问|你们家?|你家|店里|店铺|我想|想|要|买|问|帮我|给我|查|看|一下|下|看看|还|有没有|有|是|不是|没有?|吗|嘛|呢|么|不|的|了|那|这款?|那款|个|款|商品|产品|现在|目前|多少|几件|几个|件|么|啊|呀|吧)"
_EDGES = re.compile(
    rf"^(?:{_FRAME}|[\s\W_])+|(?:{_FRAME}|[\s\W_])+$"
    r"|^(?:(?:is|are|do|does|you|your|have|has|got|any|the|a|an|still|currently|there|how|many|much|can|i|buy|get|order|please|check|whether|if|hi|hello|hey|more|and|what|about|for|of|shop|stock)\b|[\s\W_])+"
    r"|(?:\b(?:is|are|do|does|you|have|has|got|the|still|currently|there|left|at the moment|right now|now|today|please|pls|in|for|of|on|or|not)|[\s\W_])+$",
    re.IGNORECASE,
)
_SAID_OF = re.compile(
    r"(?:那|还有|那么)?(.{1,30}?)(?:呢|怎么样)[\s?？!。]*|(?:and |ok |what about |how about )+(?:the )?(.{1,40}?)[\s?.!]*",
    re.IGNORECASE,
)
"""What goes on with the same question: "那玻璃冷水壶呢", "and the kettle?"."""


def rest_of(flow: Flow, text: str) -> str:
    """What a message says beside the words that start the flow and the words around a question."""
    folded = " ".join(text.split())
    keywords = wordings_of(flow).keywords
    rest = folded if keywords is None else _of_any_case(keywords).sub(" ", folded)
    before = ""
    while rest != before:
        before, rest = rest, _EDGES.sub("", rest).strip()
    return " ".join(rest.split())


def said_next(text: str) -> bool:
    """Whether the message asks the same of another thing: "那玻璃冷水壶呢"."""
    return _SAID_OF.fullmatch(text.strip()) is not None


def _of_any_case(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(pattern.pattern, re.IGNORECASE)


def pairs(text: str) -> list[str]:
    """Neighbouring letters."""
    return [text[i : i + 2] for i in range(len(text) - 1)] or [text]


class Index:
    """Of several flows: those a message may ask for, found without comparing it with each. It never misses one."""

    def __init__(self, flows: Sequence[Flow]) -> None:
        self.flows = tuple(flows)
        self._named: dict[str, list[Flow]] = {}
        self._exact: dict[str, int] = {}
        self._sizes: list[tuple[int, int]] = []
        self._examples: dict[str, list[int]] = {}
        self._keywords: dict[str, list[tuple[str, int]]] = {}
        self._always = 0
        counts = Counter(pair for flow in flows for word in _spoken(flow) for pair in pairs(word))
        for place, flow in enumerate(flows):
            mine, flag = wordings_of(flow), 1 << place
            for word in mine.ambiguous:
                self._named.setdefault(word, []).append(flow)
            for example in mine.exact:
                self._exact[example] = self._exact.get(example, 0) | flag
            for size, _, theirs in mine.alike:
                for pair in theirs:
                    self._examples.setdefault(pair, []).append(len(self._sizes))
                self._sizes.append((flag, size))
            for word in flow.triggers.keywords.all():
                part = max(normalise(word).split("*"), key=len)
                if len(part) < 2:
                    self._always |= flag
                    continue
                rarest = min(pairs(part), key=lambda pair: counts[pair])
                self._keywords.setdefault(rarest, []).append((part, flag))

    @property
    def words(self) -> Collection[str]:
        """All words that several flows may share."""
        return self._named.keys()

    def named(self, word: str) -> Sequence[Flow]:
        """The flows that a message which is nothing but this word may mean."""
        return self._named.get(word, ())

    def worded(self, folded_alone: str, asked: frozenset[str] | None) -> int:
        """Flows, as bits, with an example that is the message (`alone`), or may be like its pairs."""
        found = self._exact.get(folded_alone, 0)
        if asked is not None:
            shared: dict[int, int] = {}
            for pair in asked:
                for number in self._examples.get(pair, ()):
                    shared[number] = shared.get(number, 0) + 1
            mine = len(asked)
            for number, count in shared.items():
                flag, size = self._sizes[number]
                if 2 * count / (mine + size) >= LIKENESS:
                    found |= flag
        return found

    def with_keyword(self, folded: str) -> int:
        """Flows, as bits, that may have a keyword in the text."""
        found = self._always
        for pair in self._keywords.keys() & {folded[i : i + 2] for i in range(len(folded) - 1)}:
            for part, flag in self._keywords[pair]:
                if part in folded:
                    found |= flag
        return found

    def wanted(self, intents: Iterable[str]) -> int:
        """Flows, as bits, that one of these intents starts."""
        codes = set(intents)
        if not codes:
            return 0
        return sum(1 << place for place, flow in enumerate(self.flows) if not codes.isdisjoint(flow.triggers.intents))

    def of(self, bits: int) -> list[Flow]:
        """The flows in their order."""
        return [flow for place, flow in enumerate(self.flows) if bits >> place & 1]


def _spoken(flow: Flow) -> Iterable[str]:
    return map(normalise, (*flow.triggers.examples.all(), *flow.triggers.keywords.all()))


_INDEXES: dict[tuple[int, ...], Index] = {}


def index_of(flows: tuple[Flow, ...]) -> Index:
    """Made once for each set of flows."""
    key = tuple(map(id, flows))
    found = _INDEXES.get(key)
    if found is not None and all(map(is_, found.flows, flows)):
        return found
    if len(_INDEXES) >= MAX_INDEXES:
        _INDEXES.clear()
    found = _INDEXES[key] = Index(flows)
    return found
