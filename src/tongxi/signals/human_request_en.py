"""The wish for a person in English: verb and noun close together, spelled badly or not. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

Span = tuple[int, int]

_STAFF = frozenset(
    "human humans person people agent agents representative representatives rep reps operator supervisor manager advisor "
    "adviser someone somebody sum1 some1 colleague staff employee executive specialist consultant technician engineer boss "
    "superior receptionist concierge pharmacist nurse lawyer anyone anybody teammate coworker salesperson".split()
)
_LONG = tuple(word for word in sorted(_STAFF) if len(word) >= 5)
_VERBS = frozenset(
    "speak talk chat connect transfer get give want need call reach escalate contact pass send fetch bring switch hand route "
    "put let prefer like request ask discuss have find wanna tlk speek require deal redirect forward join assign demand see "
    "hear wants needs gimme".split()
)
_FILLER = frozenset(
    "a an the real live actual pls please plz now i me my you to with some any can could may hey hi hello just only not bot ai "
    "robot machine ok okay yes u ur customer service support care cust serv here there online available thanks thx actually "
    "right human want need talk speak another other different proper physical help chat asap quick quickly instead is rather".split()
)
_QUESTION = frozenset("price cost much many fee fees policy report export size stock pdf download field".split())
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;\n]?")

_PHRASES = re.compile(
    r"\b(?:(?:is|are) (?:there )?(?:any ?(?:one|body|1)|some ?(?:one|body)|(?:a )?(?:real |actual |live )?(?:person|human|people))(?: \w+){0,2} (?:there|alive|here|around|on shift|on call|available|i can)"
    r"|any ?(?:one|body) (?:there|alive|home|on call|around|available|real)\b|^\W*(?:hello\W+)?any ?(?:one|body)\W*\?+\W*$"
    r"|(?:live|human|real) (?:chat|agent|person|support|help|rep|human|assistance|being)\b(?! (?:report|transcript|history|export|vs))"
    r"|(?:put|patch) me (?:through|on)|connect me(?: please| now|\W*$)|transfer me(?: please| now|\W*$)"
    r"|(?:call|phone|ring) me(?: back| on| at|\W|$)(?! (?:names|by|sir|mad|crazy))|call ?back (?:please|pls|me|from)|(?:would|i'd) like a call ?back|request(?:ing)? a call ?back|can (?:i|you) (?:get|arrange) a call"
    r"|(?:skip|get past|bypass|no|without|stop|enough of|tired of|fed up with|sick of) (?:talking to )?(?:the |this |a |any |your )?(?:stupid |dumb |useless )?(?:bots?|robots?|chatbots?|machines?|automated)\b(?! (?:vacuum|mower|cleaner|arm|kit))"
    r"|customer (?:service|care|support)(?: person| rep\w*| agent| please| pls|\W*$)|talk to support|speak to support"
    r"|press (?:0|zero)\b|someone real|not (?:you|a bot|a robot|a machine|software)\W+(?:a|an) (?:person|human|agent)"
    r"|let me out of this menu|put on someone|(?:who|whom) (?:else )?can i (?:actually )?(?:speak|talk|ring|call|ask)|phone number with people|reach (?:a |an )?(?:actual )?(?:human|person|somebody|someone))\b"
    r"|^\W*0\W*$|^\W*🙋"
)
REFUSED = re.compile(
    r"\b(?:no need (?:for|to (?:talk|speak|connect|transfer|get|escalate|involve))|not asking for|don'?t (?:need|want|transfer|connect|give|send|put|get|pass)|do not (?:need|want|transfer|connect)|didn'?t ask for|did not ask"
    r"|without|rather not|instead of|no|never mind|nevermind|stop (?:transferring|routing|sending)|before i|isn'?t necessary)(?: \w+){0,5}? (?:human|person|agent|rep|representative|operator|someone|somebody|people|humans|agents|reps|staff)\b"
)
_FALSE = re.compile(
    r"\b(?:travel|estate|letting|insurance|booking|cleaning|bleaching|secret|freight|forwarding|user|lead|generation|ai|double|real-estate|anti-caking|sales) agents?\b(?! (?:please|pls))"
    r"|\bagent (?:47|provocateur|id|desktop|field|seats?|string|status|dashboard|app|for your|of|fee|console|licen[cs]es?|role|training|pricing|plan|commission)\b|agentic"
    r"|\bhuman (?:hair|resources?|rights|anatomy|design|league|consumption|sized?|grade|body|error|being'?s|skeleton|made|use|readable|nature|trafficking|milk|safe)\b|human-\w+|superhuman|\bhumane\b"
    r"|\b(?:per|in|third|first|missing|living|2|two|three|four|one|single) person\b(?! (?:please|to (?:talk|speak)))|in-person|per-person|person of interest|person-\w+|\breal person (?:doll|photo)"
    r"|\b(?:operator's|operator manual|operator precedence|boolean operators?|forklift operator|tour operator|mobile operator|crane operator|radio operator)\b"
    r"|\b(?:rep ranges?|reps per|\d+ reps|support rep role|rep counter|sales rep role)\b|\b(?:password|file|task|package|property|label|account|device|boot|partition) manager\b"
    r"|\b(?:someone|somebody|anyone|anybody) (?:else'?s|stole|used|hacked|logged|moved|sent|has|is (?:using|following|in my)|collapsed|need to|else (?:had|have|get|got))\b|(?:to|from|for|by) someone else\b"
    r"|\bpeople (?:say|think|who bought|are saying|mover)\b|staff (?:discount|pick|picks|canteen|only)|(?:music|magazine|stage|case|product|hiring|general|campaign|community) (?:manager|staff) (?:role|job|position|salary)"
)
_PAST = re.compile(
    r"\b(?:spoke|talked|chatted|told|said|says|fixed|promised|was|were|helped|solved|already|yesterday|earlier|"
    r"last (?:time|week|night)|are you|rude|polite|clueless|log (?:it|that))\b"
)
_STRONG = re.compile(r"\b(?:can|could|want|need|please|pls|plz|connect|transfer|get me|give me|let me|i'd|put|now|may i|how do i)\b")


def find(text: str) -> Span | None:
    """Find the wording in lower-case text; None when nobody asks for a person."""
    masked = _FALSE.sub(lambda m: "#" * len(m.group()), text)
    masked = REFUSED.sub(lambda m: "#" * len(m.group()), masked)
    squeezed = re.fullmatch(r"\W*((?:[a-z]\W{1,2}){4,12}[a-z])\W*", masked)
    if squeezed and _is_staff("".join(c for c in squeezed[1] if c.isalpha())):
        return squeezed.span(1)
    for sentence in _SENTENCE.finditer(masked):
        span = _sentence(sentence.group())
        if span:
            return sentence.start() + span[0], sentence.start() + span[1]
    return None


def _sentence(sentence: str) -> Span | None:
    phrase = _PHRASES.search(sentence)
    about_past = bool(_PAST.search(sentence)) and not _STRONG.search(sentence)
    if phrase and not about_past:
        return phrase.span()
    words = list(_WORD.finditer(sentence))
    staff = [i for i, w in enumerate(words[:80]) if _is_staff(w.group())]
    if not staff:
        return None
    if len(words) <= 6 and all(i in staff or _is_filler(w.group()) for i, w in enumerate(words)):
        if not re.search(r"\bare you\b|\bu a (?:bot|human)", sentence) and words[staff[0]].group() not in {"people", "anyone", "staff"}:
            return words[staff[0]].span()
    if about_past:
        return None
    for i in staff:
        before = words[max(0, i - 7) : i]
        verbs = [w for w in before if _is_verb(w.group())]
        if verbs and not any(w.group() in _QUESTION for w in words):
            if _asks(sentence[verbs[0].start() : words[i].end()], words[i].group(), sentence):
                return verbs[0].start(), words[i].end()
    return None


_CLOSE = re.compile(
    r"\b(?:speak|talk|chat|tlk|speek|deal)\w*(?: \w+){0,4} (?:to|with|2)\b|\b(?:connect|transfer|pass|route|redirect|forward|escalate|hand|switch|contact|reach)\b"
    r"|\b(?:get|give|send|put|let|have|find|bring|fetch|assign|gimme)\b.*|\b(?:want|need|prefer|like|request|require|demand|wanna|ask|see|hear|wants|needs)\b.*"
)
_GENERIC = frozenset("someone somebody sum1 some1 anyone anybody people person boss engineer nurse lawyer executive specialist".split())


def _asks(stretch: str, noun: str, sentence: str) -> bool:
    """Whether verb and noun between them ask for a person; a generic noun needs talking, calling or helping nearby."""
    if not _CLOSE.search(stretch):
        return False
    if re.search(r"\b(?:speak|talk|chat|tlk|speek|connect|transfer|put|pass|escalate|reach|route|hand)\w*\b", stretch):
        return True
    if _match(noun) in _GENERIC:
        return bool(
            re.search(r"\b(?:real|live|actual|another|call|phone|ring|help|talk|speak|check|look|please|pls|walk|join|now|who can|else|in here|from your|read|email|reply|answer|this minute)\b", sentence)
        )
    return True


def _is_staff(word: str) -> bool:
    return _match(word) is not None


def _is_filler(word: str) -> bool:
    return word in _FILLER


def _is_verb(word: str) -> bool:
    return word in _VERBS or word.removesuffix("ing") in _VERBS


@lru_cache(maxsize=20_000)
def _match(word: str) -> str | None:
    """The staff noun a word stands for, one slip allowed in words of five letters or more."""
    if word in _STAFF:
        return word
    if word in _TYPOS:
        return _TYPOS[word]
    if word in _REAL_WORDS or not 4 <= len(word) <= 16:
        return None
    limit = 1 if len(word) < 8 else 2
    return next((known for known in _LONG if known[0] == word[0] and within(word, known, limit)), None)


_TYPOS = {
    "hooman": "human", "humen": "human", "hmuan": "human", "huma": "human", "agnet": "agent", "agnt": "agent", "aget": "agent",
    "persn": "person", "pearson": "person", "reprsentative": "representative", "represenative": "representative",
    "reap": "rep", "supervisior": "supervisor", "manger": "manager", "opperator": "operator", "sumone": "someone",
}  # fmt: skip
_REAL_WORDS = frozenset(
    "humane humid hymn urgent agents agency gent regent again persons parson prison poison reason season personal engines "
    "engine stuff stiff stab start stage star staffs horse house nurses purse curse bossy bass managed manage manages "
    "operate operated operates operation separator advise advised advice special consult consulted technical technically "
    "employer employed supervise lawyers layer agenda humans ages aged agree agreed ageing percent persona lesson urge argent "
    "perform perron people's executed execute executor consultants specialists".split()
)


def within(a: str, b: str, limit: int) -> bool:
    """Whether `a` becomes `b` with at most `limit` insertions, deletions, replacements or swaps of neighbours."""
    if abs(len(a) - len(b)) > limit:
        return False
    older: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        new = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            new.append(cost)
        if min(new) > limit:
            return False
        older, row = row, new
    return row[-1] <= limit
