# ruff: noqa: E501 (what is not Latin counts double)
"""Whether a draft agrees to what a boundary or rule of the owner's forbids. Pure.

Asked for what a rule is about, whatever does not refuse is taken for a yes: the ways to grant something are
no closed set. What a rule is about is known by its words, not by their meaning.
"""

import re
from collections.abc import Iterable

from core.policy.questions import asks, begins, holds, spoken_of
from core.policy.statements import WORD, asked, sentences, tells
from core.policy.topics import plain

_ENGLISH_NO = (
    r"never|not|no|nope|nah|cannot|\w+n't|cant|wont|dont|doesnt|isnt|wouldnt|couldnt|shouldnt|neither|nor"
)
_FOREIGN_NO = (
    r"(?<!\w)(?:nie|nicht|nein|kein\w*|jamais|pas|nunca|jamás|mai|non|não|нет|не|ни|никогда|hayır|asla|değil|nooit|niet|"
    r"nee|geen|nigdy|aldrig|inte|nej|không|đừng|chẳng|لا|لن|ليس|أبدا|ممنوع|नहीं|मत|안|못)(?!\w)|"
    r"[不没沒別别未勿]|ない|ません|なし|だめ|ダメ|無理|禁止|않|못|아니|절대|금지|ไม่|ห้าม|อย่า"
)
_REFUSES = re.compile(rf"(?<!\w)(?:{_ENGLISH_NO})(?!\w)")
_REFUSES_ABROAD = re.compile(_FOREIGN_NO)
_DENIES = re.compile(
    rf"(?<!\w)(?:{_ENGLISH_NO}|nothing|nobody|without|rather not|avoid|refuse[sd]?|off limits)(?!\w)|{_FOREIGN_NO}"
)
_PROMISES = re.compile(
    r"(?<!\w)(?:i|i'm|i've|i'll|i'd|we|we'll|we can|you can|you may|sure|yes|yeah|ok|okay|of course|my|our|take|have|here's|"
    r"ich|wir|du kannst|je|on|nous|tu peux|yo|puedes|io|puoi|eu|pode|я|мы|можешь|klar|oui|sí|sì|sim|да)(?!\w)|"
    r"[我你好]|私|僕|俺|いい|내|네|응"
)
_GRANTS = re.compile(
    r"(?<!\w)(?:no (?:problem|prob|worries|issue|biggie|trouble|objections?)|(?:(?:can't|cannot|don't) see )?why not|not an? (?:issue|problem|bother)|"
    r"(?:don't|dont) (?:mention|worry|ask|mind|be (?:silly|shy))|can't wait|wouldn't mind|not at all|nothing against|can't say no|kein(?:e)? (?:problem|thema|sorge|ding|akt)|"
    r"warum nicht|nichts dagegen|pas de (?:problème|souci|pb)s?|aucun (?:problème|souci)|pourquoi pas|"
    r"sin problemas?|no hay problema|por qué no|c[oó]mo no|ning[uú]n problema|nessun problema|perché no|non c'è problema|"
    r"sem problemas?|por que não|geen probleem|waarom niet|не вопрос|не проблема|нет проблем|почему (?:бы )?(?:и )?нет|"
    r"nie ma (?:problemu|sprawy)|czemu nie|sorun değil|neden olmasın|inga problem|varför inte)(?!\w)|"
    r"没问题|不客气|没关系|問題ない|問題ありません|문제없"
)
"""A no in its words, a yes in its meaning."""
_AGREES = re.compile(
    r"(?:(?:oh|hm+|haha|well|ah)[,.]? )?(?:(?:yes|yeah|yep|yup|ya|sure|of course|ok|okay|fine|absolutely|definitely|"
    r"certainly|no problem|no worries|go ahead|take it|it's yours|all yours|done|deal|you can|any ?time|always|happy to|"
    r"glad to|will do|gladly|with pleasure|my pleasure|ja|jo|klar|gern|gerne|natürlich|oui|ouais|bien sûr|d'accord|"
    r"volontiers|sí|si|claro|vale|por supuesto|sì|certo|va bene|sim|claro|да|конечно|хорошо|evet|tabii|tamam|tak|jasne|"
    r"ano|igen|kyllä|joo|javisst|så klart|mine|meins?|la mienne|el mío|it's (?:free|open|there))(?!\w)(?! not\b)|好|可以|行|没问题|當然|当然|はい|いいよ|もちろん|うん|네|응|그래|물론)"
)
# What is done to a thing is done to others too: the rule is about the thing.
_VERB = re.compile(
    r"(?<!\w)(?!(?:or|and|oder|und|ou|et|o|y)\b)[^\W\d_]+(?=(?: never| nie| jamais| nicht| pas)? "
    r"(?:the|a|an|his|her|their|my|das|die|den|dem|der|ein|eine|einen|sa|son|ses|le|la|les|un|une|el|los|las|su|il|lo)\b)"
)
_CLAUSE = re.compile(r"[,;.:]|\b(?:but|aber|mais|pero|però|mas|но)\b")
_INTERJECTIONS = re.compile(
    r"(?:[\s.,!?…-]|\b(?:a+h|ha(?:ha)*|he(?:he)*|h+m+|o+h|well|lol|uh|um|na|hé|ay|ай|ха+)\b)*"
)
_MANNERS = frozenset(
    """
    agree agrees alone answer anybody ask asks chat comment confidence details discuss mention message
    messages others people person pretend reply short speak speaks topic topics voice words write writes
    """.split()  # noqa: SIM905 (a list of words reads better)
)
"""What rules are made of, whatever they are about."""
_PARTICLES = re.compile("(?:을|를|이|가|은|는|의|에|에게|한테|도|만|로|으로|와|과)$")
"""Of Korean, behind a noun."""
_SYLLABLE = re.compile("[가-힣]")
_HAN = re.compile("[\u3400-\u9fff]")
_FUNCTION_HAN = frozenset(
    "不从從绝絕没沒有别別人给給你您我他她它们們是的了吗嗎呢吧可以会會要能把被和与與或在到来來去就都也很再对對说說话話谈談让讓做为為之其禁勿請请何方日時前後"
)
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{2,}")
_UNSPACED_LETTERS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")


