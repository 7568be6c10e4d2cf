# ruff: noqa: E501 (what is not Latin counts double)
"""What a model says of its reply behind it, and the further replies that it offers. Pure."""

import re

_ABOUT = (
    r"\b(?:repl(?:y|ies)|responses?|the message|this message|tone|draft|persona|character|style|casual|"
    r"sentences?|instructions?|prompt|the user|rephras|adjust|tweak|concise|brief)\b"
)
_WORD = (
    r"(?:Notes?|NOTE|N\.B\.|NB|Remarque|Note de l'auteur|Anmerkung|Hinweis|Nota|Примечание|Заметка|Uwaga|Not|"
    r"Opmerking|Обратите внимание|ملاحظة|توجه|टिप्पणी|注意|注|备注|備註|說明|说明|補足|注記|참고|주의|메모|Disclaimer|"
    r"Explanation|Context|Translation)"
)
_HEADING = (
    r"(?:Explanation|Rationale|Reasoning|Why this works|Translation|Breakdown|Analysis|Word count|"
    r"Character count|Tone|Style notes|Begründung|Erklärung|Explication|Explicación|Spiegazione|Пояснение|"
    r"解释|解釋|解説|설명)"
)
_NOTES = (
    rf"\s*[(\[（【*_]+\s*{_WORD}\s*[:：][\s\S]*\Z",
    # In plain words it may be the owner's own note: it goes where it speaks of the reply.
    rf"\n+\W*{_WORD}\s*[:：]\**\s(?=[^\n]*{_ABOUT})[\s\S]*\Z",
    rf"\n+\W*{_HEADING}\W{{0,3}}[:：][\s\S]*\Z",
    (
        r"\s*[(\[]\s*(?:note|this|i|the|kept|keeping|written|as)\b"
        rf"[^()\[\]\n]{{0,200}}{_ABOUT}[^()\[\]\n]*[)\]]\W*\Z"
    ),
    r"\s*[(\[]\s*(?:end of (?:reply|message|response)|\d+ (?:words|characters|sentences))\s*[)\]]\W*\Z",
)
_NOTE = re.compile("|".join(_NOTES))
_OFFERS = (
    (
        r"(?:(?<=[.!?…\n\"”»)])|\n)\s*"
        r"(?:(?:please )?let me know|feel free|would you like|do you want me|shall i|should i|i can also|i could also|"
        r"if you(?:['’]d| would)? (?:like|want|prefer|need))\b[^\n]{0,120}?"
        r"(?:\badjust|\btweak|\brephras|\breword|\brewrit|\brevis|\bversion|\bedits?\b|\bmodif|\bshorten|"
        r"\bdifferent tone|\banother (?:reply|response|option|draft)|\bthe tone|\bmake it (?:more|less|sound)|"
        r"\bmore (?:formal|casual)|\bmake (?:any )?changes)[\s\S]*\Z"
    ),
    (
        r"\n+\W*(?:this|the|i hope this|i kept|i tried) (?:reply|response|message|draft|works|keeps|helps|it)\b"
        r"[^\n]{0,60}?\b(?:keeps?|is|maintains|matches|reflects|captures|uses|shows|acknowledges|responds|short|casual|"
        r"fits|helps|works|tone|style|character)\b[\s\S]*\Z"
    ),
    (
        r"\n+\W*(?:Lass(?:en Sie)? mich wissen|Sag(?:en Sie)? (?:mir )?Bescheid)"
        r"[^\n]*(?:anpass|änder|formulier|umschreib)[\s\S]*\Z"
    ),
    r"\n+\W*(?:Faites-moi savoir|N'hésitez pas|Dis-moi)[^\n]*(?:modifi|ajust|chang|reformul)[\s\S]*\Z",
    r"\n+\W*(?:Déjame saber|Avísame|Dime si|Házmelo saber)[^\n]*(?:ajust|cambi|modifi|versi)[\s\S]*\Z",
    (
        r"\n+\W*(?:Дай(?:те)? знать|Если (?:нужно|хотите|хочешь))"
        r"[^\n]*(?:измен|поправ|переписа|адаптир|вариант)[\s\S]*\Z"
    ),
    r"\n+\W*(?:如果(?:你|您)?(?:需要|想|觉得)|需要我|是否需要|要不要我)[^\n]*(?:调整|修改|改|版本|语气|調整)[\s\S]*\Z",
    r"\n+\W*[^\n]*(?:調整|修正|変更)[^\n]*(?:お知らせ|言って|ください)[\s\S]*\Z",
    r"\n+\W*[^\n]*(?:수정|조정)[^\n]*(?:말씀|알려)[\s\S]*\Z",
)
_OFFER = re.compile("|".join(_OFFERS), re.IGNORECASE)
_RULE = re.compile(r"(?:\A|\n)\s*(?:[-*_=—–]\s?){3,}\s*(?:\n|\Z)")
_OPTION = (
    r"\W{0,4}(?:(?:Option|Version|Alternative|Variant|Variante|Opción|Opção|Opzione|Opcja|Вариант|Reply|Response|"
    r"Choice|Draft|Suggestion|Möglichkeit)\s*\(?(?:\d|[A-D]\b|#\d|one|two|three)\)?|"
    r"(?:选项|方案|版本|回复)\s*[\d一二三ABC]|(?:案|例|オプション)\s*\d|옵션\s*\d)"
    r"(?:\s*\([^()\n]*\))?\**\s*[:：.)\-–—][*_\s]*"
)
_FIRST_OPTION = re.compile(rf"\A{_OPTION}")
_NEXT_OPTION = re.compile(
    rf"\n+{_OPTION}|\n\s*\W{{0,3}}(?:Or|OR|Alternatively|Oder|Ou|Или|或者|または)\b[^\n:：]{{0,60}}[:：]|"
    r"\n\s*\n\W{0,3}(?:or|OR|Or)\W{0,3}\n"
)


def without_notes(text: str) -> str:
    """Without what a model says of its reply behind it."""
    rule = _RULE.search(text)
    while rule:
        before, after = text[: rule.start()].strip(), text[rule.end() :].strip()
        text = before or after
        rule = _RULE.search(text)
    return _OFFER.sub("", _NOTE.sub("", text)).strip()


def first_alternative(text: str) -> str:
    """The first of several replies to choose from."""
    return _FIRST_OPTION.sub("", _NEXT_OPTION.split(text, maxsplit=1)[0])
