# ruff: noqa: E501 (what is not Latin counts double)
"""A head that says whose reply follows, to whom, or how: "As Alex:", "Reply to Sam:", "Something like:". Pure.

By its words: all of them are names of the chat, or of closed sets. It begins as headings do; in small letters
people say so too ("short answer: no").
"""

import re
from collections.abc import Collection
from itertools import pairwise

from core.lookalikes import COLONS
from core.prompt.cleaning.sounds import sounds_like

_HEAD = re.compile(
    rf"\A[*_#\s]{{0,6}}(?P<head>[^\n{COLONS}:.!?]{{2,50}}?)[*_]{{0,3}}\s?(?:[:{COLONS}][*_]{{0,3}}\s*|[*_]{{2}}\s*\n\s*)(?=\S)"
)
_AS_OWNER = re.compile(r"\A(?:As|Als|Como|Come|Jako) (?P<who>[^\s,]{1,20}(?: [^\s,]{1,20})?), (?=\S)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[\u0900-\u0dff]+|\d")
_TO = frozenset(
    """to for re replying responding an für à pour a para per к для dla aan voor till för för til için untuk kepada cho إلى على ل""".split()  # noqa: SIM905 (a list of words reads better)
)
_FROM = frozenset(
    """as from by speaking als von vom de d du en tant qu que comme como come da di do как от jako od van från som olarak sebagai dari từ من""".split()  # noqa: SIM905
)
_DATIVE = re.compile(r"\w['’]y?[ea]\Z")
_REPLIES = frozenset(
    """reply replying response responding message text texting draft speaking writing antwort nachricht entwurf réponse message brouillon respuesta mensaje borrador risposta messaggio
    bozza resposta mensagem rascunho ответ сообщение черновик odpowiedź wiadomość antwoord bericht svar meddelande yanıt cevap mesaj balasan jawaban pesan رد
    رسالة""".split()  # noqa: SIM905
)
_MANNER = frozenset(
    """my mine the a an your short quick brief possible suggested proposed casual friendly polite final revised simple better good best meine eine kurze mögliche ma une courte mi una breve
    minha uma curta la una""".split()  # noqa: SIM905
)
_LIKE = frozenset(
    """something like along the lines of this maybe perhaps probably say how about i'd say write reply answer go with so etwas wie ungefähr etwa in der art vielleicht
    quelque chose comme ça peut être dans le genre algo como así quizás talvez por el estilo qualcosa come così forse tipo что то вроде примерно так наверное coś w stylu może takiego jak
    zoiets als iets misschien şöyle böyle bir şey gibi något i stil med kanske som kira seperti begini ini شيء مثل كهذا कुछ ऐसा""".split()  # noqa: SIM905
)
_ALIKE = frozenset(
    """like lines wie art comme genre como así come così вроде примерно stylu takiego als zoiets şöyle böyle gibi stil som begini seperti مثل كهذا ऐसा""".split()  # noqa: SIM905
)
"""One of these is among them; "how about this: we meet at 8" has none."""
_VAGUE = frozenset(
    """something quelque algo qualcosa что coś etwas zoiets iets şey något kira شيء कुछ примерно""".split()  # noqa: SIM905
)
_UNDIVIDED = re.compile(
    r"(?:回复|回覆|答复|给|給|发给|致)NAME|(?:以|作为)?NAME(?:的)?(?:身份)?(?:回复|回覆|的回复)|(?:比如|例如|类似于?|大概(?:是)?这样|大致(?:如下|这样))|NAME(?:さん)?(?:へ|への返信|に(?:返信|返事))|NAMEとして|(?:例えば)?(?:こんな(?:感じ|ふう)(?:で|に)?|このような感じ)|"
    r"NAME(?:에게|한테|님에게|씨에게)(?: ?(?:답장|보내는 (?:답장|메시지)))?|NAME(?:로서|으로서)|(?:이런|이렇게|대략) ?(?:식으로|이런 식으로)?"
)


def without_head(text: str, owner: str, others: Collection[str]) -> str:
    """What follows such a head; the text where none stands there."""
    spoken = _AS_OWNER.match(text)
    if spoken and spoken["who"].casefold() in _parts((owner,)):
        return text[spoken.end() :]
    match = _HEAD.match(text)
    if match is None or not _presents(match["head"].strip(), owner, others):
        return text
    rest = text[match.end() :].lstrip()
    again = (_HEAD.match(line) for line in rest.split("\n"))
    # "To Sam: milk", "To Jo: rope" is a list.
    return text if any(one and _presents(one["head"].strip(), owner, others) for one in again) else rest


def _presents(head: str, owner: str, others: Collection[str]) -> bool:
    if head[0].islower() or not head[0].isalpha():
        return False
    names = (owner, *others)
    for name in sorted((form for one in names for form in (one, one.split()[0])), key=len, reverse=True):
        undivided = _UNDIVIDED.fullmatch(head.replace(name, "NAME").replace("NAME ", "NAME"))
        if undivided:
            return True
    words = [word.casefold() for word in _WORD.findall(head)]
    own, parts = _parts((owner,)), _parts(others)
    rest: set[str] = set()
    named = False
    for before, word in pairwise(("", *words)):
        if _is_name(word, own):
            named = True
        elif not _is_name(word, parts):
            rest.update(re.split("['’]", word))
        elif before in _TO or _is_name(before, parts) or _DATIVE.search(word):
            named = True
        else:
            # Of another: it is they who speak.
            return False
    if named and len(words) > 1:
        return rest <= _TO | _FROM | _REPLIES | _MANNER
    if rest & _REPLIES and len(words) > 1:
        return rest <= _REPLIES | _MANNER
    return bool(rest & _ALIKE and rest & _VAGUE) and rest <= _LIKE


def _parts(names: Collection[str]) -> frozenset[str]:
    return frozenset(part.casefold() for name in names for part in name.split())


def _is_name(word: str, parts: Collection[str]) -> bool:
    """Whether a word is one of the names, an ending more or less, or sounds like one in another script."""
    bare = re.sub(r"\A(?:d|qu)['’]", "", word).partition("'")[0].partition("’")[0]
    return any(
        bare == part
        or (bare.startswith(part) and len(bare) - len(part) < 3 and len(part) > 2)
        or sounds_like(bare, part)
        for part in parts
    )
