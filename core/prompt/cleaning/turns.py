# ruff: noqa: E501 (what is not Latin counts double)
"""Where somebody else's turn, or what they do, begins behind a reply without a line's label: by known names. Pure."""

import re
from functools import lru_cache

from core.lookalikes import COLONS
from core.prompt.cleaning.plain_labels import ACTED

_COLON = f"[:{COLONS}]"
_TELLING = frozenset(
    """to tell told telling ask asked asking asks from with for and or as by of like say said says saying about call called text texted message dm cc via re dear hi hey hello thanks thank ok okay no yes
    mit von für und oder an sag sagt frag hallo à avec de pour et ou chez dis dit bonjour salut a con para y o di da per e dice dile hola ciao к от с для и или у скажи сказал привет do od z dla i lub cześć en aan van met voor zeg
    och till från med og til fra ve ile için untuk dari dengan dan với cho từ và của 给 跟 和 对 问 告诉 と に から""".split()  # noqa: SIM905 (a list of words reads better)
)
"""What one says to somebody or about them ends with one of these before the name."""
_TELLS = re.compile(
    r"\b(?:tell|told|ask|asked|sag|sagt|frag|dis|dites|demande|dile|dice|diga|dille|chiedi|скажи|передай|спроси|powiedz|zapytaj|zeg|vraag|säg|söyle|bilang|nói)\b[^\n]{0,24}\Z|(?:告诉|告訴|转告|传给|问|伝え|聞い|말해|물어|전해)[^\n]{0,6}\Z",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(
    r"\W{0,3}(?:who|what|which|where|when|how|wer|was|welche|wo|wann|qui|que|quoi|où|quand|quién|qué|dónde|chi|cosa|dove|quem|кто|что|где|когда|kto|co|gdzie|wie|wat|waar|vem|vad|kim|ne|siapa|apa|ai)(?:['’]s|s)?\b|[^\n]{0,12}(?:谁|誰|什么|何|누가|무엇)",
    re.IGNORECASE,
)
_NEXT_IN_A_LIST = re.compile(rf"[,;|/，、]\s?\w{{1,20}}{_COLON}\s")
_WORD = re.compile(r"[\u0e00-\u0eff]{3}|[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_FEWEST_WORDS = 3
"""Of fewer, a name behind them is called: "ok Sam: deal"."""
_ACTS = "|".join(sorted((*ACTED, "chuckles", "is typing", "lacht", "lächelt", "nickt", "grinst", "rit", "sourit", "ríe", "se ríe", "sonríe", "ride", "sorride", "ri", "sorri", "смеётся", "смеется", "улыбается", "кивает", "śmieje się", "uśmiecha się", "lacht", "glimlacht", "skrattar", "ler", "güler", "gülümser", "tertawa", "tersenyum", "cười", "笑", "笑了", "微笑", "笑う", "웃는다", "يضحك", "हंसता है"), key=len, reverse=True))  # fmt: skip


@lru_cache(maxsize=64)
def _patterns(
    own: str, strangers: str
) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    anybody = f"{own}|{strangers}"
    surname = r"(?: (?-i:[^\W\d_a-z][\w’'-]{1,20}))?"
    acts = r"(?: |(?=[\u3040-\u9fff\uac00-\ud7af]))"
    return (
        re.compile(
            rf"(?<=[^\s:])[ \t]+(?P<mark>[*_]{{1,3}}|[\[<(])?(?P<who>{anybody}){surname}[*_\]>)]{{0,3}}\s?(?:{_COLON}[*_]{{0,3}}\s+|[{COLONS}][*_]{{0,3}})(?=\S)",
            re.IGNORECASE,
        ),
        re.compile(
            rf"(?<=\S)[ \t]*\n\s*(?:{strangers}){surname}[ \t]*\n\s*(?!(?:{anybody})[ \t]*(?:\n|\Z))(?=\S)"
        ),
        re.compile(
            rf"(?<=\S)\s*(?:\[(?:{anybody}){surname}{acts}[^\[\]\n:]{{1,60}}\]|【(?:{anybody})[^【】\n:：]{{1,60}}】|\s\*{{1,2}}(?:{anybody}){surname}{acts}[^*\n:.!?]{{1,60}}\*{{1,2}}|\s_(?:{anybody}) [^_\n:.!?]{{1,60}}_|"
            rf"\s?[(（](?:{anybody}) ?(?:{_ACTS})(?![^\W_])[^()（）\n]{{0,40}}[)）]|\n\s*(?:{strangers}) (?:{_ACTS})\b[^\n]{{0,40}})\s*(?:\n[\s\S]*)?\Z",
            re.IGNORECASE,
        ),
        re.compile(
            rf"(?<=\S)[ \t]*\n\s*(?:@(?:{strangers}){surname}\s?{_COLON}|(?:{strangers}){surname}(?:\s?[>»⟩➤›▸▶]|\s[|│])\s)",
            re.IGNORECASE,
        ),
    )


def before_turn(text: str, own: str, strangers: str) -> str:
    """The text up to where a known name says or does something; `own` and `strangers` are patterns of names."""
    within, above, acts, marked = _patterns(own, strangers)
    text = acts.sub("", text, count=1)
    ends = [match.start() for match in marked.finditer(text)]
    ends += [match.start() for match in above.finditer(text) if not _presents(text[: match.start()])]
    ends += [match.start() for match in within.finditer(text) if _speaks(match, own)]
    return text[: min(ends)].rstrip() if ends else text


def _presents(before: str) -> bool:
    """Whether what follows was asked for, or is listed."""
    return before.rstrip("*_ \n").endswith((":", "：", "?", "？", "؟")) or not before.strip()


def _speaks(match: re.Match[str], own: str) -> bool:
    """Whether a name within a line, before a colon, speaks: it is not told, called, or one of a list."""
    text, who = match.string, match["who"]
    before = text[: match.start()]
    line = before.rpartition("\n")[2]
    words = _WORD.findall(line)
    if len(words) < _FEWEST_WORDS or words[-1].casefold() in _TELLING or before.endswith((",", "，", "、")):
        return False
    if (
        _presents(before)
        or _TELLS.search(line)
        or _ASKS_WHO.match(line)
        or not (match["mark"] or not who.islower())
    ):
        return False
    behind = text[match.end() :].partition("\n")[0]
    return bool(re.search(rf"\s(?:{own}){_COLON}", behind, re.IGNORECASE)) or not _NEXT_IN_A_LIST.search(
        behind
    )
