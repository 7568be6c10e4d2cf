# ruff: noqa: E501 (what is not Latin counts double)
"""What a draft claims, and whether anything that is known holds it. Pure.

Words are compared, not meanings: every word that says something must stand in what is known. So a true
sentence in words of the model's own may be sent back, and a false one in known words may pass; the owner
reads every draft.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from core.policy.answers import Question, answers_nothing, asked_of, held, questions, refused, states
from core.policy.boundaries import denies
from core.policy.guidance import wanted
from core.policy.questions import spoken_of, spoken_to
from core.policy.small_talk import may_answer
from core.policy.statements import (
    UNSPACED,
    WORD,
    all_sentences,
    all_stems,
    empty_words,
    in_digits,
    number_words,
    open_phrases,
    stated,
    stems,
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


_RUN = re.compile(
    "[不没沒別别未勿][\u3400-\u9fff]{0,3}|[\u3400-\u9fff]+|[\u30a1-\u30fa\u30fc]+|[\u3041-\u309f]+|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+"
)
"""Signs of one kind in a row; a no and what it denies are one."""
_LITTLE = re.compile("[我你您他她它们們的了吗嗎呢吧也都就很把在到和与與是啊哦呀]")
_LITTLE_KANA = re.compile(
    "(?:です|ます|でした|ました|だった|した|する|して|いる|います|から|まで|ので|けど|よね|かな|という|その|この|それ|これ|ここ|そこ|とても|もう|"
    "[のがをにへとではもやよねなだかさわぞし])"
)
_NUMERAL = "[一二三四五六七八九十百千两]"
_STARTS_UNSAID = re.compile(
    r"(?:just |also |still |sadly |finally )*(?:got|was|am|been|had|have|went|came|saw|lost|won|quit|left|feel|feeling|going|doing|being|moved|\w+ed)(?!\w)"
)
_ENDS_UNSAID = re.compile(
    r"[dt][ıiuü]m(?!\w)|[ıiuü]yorum(?!\w)|m[ıiuü]ş[ıiuü]m(?!\w)|[ae]ca[ğk][ıi]m(?!\w)|ł[ea]m(?!\w)|\w\w[éí](?!\w)|^\w+л(?:а|ся|ась)?(?!\w)"
)
"""How a sentence begins that says "i" by leaving it out, and in which endings verbs say it."""


class _Known:
    """Texts that what a draft says is compared with."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.text = in_digits(plain("\n".join(texts)))

    @cached_property
    def stems(self) -> frozenset[str]:
        return all_stems(WORD.findall(self.text))

    def has(self, word: str) -> bool:
        """Whether a form of the word stands there."""
        return not self.stems.isdisjoint(stems(word))

    def has_run(self, run: str) -> bool:
        """Whether the signs stand there, and are no piece of another number."""
        before, after = (f"(?<!{_NUMERAL})", "(?!半)") if re.match(_NUMERAL, run) else ("", "")
        return bool(re.search(f"{before}{re.escape(run)}{after}", self.text))


def unsupported(
    text: str,
    *,
    known: Iterable[str],
    heard: str,
    asked: str = "",
    guidance: str = "",
    told: Iterable[str] = (),
    forbids: Callable[[str], bool] = lambda _: False,
) -> bool:
    """Whether a draft claims what nothing known holds.

    Numbers, names, days and links may come from what was `heard`; that something is so, may not: whoever asks
    "did you see the doctor?" does not know it. `told`: what others said, who say "i" of themselves. `asked`:
    all that was asked so far; `guidance`: what the owner wants said; `forbids`: whether a rule refuses a
    question.
    """
    want, told = wanted(guidance), [sentence for text in told for sentence in all_sentences(text)]
    impersonal = [one for one in told if not _of_themselves(plain(one))]
    lines = (*known, *want.lines)
    own, open_to = _Known(lines), _Known((*lines, *impersonal))
    theirs, mentions = _Known((*lines, *told)), _Known((*lines, *want.denials, *told, heard))
    denied = _Known((*lines, *want.denials))
    now = questions(heard)
    if not now and (want.says_yes or want.says_no):
        now = (Question(plain(guidance), denies=False),)
    for written in stated(text):
        sentence = plain(written)
        if not answers_nothing(sentence) and _unmentioned(written, mentions):
            return True
        answered = asked_of(sentence, now, asked or heard)
        if refused(sentence, answered, forbids):
            continue
        if answered and _is_empty(sentence) and held(sentence, answered, lines, want):
            continue
        head, tail = _addressed(sentence)
        about = denied if denies(sentence) else own if _of_themselves(sentence) else open_to
        if not _holds(sentence, head, tail, about, theirs, answered):
            return True
    return False


