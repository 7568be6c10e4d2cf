# ruff: noqa: E501 (what is not Latin counts double)
"""What a draft claims, and whether anything that is known holds it. Pure.

Words are compared, not meanings: what is said of the owner or of others must be said in words that stand in
what is known. So a true sentence in words of the model's own may be sent back, and a false one in known
words may pass; the owner reads every draft.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from core.policy.small_talk import may_answer
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
    r"enero|febrero|marzo|abril|mayo|junio|julio|septiembre|octubre|noviembre|diciembre|"
    r"tomorrow|tonight|yesterday|übermorgen|gestern|demain|hier soir|ce soir|mañana|ayer|domani|stasera|ieri|amanhã|ontem|"
    r"завтра|вчера|сегодня вечером|jutro|wczoraj|yarın|dün|gisteren|vanavond|imorgon|igår)(?!\w)|"
    r"(?:星期|周|週|礼拜)[一二三四五六日天]|[月火水木金土日]曜|明天|昨天|今晚|明日|昨日|今夜|내일|어제|[월화수목금토일]요일"
)
_NAME = re.compile(r"(?<=[^\s.!?:\"“(])\s+(?P<name>[A-ZÀ-ÞА-Я][a-zà-ÿа-я]{2,})\b")
_EMPTY_SIGNS = re.compile(
    "好的?|行|可以|嗯+|对的?|是的?|不是?|没有|没关系|知道了|我?不知道|我看看|也许|可能|明白了?|当然|"
    "はい|うん|ううん|いいえ|わかりました|わかった|了解です?|いいよ|いいね|そうです?ね?|わからない|たぶん|もちろん|"
    "네+|응+|아니요?|알겠어요?|몰라요?|아마|그래요?|물론"
)
"""What scripts without blanks have for them: a whole sentence of these says nothing."""
_HAPPENED = re.compile(
    r"(?<!\w)(?:was|were|wasn't|weren't|did|didn't|had|hadn't|went|came|saw|got|told|said|heard|found|happened|been)(?!\w)"
)
_OF_THEM = re.compile(
    r"(?:(?:and|so|oh|well|then|yes|no|wow|ha+),? )*(?:you(?:'\w+)?|your|got (?:it|you))(?!\w)"
)
"""What is said to the other of themselves; and "got it", which is no story."""
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
_GRANTS = re.compile(
    r"(?<!\w)(?:no (?:problem|prob|worries|issue|biggie|trouble|objections?)|why not|not an? (?:issue|problem|bother)|"
    r"(?:don't|dont) (?:mention|worry|ask|mind)|not at all|nothing against|can't say no|kein(?:e)? (?:problem|thema|sorge)|"
    r"warum nicht|nichts dagegen|pas de (?:problème|souci)s?|aucun (?:problème|souci)|pourquoi pas|"
    r"sin problemas?|no hay problema|por qué no|ning[uú]n problema|nessun problema|perché no|non c'è problema|"
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
    r"ano|igen|kyllä|joo|javisst|så klart)(?!\w)|好|可以|行|没问题|當然|当然|はい|いいよ|もちろん|うん|네|응|그래|물론)"
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
_AMBIGUOUS = frozenset({"sei", "on", "once", "sex"})
"""More often "you are", "he", "at one time"."""


def unsupported(text: str, *, known: Iterable[str], heard: str) -> bool:
    """Whether a draft claims what nothing known holds.

    Numbers, names, days and links may come from what was `heard`; that something is so, may not: whoever asks
    "did you see the doctor?" does not know it.
    """
    held = _in_digits(plain("\n".join(known)))
    mentioned = f"{held}\n{_in_digits(plain(heard))}"
    stated = "\n".join(_stated(text))
    exact = {match.group().rstrip(".,!?") for match in _EXACT.finditer(_in_digits(plain(stated)))}
    exact |= (
        {match["name"].casefold() for match in _NAME.finditer(stated)} - _empty_words() - _numbers().keys()
    )
    if any(not _mentions(mentioned, item) for item in exact):
        return True
    stems = {_stem(word) for word in _WORD.findall(held)}
    return any(not _holds(sentence, stems, held) for sentence in _sentences(text))


def _in_digits(text: str) -> str:
    """Numbers up to twelve as they are on a clock, whether written out or not."""
    numbers = _numbers()
    return _WORD.sub(lambda match: numbers.get(match.group(), match.group()), text)


def _mentions(text: str, item: str) -> bool:
    """Whether an item stands there; a day's name also as "fridays"."""
    end = r"(?!\w)" if item[-1].isdigit() else ""
    return bool(re.search(rf"(?<!\w){re.escape(item)}{end}", text))


