# ruff: noqa: E501 (what is not Latin counts double)
"""What a model says of its reply behind it, and the further replies that it offers. Pure."""

import re

_ABOUT = (
    r"\b(?:repl(?:y|ies)|responses?|the message|this message|tone|draft|persona|character|style|casual|"
    r"sentences?|instructions?|prompt|the user|rephras|adjust|tweak|concise|brief|an ai)\b"
)
_WORD = (
    r"(?:Notes?|NOTE|N\.B\.|NB|Remarque|Note de l'auteur|Anmerkung|Hinweis|Nota|Примечание|Заметка|Uwaga|Not|"
    r"Opmerking|Обратите внимание|ملاحظة|توجه|टिप्पणी|注意|注|备注|備註|說明|说明|補足|注記|참고|주의|메모|Observação|"
    r"Explanation|Context|Translation)"
)
_HEADING = (
    r"(?:Explanation|Rationale|Reasoning|Why this works|Translation|Breakdown|Analysis|Word count|"
    r"Character count|Tone|Style notes|Keep in mind|Disclaimer|Begründung|Erklärung|Explication|Explicación|Spiegazione|Пояснение|"
    r"解释|解釋|解説|설명)"
)
_NOTES = (
    rf"[(\[（【*_]{{1,4}}\s?{_WORD}\s?[:：][\s\S]*\Z",
    # In plain words it may be the owner's own note: it goes where it speaks of the reply.
    rf"\n\W{{0,6}}{_WORD}\s?[:：]\*{{0,3}}\s(?=[^\n]{{0,200}}?{_ABOUT})[\s\S]*\Z",
    rf"\n\W{{0,6}}{_HEADING}\W{{0,3}}[:：][\s\S]*\Z",
    (
        r"[*_]{0,2}[(\[]\s?(?:note|this|i|the|kept|keeping|written|as)\b"
        rf"[^()\[\]\n]{{0,200}}?{_ABOUT}[^()\[\]\n]{{0,200}}[)\]]\W{{0,6}}\Z"
    ),
    (
        r"[(\[]\s?(?:end of (?:reply|message|response)|(?:word count: )?\d+ (?:words|characters|sentences)|word count: \d+)"
        r"\s?[)\]]\W{0,6}\Z"
    ),
    (
        r"[*_]{0,2}[(\[](?:short|casual|friendly|informal|brief)(?:,? (?:and )?(?:short|casual|friendly|tone|informal|brief|style)){1,4}"
        r"[)\]][*_]{0,2}\Z"
    ),
    r"\n(?:Confidence|Word count): ?[\d.]{1,6}%?\Z",
    # Why something is not said is what must not be said.
    (
        r"(?:[(\[]|\n[ \t]{0,3}\n)I(?:['’]ve| have)? (?:left out|omitted|did not mention|didn['’]t mention|"
        r"(?:chose|decided|avoided|made sure|was careful) (?:not to |to not )?mention(?:ing)?)\b[\s\S]*\Z"
    ),
    r"\n[ \t]{0,4}※[\s\S]*\Z",
    r"<!--(?:(?!-->)[\s\S]){0,400}-->\s{0,9}\Z",
)
_NOTE = re.compile("|".join(_NOTES))
_OFFERS = (
    (
        r"(?:(?<=[.!?…\"”»)])[ \t]?|\n)\s?"
        r"(?:(?:please )?let me know|feel free|would you like|do you want me|shall i|should i|i can also|i could also|"
        r"if you(?:['’]d| would)? (?:like|want|prefer|need))\b[^\n]{0,120}?"
        r"(?:\badjust|\btweak|\brephras|\breword|\brewrit|\brevis|\bversion|\bedits?\b|\bmodif|\bshorten|"
        r"\bdifferent tone|\banother (?:reply|response|option|draft)|\bthe tone|\bmake it (?:more|less|sound)|"
        r"\bmore (?:formal|casual)|\bmake (?:any )?changes|\bto your liking)[\s\S]*\Z"
    ),
    (
        r"\n\W{0,6}(?:this|the|i hope this|i kept|i['’]ve kept|i have kept|i tried) (?:reply|response|message|draft|works|keeps|helps|it)\b"
        r"[^\n]{0,60}?\b(?:keeps?|is|maintains|matches|reflects|captures|uses|shows|acknowledges|responds|short|casual|"
        r"fits|helps|works|tone|style|character)\b[\s\S]*\Z"
    ),
    (
        r"\n\W{0,6}(?:Lass(?:en Sie)? mich wissen|Sag(?:en Sie)? (?:mir )?Bescheid)"
        r"[^\n]{0,80}?(?:anpass|änder|formulier|umschreib)[\s\S]*\Z"
    ),
    r"\n\W{0,6}is there anything else i can (?:help|assist|do)[\s\S]*\Z",
    r"\n\W{0,6}(?:Faites-moi savoir|N'hésitez pas|Dis-moi)[^\n]{0,80}?(?:modifi|ajust|chang|reformul)[\s\S]*\Z",
    r"\n\W{0,6}(?:Déjame saber|Avísame|Dime si|Házmelo saber)[^\n]{0,80}?(?:ajust|cambi|modifi|versi)[\s\S]*\Z",
    (
        r"\n\W{0,6}(?:Дай(?:те)? знать|Если (?:нужно|хотите|хочешь))"
        r"[^\n]{0,80}?(?:измен|поправ|переписа|адаптир|вариант)[\s\S]*\Z"
    ),
    r"\n\W{0,6}(?:如果(?:你|您)?(?:需要|想|觉得)|需要我|是否需要|要不要我)[^\n]{0,80}?(?:调整|修改|改|版本|语气|調整)[\s\S]*\Z",
    r"\n\W{0,6}[^\n]{0,80}?(?:調整|修正|変更)[^\n]{0,80}?(?:お知らせ|言って|ください)[\s\S]*\Z",
    r"\n\W{0,6}[^\n]{0,80}?(?:수정|조정)[^\n]{0,80}?(?:말씀|알려)[\s\S]*\Z",
)
_OFFER = re.compile("|".join(_OFFERS), re.IGNORECASE)
_RULE = re.compile(r"^[ \t]{0,3}(?:[-*_=—–][ \t]?){3,}+[ \t]*+$", re.MULTILINE)
_OPTION = (
    r"\W{0,4}?(?:(?:Option|Version|Alternative|Variant|Variante|Opción|Opção|Opzione|Opcja|Вариант|Reply|Response|"
    r"Choice|Draft|Suggestion|Möglichkeit)\s*\(?(?:\d|[A-D]\b|#\d|one|two|three)\)?|"
    r"(?:选项|方案|版本|回复)\s*[\d一二三ABC]|(?:案|例|オプション)\s*\d|옵션\s*\d|"
    r"(?<=\*\*)(?:Casual|Formal|Friendly|Short|Long|Polite|Playful)(?=:))"
    r"(?:\s?\([^()\n]{0,40}\))?\*{0,3}\s?[:：.)\-–—][*_\s]{0,6}"
)
_FIRST_OPTION = re.compile(rf"\A{_OPTION}")
_NEXT_OPTION = re.compile(
    rf"\n{_OPTION}|\n\W{{0,5}}(?:Or|OR|Alternatively|Oder|Ou|Или|或者|または)\b[^\n:：]{{0,60}}[:：]|"
    r"\n[ \t]{0,3}\n\W{0,3}(?:or|Or)\W{0,3}\n|\n\W{0,3}OR\W{0,3}\n"
)


def without_notes(text: str) -> str:
    """Without what a model says of its reply behind it."""
    parts = [part.strip() for part in _RULE.split(text)]
    text = next((part for part in parts if part), "")
    return _OFFER.sub("", _NOTE.sub("", text)).strip()


def first_alternative(text: str) -> str:
    """The first of several replies to choose from."""
    return _FIRST_OPTION.sub("", _NEXT_OPTION.split(text, maxsplit=1)[0])
