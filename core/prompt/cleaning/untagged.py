# ruff: noqa: E501 (a pattern is a line)
"""Thoughts before a reply that no tag marks, by how the text is built. Pure.

A word that says so stands alone above, in brackets, or before a colon in a form whose last part is the reply;
or a paragraph of its own speaks of the owner in the third person.
"""

import re
from functools import lru_cache

from core.prompt.cleaning.sounds import sounds_like

_THINKS = r"(?:think(?:s|ing)?|thoughts?|thought process|reasoning|analysis|internal|inner monologue|ooc|out of character|思考)"
_FENCED = re.compile(
    r"\A\s*```[ \t]*(?:think\w{0,4}|thoughts?|reasoning|analysis|scratchpad|plan)[ \t]*\n[\s\S]*?(?:```|\Z)\s*",
    re.IGNORECASE,
)
_BRACKETED = re.compile(
    rf"\A\s*(?:\(\s?{_THINKS}\s?:[^()]{{0,1000}}\)|\[\s?{_THINKS}\s?:[^\[\]]{{0,1000}}\]|\*{_THINKS}\s?:[^*]{{0,1000}}\*|[（【]{_THINKS}\s?[:：][^（）【】]{{0,1000}}[）】])\s*",
    re.IGNORECASE,
)
_OUT_OF_CHARACTER = re.compile(r"^[ \t]*[(\[*]{0,3}OOC\s?[:：][^\n]*(?:\n|\Z)", re.MULTILINE)
_HEADED = re.compile(
    r"\A\W{0,3}(?:(?:thought|think|thinking|thoughts|reasoning|analysis)[*_: ]{0,4}|Thinking(?:\.\.\.|…)[ \t]*)\n"
)
_CHANNELS = re.compile(r"\A\W{0,3}(?:assistant\s{0,3})?(?:analysis|commentary|thought|thinking)\s?[:：\n]")
_FINAL_CHANNEL = re.compile(r"\n\W{0,3}(?:assistant\s{0,3})?final\W{0,3}?[:：\n]")
_FORM = re.compile(r"\A\W{0,4}(?P<head>[^\W\da-z_][^\n:：.!?]{0,30})[:：]")
_REPLY = (
    "Reply|Response|Answer|Draft|Output|Message|Antwort|Réponse|Respuesta|Risposta|Resposta|Odpowiedź|Yanıt|Cevap|Antwoord|Svar|"
    "Ответ|Відповідь|回复|回覆|答复|回答|返信|답장|답변"
)
_REPLY_LINE = re.compile(
    rf"\n\W{{0,4}}(?:(?:Final|My|Short|Suggested|Possible) )?(?:{_REPLY}|reply|response|answer|Final)(?: to [^\n:：]{{1,20}}| as [^\n:：]{{1,20}})?[*_]{{0,3}}\s?[:：][*_]{{0,3}}"
)
_NO_FORM = re.compile(rf"{_REPLY}|Option|Version|Here|Question|Q\b", re.IGNORECASE)
_KNOWN = r"(?:First,? what|What)(?: is|['’]s|(?: do)? (?:I|we)) know\w{0,2}[:：]"
_LONGEST = 300
_FIRST_WORD = re.compile(r"\W{0,3}(?P<word>[^\W\d_]{2,20})")
# Of somebody else: the third person of English and its neighbours, and what is said most in other languages.
_VERB = (
    r"(?:is|was|has|had|does|did|can|can['’]t|cannot|doesn['’]t|isn['’]t|won['’]t|will|would|could|should|might|may|must|said|say|[^\W\d_]{2,12}[^sui\W]s|"
    r"ist|est|hat|kann|wird|muss|[a-zäöüß]{2,12}[a-zäöüß]t|a|peut|va|veut|doit|está|es|tiene|puede|quiere|tem|pode|vai|è|ha|può|vuole|heeft|"
    r"jest|ma|może|chce|lubi|är|har|[а-яё]{2,12}(?:ет|ит|ёт)|свобод[а-я]+|занят[а-я]*|хочет|(?:\w{2,12} ){1,2}(?:müsait|boş|meşgul))"
)
_TOLD = re.compile(
    r"[:：] ?[\"“«]([^\n\"”»]+)[\"”»]\W{0,2}\Z|\b(?:say|reply|answer|with),? [\"“«]([^\n\"”»]+)[\"”»]\W{0,2}\Z|[:：] ([^\n\"“:：]+)\Z"
)
_BLANK = re.compile(r"\n[ \t]*\n\s*")
# "(Alex from climbing)" introduces oneself.
_OF_OWNER = (
    r"(?:OWNER)(?:['’]s)?(?! (?:from|here|with|in|at|the|of|and|or|plus|von|vom|aus|hier|ici|de|del|da|di|du|из|от|и|und|et|y|e)\b)"
    r"(?:(?: [^\s,:]+){2,}| \w{2,14}s\b|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)


def without_untagged_thought(text: str, owner: str) -> str:
    """What follows a thought that is built as one; empty where nothing does."""
    text = _OUT_OF_CHARACTER.sub("", _BRACKETED.sub("", _FENCED.sub("", text))).strip()
    final = list(_FINAL_CHANNEL.finditer(text)) if _CHANNELS.match(text) else []
    if final:
        return text[final[-1].end() :].strip()
    if _HEADED.match(text):
        # Of more paragraphs nobody knows where the thought ends.
        paragraphs = _BLANK.split(text)
        return paragraphs[1].strip() if len(paragraphs) == 2 else ""
    form = _FORM.match(text)
    replies = list(_REPLY_LINE.finditer(text)) if form and not _NO_FORM.search(form["head"]) else []
    told = replies and not (form and form["head"].startswith(owner.split()[0]))
    return text[replies[-1].end() :].strip() if told else text


def without_third_person(text: str, owner: str) -> str:
    """What follows a paragraph or a line that speaks of the owner as of somebody else; empty where nothing does."""
    thought, headed = _paragraphs(owner)
    while (match := thought.match(text)) and (rest := text[match.end() :].strip()):
        text = rest
    return "" if headed.match(text) else _without_line(text, owner)


def _without_line(text: str, owner: str) -> str:
    """What follows a first line that speaks of the owner as of somebody else: behind a colon or in quotes at its
    end, or on the next lines; empty where nothing does."""
    line, _, rest = text.partition("\n")
    name = owner.split()[0]
    first = _FIRST_WORD.match(line)
    if first and not first["word"][0].isascii() and sounds_like(first["word"], name):
        line = f"{line[: first.start('word')]}{name}{line[first.end('word') :]}"
    if not _third_person(owner).match(line):
        return text
    told = _TOLD.search(line)
    return next(part for part in told.groups() if part) if told else rest.strip()


@lru_cache(maxsize=16)
def _third_person(owner: str) -> re.Pattern[str]:
    names = "|".join(map(re.escape, dict.fromkeys((owner, owner.split()[0]))))
    # A verb is needed: "Alex here" and "Alex, the one from climbing" one says of oneself, "Alex!" to another.
    does = rf"(?:{names})(?:['’]s [^\W\d_]+ {_VERB}\b| (?:also |just |currently |probably )?{_VERB}\b|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
    begins = r"(?:[^\W\d_]{2,10},? )?"
    plan = r"(?:I(?:['’]ll| will| can| should|['’]d| would)|Let['’]s|We) (?:say|reply|answer|respond|accept|agree|decline|go with)\b[^\n]{0,40}?[ ,](?:(?:since|because|as) )?"
    asks = r"[^\n]{0,80}?\b(?:if|whether|know|knows) "
    return re.compile(rf"\W{{0,3}}(?:{begins}|{plan}|{asks}){does}")


def of_owner(owner: str) -> str:
    """A pattern of what begins with the owner in the third person."""
    names = "|".join(map(re.escape, dict.fromkeys((owner, owner.split()[0]))))
    return _OF_OWNER.replace("OWNER", names)


@lru_cache(maxsize=16)
def _paragraphs(owner: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    of = of_owner(owner)
    names = "|".join(map(re.escape, dict.fromkeys((owner, owner.split()[0]))))
    does = rf"(?:{names}) (?:\w{{1,14}}s|would|could|might|will|should|can)\b"
    thought = (
        rf"(?:[^\n:：]{{1,30}}[:：]\s{{0,2}})?(?:(?:So|Okay|Because|Since|Well|Also|And|First|Now),? )?{of}"
    )
    return (
        re.compile(
            rf"\A\W{{0,3}}(?:{thought}|{_KNOWN}|[^\n]{{1,{_LONGEST}}}?\b{does})[^\n]*\n[ \t]*\n|\A\[{of}[^\[\]\n]*\]\s*"
        ),
        re.compile(rf"\A\W{{0,3}}(?i:{_THINKS}|context|known|notes|what is known)[:：]\s{{0,2}}{of}[^\n]*\Z"),
    )
