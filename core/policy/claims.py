# ruff: noqa: E501 (what is not Latin counts double)
"""What a draft claims, and whether anything that is known holds it. Pure.

Words are compared, not meanings: what is said of the owner or of others must be said in words that stand in
what is known. So a true sentence in words of the model's own may be sent back, and a false one in known
words may pass; the owner reads every draft.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from core.policy.topics import plain

_SENTENCE = re.compile(r"[^.!?…。！？؟۔।\n]+(?:[.:,](?=\d)[^.!?…。！？؟۔।\n]+)*[.!?…。！？؟۔।]*")
_QUESTION = ("?", "？", "؟", ";")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")
_EXACT = re.compile(
    r"\w+://\S+|[\w.+-]+@[\w-]+\.\w+|\d+(?:[:.,]\d+)*|"
    r"(?<!\w)(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    r"lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|segunda|terça|quarta|quinta|sexta|"
    r"понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье|"
    r"january|february|march|april|june|july|august|september|october|november|december|"
    r"januar|februar|märz|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|décembre|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|septiembre|octubre|noviembre|diciembre)(?!\w)|"
    r"(?:星期|周|週|礼拜)[一二三四五六日天]|[月火水木金土日]曜|[월화수목금토일]요일"
)
_NAME = re.compile(r"(?<=[^\s.!?:\"“(])\s+(?P<name>[A-ZÀ-ÞА-Я][a-zà-ÿа-я]{2,})\b")
_OF_SOMEBODY = re.compile(
    r"(?<![\w])(?:i|i'm|i've|i'll|i'd|im|ive|we|we're|we've|we'll|we'd|my|mine|our|ours|me|us|myself|he|she|they|"
    r"he's|she's|they're|his|her|their|him|them)(?![\w'])"
)
_COMMON = frozenset(
    """
    a able about actually after again ago ah all almost already alright also always am an and another any
    anyone anything anyway are aren't around as at aw away awesome back bad be because bed been before
    being believe best bet better big bit bring busy but by bye came can can't cannot care check cheers
    come coming cool could couldn't course crazy cute day days deal dear did didn't do does doesn't doing
    don't done down each easy either else enough even ever every everyone everything exactly excited fair
    far feel feeling few fine first for forget forgot found friend friends from fun funny gave get gets
    getting give glad go goes going gonna good gosh got gotta great guess ha had haha hang happen happened
    happy hard has hasn't hate have haven't having he he'd he'll he's hear heard hello help her here hers
    hey hi him his hmm hold hope hoping how huge i i'd i'll i'm i've idea if im in instead interesting
    into is isn't it it'd it'll it's its ive jealous joke joking just keep kidding kind knew know knows
    last late later laugh least let let's like little ll lol long look looking looks lot lots love loved
    lovely luck mad made make makes making many matter maybe me mean means might mind mine minute miss
    missed moment more morning most much must my myself name near need needs never next nice night no
    nobody nope not nothing now obviously of off oh ok okay on once one only or other our ours out over
    part pass perfect perhaps please pleased pretty probably promise proud put quite rather re ready real
    really remember right sad said same saw say saying says see seeing seem seems seen send sent shame she
    she'd she'll she's should shouldn't show sick silly since so some someone something sometimes soon
    sorry sort sound sounds still story stuff such super sure surprised take taking talk tell thank thanks
    that that'd that's the their theirs them then there there's these they they'd they'll they're they've
    thing things think thinking thinks this those though thought through time times tired to today
    together told tomorrow tonight too took totally touch true trust try trying turn two ugh understand
    until up us use ve very wait waiting want wants was wasn't way we we'd we'll we're we've week weeks
    weird welcome well went were weren't what what's whatever when where which while who why will wish
    with without won't wonder wonderful word work works world worried worry would wouldn't wow wrong yeah
    year years yep yes yesterday yet you you'd you'll you're you've your yours yourself
    """.split()  # noqa: SIM905 (a list of words reads better)
)
"""What says nothing that could be true or false by itself."""
_DENIES = re.compile(
    r"(?<!\w)(?:never|not|no|nope|nah|cannot|nothing|nobody|without|rather not|avoid|refuse[sd]?|\w+n't|cant|wont|dont|"
    r"nie|nicht|kein\w*|jamais|pas|nunca|jamás|mai|non|não|нет|не|никогда|hayır|asla|nooit|niet|geen|nigdy|aldrig|"
    r"inte)(?!\w)|[不没別别]|ない|ません|않|안 "
)
_PROMISES = re.compile(
    r"(?<!\w)(?:i|i'm|i've|i'll|i'd|we|we'll|we can|you can|you may|sure|yes|yeah|ok|okay|of course|take|have|here's|"
    r"ich|wir|du kannst|je|on|nous|tu peux|yo|puedes|io|puoi|eu|pode|я|мы|можешь|klar|oui|sí|sì|sim|да)(?!\w)|"
    r"[我你好]|私|僕|俺|いい|내|네|응"
)
_AGREES = re.compile(
    r"(?:(?:oh|hm+|haha|well|ah)[,.]? )?(?:(?:yes|yeah|yep|yup|ya|sure|of course|ok|okay|fine|absolutely|definitely|"
    r"certainly|no problem|no worries|go ahead|take it|it's yours|all yours|done|deal|you can|any ?time|always|happy to|"
    r"glad to|will do|gladly|with pleasure|my pleasure|ja|jo|klar|gern|gerne|natürlich|oui|ouais|bien sûr|d'accord|"
    r"volontiers|sí|si|claro|vale|por supuesto|sì|certo|va bene|sim|claro|да|конечно|хорошо|evet|tabii|tamam|tak|jasne|"
    r"ano|igen|kyllä|joo|javisst|så klart)(?!\w)|好|可以|行|没问题|當然|当然|はい|いいよ|もちろん|うん|네|응|그래|물론)"
)
# What is done to a thing is done to others too: the rule is about the thing.
_VERB = re.compile(
    r"(?<!\w)(?!(?:or|and|oder|und|ou|et|o|y)\b)[^\W\d_]+(?=(?: never| nie| jamais| nicht| pas)? "
    r"(?:the|a|an|his|her|their|my|das|die|den|dem|der|ein|eine|einen|sa|son|ses|le|la|les|un|une|el|los|las|su|il|lo)\b)"
)
_CLAUSE = re.compile(r"[,;.:]|\b(?:but|aber|mais|pero|però|mas|но)\b")
_FEW = 3
"""Words of a sentence of another language that say too little to claim anything."""


def unsupported(text: str, *, known: Iterable[str], heard: str) -> bool:
    """Whether a draft claims what nothing known holds.

    Numbers, names, days and links may come from what was `heard`; that something is so, may not: whoever asks
    "did you see the doctor?" does not know it.
    """
    held = plain("\n".join(known))
    mentioned = f"{held}\n{plain(heard)}"
    exact = {match.group().rstrip(".,!?") for match in _EXACT.finditer(plain(text))}
    exact |= {match["name"].casefold() for match in _NAME.finditer(text)} - _COMMON
    if any(not _mentions(mentioned, item) for item in exact):
        return True
    stems = {_stem(word) for word in _WORD.findall(held)}
    return any(not _holds(sentence, stems, held) for sentence in _sentences(text))


def _mentions(text: str, item: str) -> bool:
    """Whether an item stands there; a day's name also as "fridays"."""
    end = r"(?!\w)" if item[-1].isdigit() else ""
    return bool(re.search(rf"(?<!\w){re.escape(item)}{end}", text))


