"""Signs that look alike, folded to one: so that a name or a token cannot come in another's letters. Pure.

What Unicode decomposes, and what it names as a letter "with" something (`ʋ`, LATIN SMALL LETTER V WITH HOOK),
is read from its own tables. The rest is written by hand after the pairs of Unicode Technical Standard 39,
Security Mechanisms, section 4, whose targets are a to z and 0 to 9: of Latin, Greek, Cyrillic, Armenian,
Cherokee, Coptic, Lisu, Canadian syllabics and rarer scripts. Rounder than it on purpose: Greek `σ` is an o.
"""

import re
import unicodedata
from functools import lru_cache

_DRAWN_LIKE = {
    "a": "ɑαаᎪᗅᴀ⍺ꓮ𐊠",
    "b": "ƅβвьᏏᏴᖯᗷᵬⲃꓐꞵ𐊂𐊡",
    "c": "ϲсᏟᴄⲥꓚ𐊢",
    "d": "ðԁᎠᏧᑯᗞᗪꓓ",
    "e": "εеєᥱҽᎬ℮ⲉⴹꓰ𐊆",
    "f": "ϝᖴẝꓝꞙ𐊇",
    "g": "ɡɢԍցᎶᏀᶃꓖ",
    "h": "ʜнһհᎻᏂᕼⲏꓧ𐋏",
    "i": "ıɩɪιіᎥ⍳ꙇ",
    "j": "ϳјᎫᒍꓙ",
    "k": "κкᏦᴋⲕꓗ",
    "l": "ʟӏןᏞᒪⳑⵏꓡꓲⲓ",
    "m": "ϻмᎷᗰᴍⲙꓟ",
    "n": "ηɴпոռⲛꓠ",
    "o": "οоσօס०০੦૦௦౦೦൦๐໐ဝ၀᱐ᴏⲟⵔ〇ꓳ",
    "p": "ƿρрᏢᑭᴩ⍴ⲣꓑ",
    "q": "ԛգզⴍⵕ",
    "r": "ɼʀгᏒᖇᴦⲅꓣꭇꭈ",
    "s": "ѕʂᏕᏚꓢꜱ",
    "t": "τтᎢᴛ⊤⟙ⲧꓔ",
    "u": "υսцᑌᴜ∪⋃ꓴꭎꭒ",
    "v": "ʋνѵטᏙᐯᴠ∨⋁ꓦ",
    "w": "ωɯшѡԝաᎳᴡꓪ",
    "x": "×χхᕁ᙭᙮⤫⤬⨯ⲭⵝꓫ",
    "y": "ʏγуүყᎩᎽỿⲩꓬ",
    "z": "ζᏃᴢⲍꓜ",
    "ae": "æӕ",
    "oe": "œ",
    "1": "١۱",
    "2": "ƨϩᒿ",
    "3": "ȝʒзӡᴣⳍꝫ",
    "4": "Ꮞ",
    "5": "ƽ",
    "6": "бᏮⳓ",
    "8": "ȣ৪੪ଃ",
    "9": "৭੧૭୨ⳋꝯ",
    "|": "|¦∣│┃ǀ❘❙︱",
    "<": "‹〈⟨❮˂＜﹤ᐸ",
    ">": "›〉⟩❯˃＞﹥ᐳ",
}
_SAME = {sign: look for look, signs in _DRAWN_LIKE.items() for sign in signs}
_ALSO = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o", "5": "s"})
"""In many typefaces."""
_WITH = re.compile(r"((?:LATIN|CYRILLIC|GREEK|ARMENIAN) SMALL LETTER [A-Z ]+?) WITH ")
_UNSEEN = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""What is drawn as nothing, and is yet no control character."""
COLONS = "：﹕︓︰∶꞉ːˑ˸ꓽ։׃܃܄᛬᠃᠄᠉⁚⁝⋮⦂⫶፡፥፦⠆⠇⸬︙៖᭝꛴𐩒𒑱𒑲"
"""What is drawn like a colon, of any script; beside them the visarga, which ends words of Indic ones."""
_COLON = re.compile(
    f"[{COLONS}]|(?<![\u0900-\u0dff])[\u0903\u0983\u0a03\u0a83\u0b03\u0b83\u0c03\u0c83\u0d03]"
)


def has_unseen(text: str) -> bool:
    """Whether a text holds what is drawn as nothing, and is yet no control character."""
    return bool(_UNSEEN.search(text))


def without_colons(name: str) -> str:
    """A name in which nothing else looks like a colon, a blank in its place."""
    return _COLON.sub(" ", name)


@lru_cache(maxsize=4096)
def folded(sign: str) -> str:
    """What one sign looks like: in compatibility form, without accents, in small Latin letters."""
    if sign in _SAME:
        return _SAME[sign]
    plain = unicodedata.normalize("NFKD", sign).casefold()
    bare = "".join(part for part in plain if not unicodedata.combining(part))
    looks = "".join(_SAME.get(part) or _without_hooks(part) for part in bare)
    # `ẜ` without its stroke is a `ſ`, and that an `s`.
    return looks if looks in (sign, plain) else "".join(map(folded, looks))


def _without_hooks(letter: str) -> str:
    """`ø`, LATIN SMALL LETTER O WITH STROKE, is an `o`."""
    base = _WITH.match(unicodedata.name(letter, ""))
    if letter.isascii() or base is None:
        return letter
    try:
        plain = unicodedata.lookup(base[1])
    except KeyError:
        return letter
    return _SAME.get(plain, plain)


def likeness(name: str) -> str:
    """A name as the eye takes it: two names of one likeness would be taken for each other."""
    looks = "".join(folded(sign) for sign in _UNSEEN.sub("", name))
    return "".join(sign for sign in looks if sign.isprintable())


def skeleton(name: str) -> str:
    """As `likeness`, whatever stands between the letters, and where the typeface tells few apart."""
    return "".join(sign for sign in likeness(name) if sign.isalnum() or sign == "|").translate(_ALSO)
