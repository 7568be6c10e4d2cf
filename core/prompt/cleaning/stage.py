# ruff: noqa: E501 (a pattern is a line)
"""Stage directions, the fields of a form, and steps of a plan around a reply. Pure.

Each by a closed set: how something is to be said ("(short, dry)"), what is looked at before ("*checks calendar*"),
which field it is ("Tone: dry"). What is not in it is the owner's own.
"""

import re

_BRACKETS = r"(?:\((?P<round>[^()\n]{2,60})\)|\[(?P<square>[^\[\]\n]{2,60})\]|（(?P<wide>[^（）\n]{2,60})）|\*{1,2}(?P<stars>[^*\n]{2,60})\*{1,2}|_(?P<line>[^_\n]{2,60})_|~(?P<waves>[^~\n]{2,60})~|<(?P<angles>[a-z]{3,12} [^<>\n]{2,40})>)"
_FIRST = re.compile(rf"\A\s*{_BRACKETS}\s?:?\s*(?P<rest>[\s\S]*)\Z")
_LAST = re.compile(rf"(?<=\S)\s*\n\s*{_BRACKETS}\s*\Z")
_MANNER = frozenset(
    """short dry brief casual warm friendly polite light simple neutral honest playful blunt terse informal formal quick cheerful relaxed soft gentle calm concise serious sarcastic
    casually warmly briefly dryly politely playfully quickly smiling laughing typing texting smirking pause pausing
    kurz trocken locker freundlich knapp herzlich höflich lässig court courte sec bref décontracté amical chaleureux breve seco seca corto informal amable amistoso amichevole caldo asciutto conciso curto amigável
    коротко сухо кратко дружелюбно тепло неформально krótko sucho przyjaźnie kort droog vriendelijk torrt vänligt kısa kuru samimi singkat santai
    简短 随意 友好 轻松 冷淡 短く 軽く 乾いた カジュアル 親しげに 짧게 건조하게 가볍게 친근하게""".split()  # noqa: SIM905 (a list of words reads better)
)
_LINKING = frozenset(
    """and but very quite a an in tone style voice manner message reply with keeping it the back after moment und aber sehr im ton stil et mais ton très y pero tono muy e ma molto и но тон очень i ale en maar toon och men ve""".split()  # noqa: SIM905
)
_LOOKED_AT = re.compile(
    r"\b(?:calendar|schedule|phone|planner|diary|agenda|watch|clock|notes|screen|keyboard|messages|kalender|terminplaner|handy|smartphone|agenda|téléphone|montre|calendario|teléfono|celular|calendário|telefone|telefono|orologio|"
    r"telefon\w{0,3}|zegarek|takvim\w{0,2}|almanak|kalendarz\w{0,2}|календар\w{0,3}|телефон\w{0,3}|часы)\b|日历|日程|手机|カレンダー|スマホ|予定|달력|휴대폰|핸드폰|일정|تقويم|هاتف|कैलेंडर",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r"\A(?:\w{1,20} )?(?:checks?|checking|looks? at|looking at|opens?|opening|glances?(?: at)?|scrolls?|consults?|pulls? (?:up|out)|picks? up|grabs?|taps?|types?|typing|smiles|pauses|thinks|schaut|guckt|blickt|prüft|checkt|greift|nimmt|regarde|consulte|vérifie|prend|ouvre|mira|revisa|consulta|"
    r"abre|olha|verifica|pega|guarda|controlla|prende|смотрит|проверяет|берёт|берет|открывает|sprawdza|patrzy|bierze|bakar|bakıyor|kontrol|kijkt|checkt|pakt|tittar|kollar|kigger|看|查|拿|翻|melihat|mengecek)|(?:を見る|を確認|をチェック|見て|보며|확인|본다)",
    re.IGNORECASE,
)
_ACTS_ALONE = re.compile(
    r"\A(?:typing|types|texting(?: back)?|texts back|smiles|smiling|pauses|pausing|after a (?:short |brief |moment's )?pause|a pause|beat)(?: and \w{3,12})?(?:\.{3}|…)?\Z",
    re.IGNORECASE,
)
# As a story tells it, in the third person; "*hugs*" and "(笑)" people write themselves.
_ACTED_LAST = re.compile(
    r"(?<=\S)\s+(?:\*{1,2}|_|\(|\[|（)(?:he |she |they )?(?:gently |softly |slightly |warmly )?(?:smil(?:es|ing)|grin(?:s|ning)|smirk(?:s|ing)|wink(?:s|ing)|nod(?:s|ding)|chuckl(?:es|ing)|typ(?:es|ing)|text(?:s|ing)|send(?:s|ing)|lächelt|lächelnd|grinst|zwinkert|nickt|sourit|souriant|sonríe|sonriendo|sorride|sorridendo|sorri|sorrindo|улыбается|улыбаясь|кивает|подмигивает|uśmiecha się|glimlacht|ler|gülümser|gülümsüyor|tersenyum|mỉm cười|微笑|微笑む|微笑んで|미소|يبتسم|मुस्कुराता है)"
    r"(?: (?:and \w{3,12}|back|softly|warmly|message|the message|reply|text|it))?(?:\.{3}|…)?(?:\*{1,2}|_|\)|\]|）)\s*\Z",
    re.IGNORECASE,
)
_FIELD = (
    r"(?:Reason(?:ing)?|Rationale|Justification|Why(?: this works)?|Based on|Tone|Style|Mood|Emotion|Intent|Intention|Plan|Goal|Strategy|Approach|Context|Language|Format|Length|Words|Audience|Persona|Confidence|Sentiment|Thoughts?|Voice|Register|"
    r"Grund|Begründung|Ton(?:fall)?|Stil|Stimmung|Absicht|Sprache|Länge|Raison|Justification|Style|Humeur|Langue|Motivo|Razón|Tono|Estilo|Idioma|Intención|Tom|Razão|Intenção|Ragione|Stile|Umore|Lingua|"
    r"Причина|Обоснование|Тон|Стиль|Язык|Цель|Powód|Styl|Język|Reden|Toon|Stijl|Taal|Neden|Üslup|Ton|Skäl|Stil|Alasan|Gaya|"
    r"语气|語氣|理由|原因|风格|風格|语言|意图|トーン|口調|理由|文体|意図|이유|말투|어조|톤|의도|السبب|النبرة|الأسلوب|कारण|लहजा)"
)
_FIELD_LINE = rf"[*_\-•(\[]{{0,3}} ?[*_]{{0,2}}{_FIELD}[*_]{{0,3}}\s?[:：][^\n]*"
_FIELDS_FIRST = re.compile(rf"\A(?:{_FIELD_LINE}(?:\n\s*+|\Z))++")
_FIELDS_LAST = re.compile(rf"(?<=[^\s:：])(?:[ \t]{{0,4}}\n\s*+{_FIELD_LINE})++\s*\Z")
_OF_THE_WORLD = re.compile(
    r"\W{0,5}(?:Plan|Goal|Mood|Context|Strategy|Approach|Language|Format|Length|Words)\b"
)
"""Alone these are said of anything."""
_STEP = r"(?:(?:Step|STEP|Schritt|Étape|Paso|Passo|Шаг|Krok|Stap|Steg|Trin|Adım|Langkah|Bước) ?\d{1,2}|(?:步骤|步驟|ステップ|手順) ?[\d一二三四五]|第[一二三四五\d]步|\d단계|الخطوة \d|चरण \d)"
_STEPS = re.compile(rf"\A(?:[*_#-]{{0,4}} ?[*_]{{0,2}}{_STEP}[*_]{{0,3}}\s?[:：.)][^\n]*+(?:\n|\Z)\s*+)++")
_STEP_REPLIES = re.compile(
    r"[:：.)] ?(?:reply|respond|answer|write|send|antworten?|répondre|responder|rispondere|ответить|回复|返信|답장)[*_]{0,2}\s?[:：] ?(?P<text>[^\n]+)\Z",
    re.IGNORECASE,
)


