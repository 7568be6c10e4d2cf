# ruff: noqa: E501 (what is not Latin counts double)
"""What a draft claims, and whether anything that is known holds it. Pure.

Words are compared, not meanings: every word that says something must stand in what is known. So a true
sentence in words of the model's own may be sent back, and a false one in known words may pass; the owner
reads every draft.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from core.policy.answers import Question, answers_nothing, asked_of, held, questions, states
from core.policy.small_talk import may_answer
from core.policy.statements import (
    UNSPACED,
    WORD,
    empty_words,
    in_digits,
    number_words,
    sentences,
    stated,
    stem,
    tells,
)
from core.policy.topics import plain

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
    plain(
        "好的?|行|可以|嗯+|对的?|是的?|不是?|没有|没关系|知道了|我?不知道|我看看|也许|可能|明白了?|当然|"
        "はい|うん|ううん|いいえ|わかりました|わかった|了解です?|いいよ|いいね|そうです?ね?|わからない|たぶん|もちろん|"
        "哈+|嘿+|恭喜|加油|辛苦了|晚安|好呀|没空|改天吧?|到时候再说|我?问问|等一下|马上|呵+|了解|草|w+|"
        "おめでとう|お疲れ(?:様)?|おやすみ|頑張って|ごめん|また今度|ちょっと待って|すみません|"
        "네+|응+|아니요?|알겠어요?|몰라요?|아마|그래요?|물론|ㅋ+|ㅎ+|ㅠ+|ㅜ+"
    )
)
"""What scripts without blanks have for them: a whole sentence of these says nothing."""
_OPEN_SIGNS = re.compile(
    plain(
        "没关系|我?不知道|我看看|也许|可能|哈+|嘿+|恭喜|加油|辛苦了|晚安|改天吧?|到时候再说|我?问问|等一下|呵+|草|w+|"
        "わからない|たぶん|おめでとう|お疲れ(?:様)?|おやすみ|頑張って|ごめん|また今度|ちょっと待って|すみません|"
        "몰라요?|아마|ㅋ+|ㅎ+|ㅠ+|ㅜ+"
    )
)
"""Those of them that leave open what was asked."""
_HAPPENED = re.compile(
    r"(?<!\w)(?:was|were|wasn't|weren't|did|didn't|had|hadn't|went|came|saw|got|told|said|heard|found|happened|been|done)(?!\w)"
)
_OF_THEM = re.compile(
    r"(?:(?:and|so|oh|well|then|yes|no|wow|ha+),? )*(?:you(?:'\w+)?|your|got (?:it|you))(?!\w)"
)
"""What is said to the other of themselves; and "got it", which is no story."""
_OF_OTHERS = re.compile(
    r"(?<!\w)(?:he|she|they|him|her|them|his|their|(?:he|she|they)'(?:s|re|ll|d|ve))(?!\w)"
)


def unsupported(text: str, *, known: Iterable[str], heard: str, asked: str = "", guidance: str = "") -> bool:
    """Whether a draft claims what nothing known holds.

    Numbers, names, days and links may come from what was `heard`; that something is so, may not: whoever asks
    "did you see the doctor?" does not know it. `asked`: all that was asked so far; `guidance`: what the owner
    wants said.
    """
    known = (*known, guidance)
    whole = in_digits(plain("\n".join(known)))
    mentioned = f"{whole}\n{in_digits(plain(heard))}"
    claims = "\n".join(one for one in stated(text) if not answers_nothing(plain(one)))
    exact = {match.group().rstrip(".,!?") for match in _EXACT.finditer(in_digits(plain(claims)))}
    names = {match["name"].casefold() for match in _NAME.finditer(claims)}
    exact |= names - empty_words() - number_words().keys()
    if any(not _mentions(mentioned, item) for item in exact):
        return True
    stems = {stem(word) for word in WORD.findall(whole)}
    now = questions(heard)
    for sentence in sentences(text):
        answered = asked_of(sentence, now, asked or heard)
        if not _holds(sentence, stems, whole, answered) and not (
            _is_empty(sentence) and held(sentence, answered, known, guidance)
        ):
            return True
    return False


def _mentions(text: str, item: str) -> bool:
    """Whether an item stands there; a day's name also as "fridays"."""
    end = r"(?!\w)" if item[-1].isdigit() else ""
    return bool(re.search(rf"(?<!\w){re.escape(item)}{end}", text))


def _holds(sentence: str, stems: set[str], known: str, asked: Sequence[Question]) -> bool:
    """Whether all that a sentence says is known; what says nothing is, and small talk."""
    letters = "".join(filter(str.isalpha, sentence))
    if _OPEN_SIGNS.fullmatch(letters) or (_EMPTY_SIGNS.fullmatch(letters) and not asked):
        return True
    if answers_nothing(sentence):
        return True
    if (may_answer(sentence) or _is_empty(sentence)) and states(sentence, asked):
        return False
    if may_answer(sentence):
        return True
    signs = UNSPACED.findall(sentence)
    if signs:
        pairs = [first + second for first, second in pairwise(signs)]
        if not pairs:
            return signs[0] in known and not asked
        return 3 * sum(pair in known for pair in pairs) >= 2 * len(pairs)
    telling = _telling(sentence)
    if not telling:  # "it was a bad day", "she loves me"
        told = _HAPPENED.search(sentence) and not _OF_THEM.match(sentence)
        return not told and not _OF_OTHERS.search(sentence)
    return all(stem(word) in stems for word in telling)


def _telling(sentence: str) -> list[str]:
    return [word for word in WORD.findall(in_digits(sentence)) if tells(word)]


def _is_empty(sentence: str) -> bool:
    """Whether it has no word that says something, nor a number."""
    if UNSPACED.search(sentence):
        return bool(_EMPTY_SIGNS.fullmatch("".join(filter(str.isalpha, sentence))))
    return not _telling(sentence) and not _EXACT.search(sentence)
