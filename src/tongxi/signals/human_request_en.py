"""The wish for a person in English: a wish and a word for staff close together, spelled badly or not. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

Span = tuple[int, int]

_STAFF = frozenset(
    "adviser advisor agent agents anybody anyone boss colleague concierge consultant coworker director employee "
    "engineer executive human humans lawyer manager nurse operator people person pharmacist receptionist rep "
    "representative representatives reps salesperson senior some1 somebody someone specialist staff sum1 superior "
    "supervisor teammate technician".split()
)
_GENERIC = frozenset(
    "anybody anyone boss director engineer executive lawyer nurse people pharmacist senior some1 somebody someone "
    "specialist staff sum1 technician".split()
)
_SERVICE = ("service", "support", "care", "serv", "help", "desk")
_FILLER = frozenset(
    "a actual actually ai an and another any asap available being bot can care chat connect could cust customer "
    "different fine get give go got hello help here hey hi i instead is it just live machine may me member my need "
    "not now ok okay on online only other physical please pls plz proper put quick quickly rather real right robot "
    "seriously serv service so some speak srsly support talk team thanks the then there thx to transfer u ur "
    "useless want with yes you your asap ffs hey jeez omg option mode override wtf yo oi mate intervention urgent urgently desperately bad badly".split()
)
_TOPIC = frozenset(
    "price cost fee fees policy report export size stock pdf download field job salary course role".split()
)
_TALK = frozenset("speak talk chat tlk speek spek discus discuss deal converse".split())
_MOVE = frozenset(
    "bump conect connect escalate forward hand loop move page ping reconnect summon pass patch put reach redirect refer route swap switch transfer "
    "transfr".split()
)
_GET = frozenset(
    "ask asked asking assign bring call contact demand fetch find get gimme give gotta have hear join let like need "
    "phone prefer request require ring see send wanna want".split()
)
_HELPING = re.compile(
    r"\b(?:real|live|actual|another|call|phone|ring|help|talk|speak|chat|check|look|please|pls|plz|walk|join|now|who"
    r"|whoever|"
    r"else|here|from your|read|email|reply|answer|this minute|with judgement|involved|in charge|to|there|your|ur)\b"
)

_NOUN = r"(?:human|person|agent|representative|rep|operator|supervisor|manager|advis[eo]r|someone|somebody|human being)"
_PHRASES = re.compile(
    "|".join(
        (
            (
                r"\b(?:is|are) (?:there )?(?:any ?(?:one|body|1)|some ?(?:one|body)|(?:a |any )?(?:real |actual |live )?"
                r"(?:person|human|humans|people|grown ups?|single \w+ human))(?: \w+){0,2} (?:there|alive|here|around"
                r"|on shift|on call|"
                r"available|i can|in that|who can)\b|\bany (?:real |live |actual )?(?:human|person|people|agent|staff"
                r"|rep)s? (?:around|here|there|available|online)\b"
                r"|^\W*hello\W+any ?(?:one|body)\W*$|\bany ?(?:one|body) (?:available|online|around) to\b"
            ),
            (
                r"\bany ?(?:one|body) (?:there|alive|home|on call|around|available|real|here|answer)\b(?! have)"
                r"|^\W*any ?(?:one|body)\W*\?+\W*$"
            ),
            (
                rf"\b(?:live|real|human) (?:chat|agent|person|support|help|rep|human|assistance|being"
                rf"|staff)\b(?! (?:plugin|widget|colou?r|transcript"
                rf"|history|report|vs|how|doll))|\bliv(?:e)? (?:agent|agnt|{_NOUN})\b"
            ),
            r"\b(?:put|patch) me (?:through|on|back)\b|\b(?:connect|transfer) me(?: please| now)?\W*$|\bhand me over\b",
            (
                rf"\b\w+ me (?:over |through |on |back )?(?:to|with|2) (?:an? |the |your |ur |some |any )?(?:real |live "
                rf"|actual |human )?{_NOUN}\b"
            ),
            (
                r"(?:^\W*|[,;:] ?(?:i )?|\b(?:please|pls|kindly|can (?:you|u|ya)(?: guys)?|could you|will you|would you"
                r"|can (?:someone|somebody)|could (?:someone|somebody)|just|to|and"
                r"|someone|somebody|(?:have|ask|get|let) \w+(?: to)?|staff|you|him|her|team to) )(?:call|phone"
                r"|ring) me\b(?! (?:names|sir|twice|mad|by|maybe"
                r"|every))|\b(?:can|could) (?:i|you) (?:get|have|arrange) a (?:phone )?call\b|\b(?:like|want|need"
                r"|request|book|arrange|have) (?:a |an )?call ?back\b"
                r"|\bset up a call\b|\bvoice call\b|\bface to face\b|^\W*call ?back\W*$"
                r"|\brequest(?:ing)? (?:a )?call ?back"
            ),
            (
                r"\b(?:skip|get past|bypass|no|no more|without|stop|enough of|tired of|fed up with|sick of|done with"
                r"|hate) (?:talking to |using |with )?"
                r"(?:the |this |a |an |any |your |these )?(?:stupid |dumb |useless |damn )?(?:bots?|robots?|chatbots?"
                r"|machines?|automated)\b"
                r"(?! (?:vacuum|mower|cleaner|arm|kit|protection))"
            ),
            (
                r"\b(?:don'?t|do not|not|never|rather not)\b(?: \w+){0,3} (?:to |with )?(?:a |the |this |your )?(?:bot"
                r"|robot|machine|chatbot|software|ai)\b"
                r"(?=\W*$|[,.!;]|,? (?:give|get|human|person|i want|let|please|a |but))|\btalking to (?:a |you is)"
            ),
            (
                r"^(?!.*\b(?:great|good|bad|terrible|slow|rude|awful|excellent|amazing|poor|worst|best|love|nice|your|was|is)\b)"
                r"(?:\w+ ){0,5}(?:customer|costumer|custmer|cust|client) (?:service|servce|servis|serv|support"
                r"|care)(?: (?:person|rep\w*|agent|staff|please|pls|team))?\W*$"
                r"|\b(?:talk|speak) to support\b|\bcomplaints? desk\b|\bhave \w+ call\b"
            ),
            (
                rf"\b(?:need|want|get me|give me|gimme|fetch|prefer|like|send|put on|for) (?:an? |the |your |ur |some "
                rf"|another )?(?:real |live |actual "
                rf"|female |male )?(?:{_NOUN.replace('|someone|somebody', '')})\b(?=\W*$|[,.!;?]| (?:please|pls|plz|now"
                rf"|to (?:talk|speak|help|look|call|chat|confirm)"
                rf"|who|not|here|asap|on the|in the chat|with|and|instead|immediately|for))"
            ),
            (
                rf"(?:^|[,.!;?:] ?|\bnow |\bthen )(?:an? |the |your |ur )?(?:real |live |actual |female "
                rf"|male )?(?:{_NOUN.replace('|someone|somebody', '')}) (?:please|pls|plz|now|asap)\b"
            ),
            (
                rf"\b(?:can|could|would|will|may|let|have) (?:an? |the |some |your )?(?:real |live |actual "
                rf"|human )?(?:{_NOUN}|technician|engineer"
                rf"|specialist|staff member|staff|member of staff|colleague|consultant)(?: \w+){{0,4}} (?:talk|speak"
                rf"|help|call|guide|walk|look|type"
                rf"|check|join|assist|contact|explain|reply|answer|handle|sort|review|confirm|deal|email|ring|phone)\b"
            ),
            rf"\b(?:is|isn'?t) there (?:an? |any |another |some )(?:real |live |actual |human |other )?(?:{_NOUN})\b",
            r"\b(?:pass|hand|transfer|connect|switch|refer) me (?:over |through )?(?:to|with) \w+",
            (
                r"\b(?:speak|talk|chat|word|speek|tlk)(?: \w+){0,2} (?:to|with) (?:whoever|the person|the one|staff"
                r"|the team|your (?:\w+ )?team|billing|sales)\b"
            ),
            (
                r"\b(?:escalate (?:this|it|my|to)\b|where(?:'s| is) (?:your|the) (?:manager|supervisor|boss)\b)"
                r"|^\W*escalate\W*$"
            ),
            (
                rf"\b{_NOUN} (?:needed|required|wanted)\b|\brequest(?:ing)? (?:for )?(?:an? |the )?(?:live |human "
                rf"|real )?(?:agent|help|support|human|person|rep\w*)\b"
            ),
            r"[,;:] ?(?:agent|human|person|rep|representative|operator)\W*$",
            r"\bstaff (?:please|pls|plz|now)\b|\bfetch (?:whoever|someone|your)\b",
            (
                r"\bpress (?:0|zero)\b|\bsomeone real\b|\bnot (?:you|a bot|a robot|a machine|software)\W+(?:a"
                r"|an) (?:person|human|agent)"
            ),
            (
                r"\blet me out of this menu\b|\bput on someone\b|\b(?:who|whom) (?:else )?(?:can|could"
                r"|do) i (?:actually )?(?:speak|talk|ring|call|ask|chat)\b"
                r"|\bphone number with people\b|\bwhere are the people\b|\bswap with a\b|\bmember of (?:staff|your team"
                r"|the team)\b(?! (?:told|said|was))"
                r"|\bwho'?s in charge\b|\bmanual review\b|\btier (?:2|two)\b|\bhuman to (?:look|check|confirm|review"
                r"|read)\b"
            ),
            r"^\W*(?:0|00)\W*$|^\W*🙋|^\W*👤\W*$",
            # whoever it is: "speak to the owner", "waiting for somebody"
            (
                r"\b(?:want|need|wish|like|let me|lemme|can i|could i|may i|can we|prefer|demand|insist|ask|have) (?:\w+ ){0,3}?"
                r"(?:speak|talk|chat|speaking|talking|tlak|tlk|speek) (?:directly )?(?:to|with) (?:an?|the|your|ur|some|any) (?!bot|robot|chatbot|machine)\w+"
                r"|\bwaiting (?:for|on) (?:a |an |the )?(?:real |live )?(?:someone|somebody|human|person|agent|rep\w*|operator)"
                r"|\b(?:someone|somebody|some1) (?:competent|real|with a (?:brain|pulse|clue)|on the (?:line|phone)|in here|who (?:actually|can|knows|isn't|is not|understands))"
            ),
            (
                r"\b(?:are|is) (?:\w+ ){0,4}(?:agents?|operators?|staff|humans?|reps?|representatives?|advis[eo]rs?|owner|manager|supervisor|people)"
                r" (?:free|available|online|around|about|working|in today)\b"
                r"|\bdo (?:you|u|ya) (?:guys )?have (?:an? |any |some )?(?:real |live |actual |human )?(?:humans?|people|ppl|person|agents?|operators?)\b"
                r"|\bdoes (?:any ?(?:one|body)|a (?:human|person)) (?:actually |ever |even |really )*(?:read|work|answer|reply|monitor|check)\b"
                r"|^\W*(?:\w+ ){0,3}(?:any ?(?:one|body|1)|some ?(?:one|body))\W+(?:\w+ )?(?:about|working|listening|awake|up|alive)\W*$"
                r"|\bwhere (?:are|is|r) (?:all )?(?:the |your )?(?:real |actual )?(?:people|humans?|every ?(?:body|one)|agents?|staff|support)\W*$"
                r"|\bwhere (?:did|has|have) (?:the|my|your) (?:agent|rep|human|person|operator|people)s? (?:go|gone)\b"
                r"|\bwhere is (?:customer service|support) when\b|\bwho(?:ever|'s| is) (?:is )?(?:in charge|your (?:manager|boss|supervisor))\b"
            ),
            (
                r"\b(?:appreciate|want|need|like|prefer|arrange|request|gimme|give me) (?:a |an |one )?(?:quick )?(?:phone ?call|ring|bell|buzz|call)\b(?! (?:code|recording|history|log|forward|plan|setting|of))"
                r"|\b(?:hop|jump|get|talk|speak|do this|this|discuss it) (?:on|by|over) (?:a |the )?(?:phone|call)\b(?! (?:case|number|rather|is|was))"
                r"|^\W*(?:can|could|will) (?:you|u|ya) (?:pls |please )?(?:call|phone|ring)\W*$"
                r"|\bcontact me\b(?! (?:about your|with offers|form))(?=\W*$| (?:please|pls|asap|directly|by|on|now|immediately|urgently))"
                r"|\b(?:re-?connect|transfer) me\b(?=\W*$| (?:please|pls|plz|already|now|back|asap|again))|\bgot (?:disconnected|cut off)\b"
            ),
            (
                r"\b(?:enough|exit|quit|leave|drop|kill|off|shut) (?:with |of |off |up )?(?:the |this |these |your )?(?:bots?|robots?|chatbots?|ai|automated|canned|robotic)\b"
                r"|\b(?:too \w+ for|beyond|more than) (?:a |the |this |any )?(?:chatbot|bot|robot|machine|software|ai|computer)\b"
                r"|\bstop (?:sending|giving) me (?:\w+ )?(?:bot|robot|automated|canned|automatic)\b"
                r"|\bnot you\W+(?:an? |some ?(?:one|body)|the )|\b(?:want|need) (?:your )?staff\b|\blife agent\b"
                r"|\b(?:change|switch|go|back) to (?:an? |the |your )?(?:live|agent|human|person|rep)\b(?! (?:tv|view|mode|plan|price|photo|wallpaper|account))"
                r"|\b(?:say|said|ask|asked|type|typed) (?:for )?(?:an? )?(?:agent|human|representative|operator|real person)\W*$"
                r"|\b(?:can|could) i get (?:another|a different|a new) (?:one|agent|rep|person)|\bget (?:me )?back to (?:the agent|him|her)\b"
            ),
        )
    )
)
REFUSED = re.compile(
    r"\b(?:no need (?:for|to (?:talk|speak|connect|transfer|get|escalate|involve))|not asking for|don'?t (?:need"
    r"|want|transfer|connect|give"
    r"|send|put|get|pass)(?! to talk to (?:a |the |this )?(?:bot|robot|machine))|do not (?:need|want|transfer"
    r"|connect)|didn'?t ask for|did not ask"
    r"|without|rather not|instead of|needn'?t|(?:don'?t|do not) have to|don'?t bother|skip|cancel|no(?! (?:option|way|one|button|bot|robot))|never mind|nevermind|stop (?:transferring"
    r"|routing|sending)|before i|isn'?t necessary)"
    r"(?: (?!bots?\b|robots?\b|more\b)\w+){0,5}? (?:human|person|agent|rep|representative|operator|someone|somebody"
    r"|anyone|anybody|people|humans"
    r"|agents|reps|staff|manager|supervisor|boss|advis[eo]r|callback|call ?back)\b|\b(?:don'?t|do not|please don'?t) (?:transfer|connect|put) me\b(?: through)?"
    r"|\bno (?:agent|human|rep|person)\b"
    r"|\b(?:no need to|don'?t|do not|never|stop) (?:please )?(?:transfer|connect|call|phone|ring|escalate"
    r"|calling)(?:ing)?(?: me| this| it)?\b"
)
_LOOKALIKE = re.compile(
    r"\b(?:travel|estate|letting|insurance|booking|cleaning|bleaching|secret|freight|forwarding|user|lead|generation"
    r"|ai|double|real-estate"
    r"|anti-caking|sales) agents?\b(?! (?:please|pls))"
    r"|\bagent (?:47|provocateur|id|desktop|field|seats?|string|status|dashboard|app|for (?:your|my|the)|of|fee"
    r"|console|licen[cs]es?|role|training"
    r"|pricing|plan|commission|hand-?off|performance|blocked|discount)\b|agentic|become an agent"
    r"|\bhuman (?:hair|resources?|rights|anatomy|design|league|consumption|sized?|grade|body|error|being'?s|skeleton"
    r"|made|use|readable|nature|milk"
    r"|safe)\b|human-\w+|superhuman|\bhumane\b"
    r"|\b(?:per|in|third|first|missing|living|2|two|three|four|one|single) person\b(?! (?:please|to (?:talk|speak)))"
    r"|in-person|per-person"
    r"|person (?:of|tent|sleeping)\b|person-\w+|\breal person (?:doll|photo)|for a person who\b"
    r"|\boperator'?s\b|\boperator (?:manual|precedence|licen[cs]e|overload\w*)|\b(?:boolean|tour|mobile|phone|crane"
    r"|radio|forklift|lift) operators?\b"
    r"|\brep ranges?\b|\breps per\b|\b\d+ reps\b|\brep (?:role|counter)\b|\brepresentative (?:sample|photo)"
    r"|\b(?:password|file|task|package|property|label|account|device|boot|partition|store|general|campaign|product"
    r"|hiring) manager\b(?! (?:re|on|please))"
    r"|\bmanager'?s special\b|\bsupervisor training\b|\bmanager (?:app|job|role)\b"
    r"|\b(?:someone|somebody|anyone|anybody) (?:else'?s|stole|used|hacked|logged|moved|sent|has|have|opened|special"
    r"|is (?:using|following|in my)"
    r"|collapsed|need to|can use|else (?:had|have|get|got|received))\b|(?:to|from|for|by) someone else\b"
    r"|does (?:someone|anyone) need"
    r"|\b(?:sound|type|write|look)s? (?:\w+ )?(?:like|for) a (?:real |actual )?(?:human|person)\b|\b(?:someone"
    r"|somebody) please (?:buy|make|tell)\b"
    r"|\b(?:this|it|you|that) (?:is |are )?(?:a )?(?:real |actual )?(?:human|person|bot)(?=\W*\?)|\bis (?:this|it) (?:a |an )?(?:real |live |actual )?(?:human|person|agent|bot)\b"
    r"|\b(?:bot or (?:a )?human|human or (?:a )?bot)\b|\b(?:my|our) (?:colleague|boss|manager|coworker|supervisor)s?\b|\b(?:person|people) who (?:ordered|paid|signed|bought)"
    r"|\bpeople (?:say|think|who bought|are saying|mover)\b|staff (?:discount|picks?|canteen|only)|for (?:my|his"
    r"|her) boss\b"
    r"|[\"“'](?:talk|speak) to (?:a|an) (?:human|agent|person)[\"”']|\b(?:nurse|engineer) (?:shoes|boots)"
    r"|\blawyer jokes|chief executive"
    r"|\b(?:pics?|photos?|looks?|fits?|worn|tested) (?:\w+ ){0,2}?on an? (?:real |actual )?(?:person|human)\b|\bis the \w+ an? (?:real |actual |live )?(?:person|human)\b"
    r"|\b(?:is|was|by|be|it's) (?:made |written |read |done )?(?:by )?an? (?:real )?(?:human|person) or\b|\b(?:written|made|drawn|reviewed|read) by (?:an? |real )?(?:human|person|people)"
    r"|\brobot vacuum need|\bhire customer service reps?|\bdo you hire\b.*|\btranscript with|\bare you (?:a "
    r"|an )?(?:real )?(?:human|person|agent|bot)\b(?: or \w+(?: \w+)?)?|\bam i (?:talking"
    r"|speaking) to (?:an? )?(?:real )?\w+|\bis there a (?:person|human) behind"
)
_PAST = re.compile(
    r"\b(?:hire|hiring|spoke|talked|chatted|told|said|says|fixed|promised|was|were|helped|solved|already|yesterday"
    r"|earlier|last (?:time|week|night)"
    r"|rude|polite|clueless|better than|than (?:a|most)|log (?:it|that)|thank (?:her|him|them) for|deserves)\b"
)
_ABOUT = re.compile(
    # the product, its price or its menus; feedback on somebody
    r"\b(?:pricing|software|comparison|difference|included?|premium|(?:free|basic|pro) plan|label|rename|translate|hide|webhooks?|docs|feedback|rating"
    r"|in my (?:bot|app|shop|store)|on my (?:site|shop|store|website))\b|^\W*(?:the|your) (?:agent|rep|operator|human)s? (?:is|are|hung|just hung)\b"
)
_HAN = re.compile(r"[\u3400-\u9fff]+")
_HAN_FILLER = re.compile(
    r"(?:我们?|你们?|您|要|给|转|接|找|叫|喊|请|帮|一?个|一?下|吗|呢|在|有|没|人|快点?|来|想|跟|和|说|话|吧|啊|谢谢?|麻烦|好|的|换|到|线|能|可以"
    r"|需|联系|呼|急|活|真|客服|哪里?|怎么|行|拜托|那|就|还是|是|只|不要|机器|唔该|揾|先|立刻|马上|现在|一位|位)*"
)
_STRONG = re.compile(
    r"\b(?:can|could|want|need|please|pls|connect|transfer|get me|give me|let me|i'?d|put|now|may i|how do i"
    r"|where'?s|call me|have)\b"
)
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;\n]?")
_SPELLED = re.compile(r"\W*((?:[a-z]\W{1,2}){4,12}[a-z])\W*")


def find(text: str) -> Span | None:
    """Find the wording in lower-case text; None when nobody asks for a person."""
    masked = mask(text)
    spelled = _SPELLED.fullmatch(masked)
    if spelled and is_staff("".join(c for c in spelled[1] if c.isalpha())):
        return spelled.span(1)
    whole = _PHRASES.fullmatch(masked)
    if whole:
        return whole.span()
    for sentence in _SENTENCE.finditer(masked):
        span = _sentence(sentence.group())
        if span:
            return sentence.start() + span[0], sentence.start() + span[1]
    return None


def mask(text: str) -> str:
    """Hide what only looks like a wish, and refusals."""
    text = text.replace("’", "'")
    return REFUSED.sub(_hide, _LOOKALIKE.sub(_hide, text))


def _hide(found: re.Match[str]) -> str:
    return "#" * len(found.group())


def is_past(sentence: str) -> bool:
    """Whether the sentence tells of agents instead of asking for one."""
    return bool(_PAST.search(sentence)) and not _STRONG.search(sentence)


def _sentence(sentence: str) -> Span | None:
    past = is_past(sentence)
    if _ABOUT.search(sentence):
        return None
    phrase = _PHRASES.search(sentence)
    if phrase and not past:
        return phrase.span()
    words = list(_WORD.finditer(sentence))[:80]
    if not sentence.isascii() and not all(_HAN_FILLER.fullmatch(run) for run in _HAN.findall(sentence)):
        return None  # a Latin word amid Chinese about something else: "agent佣金"
    staff = [i for i, word in enumerate(words) if is_staff(word.group())]
    if len(words) <= 6 and _is_customer_service(words):
        return words[0].start(), words[-1].end()
    if not staff:
        return None
    if len(words) <= 7 and all(
        i in staff or word.group() in _FILLER or within(word.group(), "please", 1) for i, word in enumerate(words)
    ):
        named = {staff_noun(words[i].group()) for i in staff}
        if named - {
            "people",
            "anyone",
            "anybody",
            "staff",
            "engineer",
            "lawyer",
            "nurse",
            "executive",
            "director",
            "senior",
        }:
            return words[staff[0]].span()
    if past or any(word.group() in _TOPIC for word in words):
        return None
    for i in staff:
        verb = next((w for w in words[max(0, i - 7) : i] if _stem(w.group()) in _TALK | _MOVE | _GET), None)
        if verb and _asks(_stem(verb.group()), sentence[verb.start() : words[i].end()], words[i].group(), sentence):
            return verb.start(), words[i].end()
    return None


def _asks(verb: str, stretch: str, noun: str, sentence: str) -> bool:
    """Whether verb and noun together ask for a person; a general noun needs a word of help or talk nearby."""
    if re.search(
        r"\bto (?!speak|talk|chat|tlk|speek|have|get|contact|reach|an?\b|the\b|your\b|some|my\b|any|real|human)\w+",
        stretch,
    ):
        return False  # "want to change the name of the person"
    talks = [word for word in _WORD.findall(stretch) if _stem(word) in _TALK | _MOVE]
    if talks or verb in _TALK | _MOVE:
        return True
    if staff_noun(noun) in _GENERIC:
        return bool(_HELPING.search(sentence.removeprefix(stretch)))
    return True


def is_staff(word: str) -> bool:
    """Whether the word means somebody who works there, one slip of the pen allowed."""
    return staff_noun(word) is not None


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    """A verb without -ing or -s, and one slip of the pen undone in the commonest."""
    word = word.removesuffix("ing") if len(word) > 5 else word.removesuffix("s")
    if len(word) >= 5 and word not in _REAL_WORDS:
        return next((verb for verb in ("speak", "connect", "transfer", "contact") if within(word, verb, 1)), word)
    return word


def _is_customer_service(words: list[re.Match[str]]) -> bool:
    """Tell "costumer servce pls": the two words, however spelled, and filler."""
    said = [word.group() for word in words]
    for i, (one, two) in enumerate(pairwise(said)):
        if one[0] == "c" and within(one, "customer", 2) and (two in _SERVICE or within(two, "service", 2)):
            rest = said[:i] + said[i + 2 :]
            return all(word in _FILLER or is_staff(word) or within(word, "please", 1) for word in rest)
    return False


_LONG = tuple(word for word in sorted(_STAFF) if len(word) >= 5 and word not in {"senior", "people"})
_TYPOS = {
    **dict.fromkeys(("hooman", "humen", "hmuan", "huma"), "human"),
    **dict.fromkeys(("agnet", "agnt", "aget"), "agent"),
    **dict.fromkeys(("persn", "presn", "pearson"), "person"),
    "reap": "rep",
    "manger": "manager",
    "sumone": "someone",
    "sum": "someone",
}
_REAL_WORDS = frozenset(
    "advice advise advised again aged ageing agency agenda agents ages agree agreed argent bass bossy consult "
    "consultants consulted context contract contrast curse directed direction directly directory employed employer "
    "engine engines execute executed executor gent horse house humane humid hymn lawyers layer lesson manage "
    "managed manages nurses operate operated operates operation parson peak people's percent perform perron persona "
    "personal persons poison prison purse reason regent season separator sneak spear special specialists stab "
    "staffs stage star start stiff stuff supervise technical technically urge urgent".split()
)


@lru_cache(maxsize=20_000)
def staff_noun(word: str) -> str | None:
    """The staff noun a word stands for: one slip allowed from five letters on, two from eight on."""
    if word in _STAFF:
        return word
    if word in _TYPOS:
        return _TYPOS[word]
    if word in _REAL_WORDS or not 5 <= len(word) <= 16:
        return None
    limit = 1 if len(word) < 8 else 2
    return next((known for known in _LONG if known[0] == word[0] and within(word, known, limit)), None)


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