def without_stage(text: str) -> str:
    """Without what is said of how to say it, before and behind; empty where nothing else is said."""
    steps = _STEPS.match(text)
    if steps:
        last = _STEP_REPLIES.search(steps.group().rstrip())
        return last["text"] if last else text[steps.end() :].strip()
    fields = _FIELDS_FIRST.match(text)
    if fields and not (fields.end() == len(text) and _OF_THE_WORLD.match(text)):
        text = text[fields.end() :]
    text = _FIELDS_LAST.sub("", text).strip()
    first = _FIRST.match(text)
    if first and _is_direction(first):
        text = first["rest"].strip()
    text = _ACTED_LAST.sub("", text)
    last = _LAST.search(text)
    return text[: last.start()].rstrip() if last and _is_direction(last) else text


def _is_direction(match: re.Match[str]) -> bool:
    names = ("round", "square", "wide", "stars", "line", "waves", "angles")
    inner = next(part for name in names if (part := match[name])).strip(" *_.…")
    if _ACTS_ALONE.match(inner) or (_LOOKED_AT.search(inner) and _ACTS.search(inner)):
        return True
    words = re.findall(r"[^\W\d_]+", inner.casefold())
    return (
        bool(words)
        and words[0] not in _LINKING - {"in", "im", "keeping"}
        and set(words) <= _MANNER | _LINKING
        and not _MANNER.isdisjoint(words)
    )