def against(text: str, limits: Iterable[tuple[str, bool]], owner: str, heard: str) -> bool:
    """Whether a draft agrees to what a "never" or "does not" of the owner's is about: by its name, or by
    anything but a no, or the question what for, to what was `heard` of it. Of the `limits` each says whether it
    is a boundary of a persona's, which forbids in whatever words."""
    clauses = _clauses(text)
    agreed = _marks([clause for clause in clauses if _PROMISES.search(clause) and not denies(clause)])
    agreed |= _marks([one for one in asked(text) if spoken_of("first").search(one)])
    goes_along = [one for one in asked(text) if not begins("why").match(one) or negates(one)]
    if (clauses or goes_along) and not refuses(text):
        agreed |= _marks([plain(heard)])
    return any(not _subjects(rule, owner, boundary=boundary).isdisjoint(agreed) for rule, boundary in limits)


def forbids(question: str, limits: Iterable[tuple[str, bool]], owner: str) -> bool:
    """Whether a folded question asks for what a rule of the owner's is about: a no is that rule's."""
    if not (asks(question) or question.endswith(("?", "？"))) and not holds("leave").match(question):
        return False
    if not holds("leave").search(question):
        return False
    about = _marks([question])
    return any(not _subjects(rule, owner, boundary=boundary).isdisjoint(about) for rule, boundary in limits)


def refuses(text: str) -> bool:
    """Whether a reply says no, and yes in none of its clauses: "sure, just don't be late" does not."""
    clauses = _clauses(text)
    return any(map(denies, clauses)) and not any(map(_AGREES.match, clauses))


def _clauses(text: str) -> list[str]:
    """The clauses of what a text states, but for interjections."""
    clauses = (clause.strip() for sentence in sentences(text) for clause in _CLAUSE.split(sentence))
    return [clause for clause in clauses if not _INTERJECTIONS.fullmatch(clause)]


def negates(text: str) -> bool:
    """Whether any word of a folded text says no, whatever it means by it."""
    return bool(_DENIES.search(text))


def says_no(text: str) -> re.Match[str] | None:
    """Where the first word of a folded text stands that says no."""
    return _DENIES.search(text)


def denies(clause: str) -> bool:
    """Whether it says no: "no problem" does not, nor does what says it twice ("couldn't say no")."""
    left = _GRANTS.sub(" ", clause).strip()
    denials = {match.group() for match in _REFUSES.finditer(left)}
    says_it = len(denials) % 2 == 1 or bool(re.match(r"(?:no|nope|nah)[ ,.!]", left))
    return says_it or bool(_REFUSES_ABROAD.search(left))


def _subjects(rule: str, owner: str, *, boundary: bool) -> frozenset[str]:
    """What a rule is about, by the marks of its words."""
    clauses = _CLAUSE.split(plain(rule))
    denied = [clause for clause in clauses if _DENIES.search(clause)] or (clauses if boundary else [])
    words = (word for clause in denied for word in WORD.findall(_VERB.sub(" ", clause)))
    telling = [word for word in words if tells(word) and word not in _MANNERS and not _DENIES.fullmatch(word)]
    return _marks(telling) - _marks([plain(owner)])


def _marks(texts: Iterable[str]) -> frozenset[str]:
    """What the words of texts are compared by: stems, and where no blanks part them, signs or three letters."""
    found: set[str] = set()
    for text in texts:
        for word in WORD.findall(text):
            found |= set(_HAN.findall(word)) - _FUNCTION_HAN
            found |= set(_KATAKANA.findall(word))
            letters = "".join(_UNSPACED_LETTERS.findall(word))
            found |= {letters[at : at + 3] for at in range(len(letters) - 2)}
            if not letters and not _HAN.search(word) and (tells(word) or _SYLLABLE.fullmatch(word)):
                found.add(_PARTICLES.sub("", word.rstrip("s"))[:4])
    return frozenset(found)
