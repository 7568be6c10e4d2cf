# ruff: noqa: E501 (what is not Latin counts double)
"""Whether an answer in empty words ("yes i did") states something of what was asked. Pure.

What does not is a closed set: reactions, and words that leave it open. Every other answer to a question that a
yes, a person, a place or a time answers is a claim, and as true as what is known makes the question.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core.policy.boundaries import denies, negates
from core.policy.small_talk import small_talk
from core.policy.statements import WORD, all_sentences, in_digits, open_phrases, reactions, stem, tells
from core.policy.topics import plain
from core.types import SmallTalk

EXACT_NUMBER = re.compile(r"\d+(?:[:.,]\d+)*")
_OPENS = re.compile(
    r"(?:(?:and|so|but|hey|hi|oh|ok|wait|und|aber|na|et|mais|y|pero|e|ma|mas|en|maar|а|и|но|i|ale|och|men)[, ]+)*"
    r"(?:(?:did|do|does|is|are|am|was|were|have|has|had|can|could|will|would|shall|should|may|might|must|"
    r"isn|aren|wasn|weren|haven|hasn|hadn|can|couldn|won|wouldn|shouldn|didn|don|doesn)(?:'?t)?|r|u|"
    r"who|whose|whom|where|when|which|"
    r"hast|hat|habt|haben|bist|ist|seid|sind|warst|war|wart|waren|kannst|kann|können|könnt|willst|wollt|darf|darfst|soll|sollen|magst|kommst|gehst|weißt|wirst|wird|wer|wo|wann|wessen|"
    r"est-ce|as-tu|es-tu|t'as|t'es|tu (?:as|es|vas|peux|viens|veux)|vous (?:avez|êtes)|c'est|qui|où|quand|"
    r"has|ha|han|eres|estás|estas|puedes|tienes|quieres|vienes|vas|es|quién|quien|dónde|donde|cuándo|cuando|"
    r"hai|sei|puoi|vuoi|vieni|chi|dove|quando|você|vc|tem|pode|vai|quem|onde|"
    r"heb|hebt|heeft|ben|bent|kun|kan|wil|ga|kom|wie|waar|wanneer|czy|masz|jesteś|możesz|kto|gdzie|kiedy|"
    r"har|är|vill|ska|vem|var|när|ты|вы|это|он|она|кто|где|когда|sen|kim|nerede)(?!\w)"
)
"""How a question begins that is without its mark."""
_ASKS_ABROAD = re.compile(
    r"(?:吗|嗎|没有|是不是|有没有|ですか|ますか|たの|の|か|까|니|냐|어요|나요|ما|هل .*)$|(?<!\w)(?:mı|mi|mu|mü)\w*$"
)
_ASKS_INDIRECTLY = re.compile(
    r"(?<!\w)(?:(?:wonder\w*|know|tell (?:me|us)|ask\w*|curious|sure|heard|say) (?:if|whether|who|whose|where|when|which)|yes or no)(?!\w)|"
    r"[, ](?:right|ok|okay|yes|no|yeah|innit|huh|eh|oder|ja|ne|gell|non|verdad|vero|né|toch|nie|evet|да|ли)$"
)
_OPINION = re.compile(
    r"(?:(?:and|so|but|hey|hi|oh|ok|und|et|y|e|а|и|i|och)[, ]+)*"
    r"(?:how(?! (?:much|many|long|often|old|far|soon|late|big))|what(?! time)|why|wie(?! (?:viel|lang|oft|alt|spät|weit))|was|warum|wieso|comment|quoi|pourquoi|que|qué|cómo|como|por qué|che|cosa|come|perché|o que|por que|"
    r"hoe(?! (?:lang|vaak|oud|laat))|wat|waarom|jak|co|dlaczego|как|что|почему|чё|nasıl|ne|neden|niye|hur|vad|varför|怎么|为什么|什么|どう|何|なんで|어떻게|왜|뭐)(?!\w)"
)
"""What is asked for a view or a story: empty words are no more than a view."""
_MARKS = ("?", "？", "؟", ";")
_SIGNS = re.compile(
    "(?![\U0001f600-\U0001f644\U0001f910-\U0001f917\U0001f920-\U0001f92f\U0001f970-\U0001f97a🤷🎉])"
    "[\u2600-\u27bf\U0001f000-\U0001faff]"
)
"""Emoji but faces: a thumb or a ring answers."""
_ELLIPSIS = re.compile(
    r"(?:(?:yes|yeah|yep|yup|no|nope|nah|oh|well|of course|sure|indeed|actually)[, ]+)*"
    r"(?:(?:i|we|it|that|this|they|he|she)(?: (?:really|already|just|never|always|also|actually|still|certainly|definitely|sure))* ?"
    r"(?:did|do|does|have|has|had|was|were|am|are|is|can|could|will|would)(?: not|n't)?(?: (?:so|too|it|that|this|one|them|already|indeed|now))*|"
    r"(?:i|we)(?:'ve| have)? (?:got|have|took|take|saw|made|sent|found|know|knew|did|said|told|want|need)(?: (?:it|that|this|one|them|some|all|everything))?|"
    r"(?:it|that|this|they)(?:'s| is|'re| are) (?:mine|ours|done|gone|here|there|me|us|off|out|over|sent|made|found)|(?:it|that) was (?:me|us|mine)|"
    r"we're off|(?:i'm|i am) (?:here|there|off|out|back|in|away|done|late)|(?:he|she)(?:'s| is) (?:here|there|off|out|back|in|away|done|late))"
    r"(?: (?:already|now|again|today|too))?[.!… ]*"
)
"""A fact whose words were another's: "yes i did that", "it is mine"."""
_OF_VIEW = re.compile(r"(?:(?:oh|yes|yeah|ha+)[, ]+)*(?:i know|i hope so|i know that)(?: so| too)?[.!… ]*")
"""The same said back: no fact where nothing was asked."""