def _stated(text: str) -> list[str]:
    """What the draft states: its sentences, but for questions."""
    sentences = (match.group().strip() for match in _SENTENCE.finditer(text))
    return [one for one in sentences if one and not one.endswith(_QUESTION)]


def _sentences(text: str) -> list[str]:
    """The same, folded for comparison."""
    return [plain(one) for one in _stated(text)]


def _holds(sentence: str, stems: set[str], held: str) -> bool:
    """Whether at least half of what a sentence says is known; all that says nothing is, and small talk."""
    if may_answer(sentence):
        return True
    signs = _UNSPACED.findall(sentence)
    if signs:
        if _EMPTY_SIGNS.fullmatch("".join(signs)):
            return True
        pairs = [first + second for first, second in pairwise(signs)]
        return 2 * sum(pair in held for pair in pairs) >= len(pairs)
    telling = [word for word in _WORD.findall(_in_digits(sentence)) if _tells(word)]
    if not telling:  # "it was a bad day"
        return not _HAPPENED.search(sentence) or bool(_OF_THEM.match(sentence))
    return 2 * sum(_stem(word) in stems for word in telling) >= len(telling)


def _tells(word: str) -> bool:
    return len(word) > 2 and word not in _empty_words()


@cache
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("empty_words.toml").read_text(encoding="utf-8"))


@cache
def _empty_words() -> frozenset[str]:
    return frozenset(word for language in _file().values() for word in plain(language["empty"]).split())


@cache
def _numbers() -> dict[str, str]:
    """A number from two to twelve in words, by each of them."""
    written = (enumerate(plain(language["numbers"]).split(), start=2) for language in _file().values())
    return {word: str(number) for words in written for number, word in words if word not in _AMBIGUOUS}


def against(text: str, rule: str, owner: str, heard: str) -> bool:
    """Whether a draft agrees to what a "never" or "does not" of the owner's is about: by its name, or by a
    yes to what was `heard` of it."""
    names = set(_WORD.findall(plain(owner)))
    denied = [_VERB.sub(" ", clause) for clause in _CLAUSE.split(plain(rule)) if _DENIES.search(clause)]
    about = {
        _stem(word)
        for clause in denied
        for word in _WORD.findall(clause)
        if _tells(word) and word not in _MANNERS | names and not _DENIES.fullmatch(word)
    }
    agreed = [sentence for sentence in _sentences(text) if not _denies(sentence)]
    named = [sentence for sentence in agreed if _PROMISES.search(sentence)]
    if _about(named, about):
        return True
    grants = [sentence for sentence in agreed if not _INTERJECTIONS.fullmatch(sentence)]
    refused = any(map(_denies, _sentences(text)))
    return _about([plain(heard)], about) and any(not refused or _AGREES.match(one) for one in grants)


def _denies(sentence: str) -> bool:
    """Whether it says no; "no problem" does not."""
    return bool(_DENIES.search(_GRANTS.sub(" ", sentence)))


def _about(texts: Iterable[str], stems: set[str]) -> bool:
    return any(_stem(word) in stems for text in texts for word in _WORD.findall(text) if len(word) > 2)


_MANNERS = frozenset(
    """
    agree agrees alone answer anybody ask asks chat comment confidence details discuss mention message
    messages others people person pretend reply short speak speaks topic topics voice words write writes
    """.split()  # noqa: SIM905 (a list of words reads better)
)
"""What rules are made of, whatever they are about."""


def _stem(word: str) -> str:
    return word.rstrip("s")[:5]