def _sentences(text: str) -> list[str]:
    """What the draft states: its sentences, but for questions."""
    stated = (match.group().strip() for match in _SENTENCE.finditer(text))
    return [plain(one) for one in stated if one and not one.endswith(_QUESTION)]


def _holds(sentence: str, stems: set[str], held: str) -> bool:
    """Whether at least half of what a sentence says is known; all that claims nothing is."""
    if len(_UNSPACED.findall(sentence)) > _FEW:
        signs = _UNSPACED.findall(sentence)
        pairs = [first + second for first, second in pairwise(signs)]
        return 2 * sum(pair in held for pair in pairs) >= len(pairs)
    words = _WORD.findall(sentence)
    english = 3 * sum(word in _COMMON for word in words) >= len(words)
    if english and not _OF_SOMEBODY.search(sentence):
        return True
    telling = [word for word in words if len(word) > 2 and word not in _COMMON]
    if not english:
        telling = [word for word in telling if len(word) > _FEW]
        if len(words) <= _FEW:
            return True
    return 2 * sum(_stem(word) in stems for word in telling) >= len(telling)


def against(text: str, rule: str, owner: str, heard: str) -> bool:
    """Whether a draft agrees to what a "never" or "does not" of the owner's is about: by its name, or by a
    yes to what was `heard` of it."""
    names = set(_WORD.findall(plain(owner)))
    denied = [_VERB.sub(" ", clause) for clause in _CLAUSE.split(plain(rule)) if _DENIES.search(clause)]
    about = {
        _stem(word)
        for clause in denied
        for word in _WORD.findall(clause)
        if len(word) > 2 and word not in _COMMON | _MANNERS | names and not _DENIES.fullmatch(word)
    }
    agreed = [sentence for sentence in _sentences(text) if not _DENIES.search(sentence)]
    named = [sentence for sentence in agreed if _PROMISES.search(sentence)]
    asked = [plain(heard)] if not _DENIES.search(plain(text)) and any(map(_AGREES.match, agreed)) else []
    return any(
        _stem(word) in about for one in (*named, *asked) for word in _WORD.findall(one) if len(word) > 2
    )


_MANNERS = frozenset(
    """
    agree agrees alone answer anybody ask asks chat comment confidence details discuss mention message
    messages others people person pretend reply short speak speaks topic topics voice words write writes
    """.split()  # noqa: SIM905 (a list of words reads better)
)
"""What rules are made of, whatever they are about."""


def _stem(word: str) -> str:
    return word.rstrip("s")[:5]