_YES = (
    r"yes|yeah|yep|yup|ya|y|ok|okay|sure|of course|ja|jo|klar|gern|gerne|oui|ouais|d'accord|sí|si|claro|sì|certo|sim|да|конечно|"
    r"tak|jasne|evet|tamam|ναι|joo|igen|ano|agree|accept|confirm"
)
_SAYS_YES = re.compile(rf"(?<!\w)(?:{_YES})(?!\w)|是|好|はい|うん|네|응")
_BARE = re.compile(
    rf"(?:(?:{_YES}|no|nope|nah|n|not yet|never|nein|non|não|нет|nie|hayır|nee|nej|nei|όχι)(?!\w)[\s,.!…]*)+"
)
"""What by itself answers whatever was asked before."""


class Question(NamedTuple):
    """A question that a fact answers, folded."""

    text: str
    denies: bool


def questions(heard: str, *, marked: bool = True) -> tuple[Question, ...]:
    """What was asked that a yes, a person, a place or a time answers; no small talk, and no view. But for
    `marked`, whatever was said: it may be a question too."""
    said = (plain(one) for one in all_sentences(heard))
    facts = (one for one in said if not _OPINION.match(one) and small_talk(one) is None and WORD.search(one))
    return tuple(Question(one, denies(one)) for one in facts if not marked or _asks(one))


def _asks(sentence: str) -> bool:
    bare = sentence.rstrip(" .!…。！~")
    return sentence.endswith(_MARKS) or bool(
        _OPENS.match(bare) or _ASKS_ABROAD.search(bare) or _ASKS_INDIRECTLY.search(bare)
    )


def asked_of(sentence: str, now: tuple[Question, ...], before: str) -> tuple[Question, ...]:
    """What a folded sentence may answer: what is asked `now`; a bare yes or no all that was said `before`."""
    return now or (questions(before, marked=False) if _BARE.fullmatch(sentence) else ())


def states(sentence: str, asked: Sequence[Question]) -> bool:
    """Whether a folded sentence of empty words says that something is so."""
    if not asked:
        return bool(_ELLIPSIS.fullmatch(sentence)) and not _OF_VIEW.fullmatch(sentence)
    if _SIGNS.search(sentence):
        return True
    return small_talk(sentence) in {None, SmallTalk.ACKNOWLEDGEMENT}


def answers_nothing(sentence: str) -> bool:
    """Whether it is of the closed set that answers nothing."""
    return not _SIGNS.search(sentence) and reactions().issuperset(
        WORD.findall(open_phrases().sub(" ", sentence))
    )


def held(sentence: str, asked: Sequence[Question], known: Iterable[str], guidance: str) -> bool:
    """Whether the owner's guidance says the same yes or no, or what is known answers all that was asked so."""
    denied, told = denies(sentence), plain(guidance)
    if told and denies(told) == denied and (denied or _SAYS_YES.search(told)):
        return True
    lines = [line for text in known for line in map(plain, all_sentences(text))]
    if not denied and negates(sentence):
        return False
    return bool(asked) and all(_known(one, lines, denied=denied) for one in asked)


def _known(question: Question, lines: Iterable[str], *, denied: bool) -> bool:
    """Whether one line has every word of the question, and says yes or no as the answer does."""
    wanted = {stem(word) for word in WORD.findall(in_digits(question.text)) if tells(word)}
    wanted |= set(EXACT_NUMBER.findall(in_digits(question.text)))
    if not wanted or question.denies:
        return False
    return any(
        wanted <= _words(line) and denies(line) == denied for line in lines if not line.endswith(_MARKS)
    )


def _words(line: str) -> set[str]:
    digits = in_digits(line)
    return {stem(word) for word in WORD.findall(digits)} | set(EXACT_NUMBER.findall(digits))