def _unmentioned(written: str, mentions: _Known) -> bool:
    """Whether a number, a day, a link or a name stands nowhere."""
    exact = {match.group().rstrip(".,!?") for match in _EXACT.finditer(in_digits(plain(written)))}
    names = {match["name"].casefold() for match in _NAME.finditer(written)}
    exact |= names - empty_words() - number_words().keys()
    return any(not _mentions(mentions.text, item) for item in exact)


def _mentions(text: str, item: str) -> bool:
    """Whether an item stands there; a day's name also as "fridays"."""
    end = r"(?!\w)" if item[-1].isdigit() else ""
    return bool(re.search(rf"(?<!\w){re.escape(item)}{end}", text))


def _of_themselves(sentence: str) -> bool:
    """Whether whoever says a folded sentence speaks of themselves, or may in a script that leaves it out."""
    left = open_phrases().sub(" ", sentence).strip()
    if spoken_of("first").search(left) or _STARTS_UNSAID.match(left) or _ENDS_UNSAID.search(left):
        return True
    return bool(UNSPACED.search(left)) and not spoken_to().search(left)


def _addressed(sentence: str) -> tuple[str, str]:
    """What a sentence says before it addresses the other, and what behind: "sorry you", "got fired"."""
    found = spoken_to().search(sentence)
    if not found or spoken_of("first").search(open_phrases().sub(" ", sentence)):
        return sentence, ""
    return sentence[: found.end()], sentence[found.end() :]


def _holds(
    sentence: str, head: str, tail: str, own: _Known, theirs: _Known, asked: Sequence[Question]
) -> bool:
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
    if UNSPACED.search(sentence):
        return _holds_runs(head, own) and _holds_runs(tail, theirs) and bool(_runs(sentence) or not asked)
    telling = _telling(sentence)
    if not telling:  # "it was a bad day", "she loves me"
        happened = _HAPPENED.search(sentence) and not _OF_THEM.match(sentence)
        return not happened and not _OF_OTHERS.search(sentence)
    return all(map(own.has, _telling(head))) and all(map(theirs.has, _telling(tail)))


def _holds_runs(part: str, known: _Known) -> bool:
    """Whether every run of signs stands there, and every word beside them."""
    words = _telling(UNSPACED.sub(" ", part))
    return all(map(known.has_run, _runs(part))) and all(map(known.has, words))


def _runs(part: str) -> list[str]:
    """What signs without blanks say, run by run, but for little words."""
    return [
        piece
        for run in _RUN.findall(part)
        for piece in ([run] if run[0] in "不没沒別别未勿" else _LITTLE.split(run))
        if _LITTLE_KANA.sub("", piece)
    ]


def _telling(sentence: str) -> list[str]:
    return [word for word in WORD.findall(in_digits(sentence)) if tells(word)]


def _is_empty(sentence: str) -> bool:
    """Whether it has no word that says something, nor a number."""
    if UNSPACED.search(sentence):
        return bool(_EMPTY_SIGNS.fullmatch("".join(filter(str.isalpha, sentence))))
    return not _telling(sentence) and not _EXACT.search(sentence)
