"""Signs that look alike, folded to one: so that a name or a token cannot come in another's letters. Pure."""

import unicodedata

_SAME = {
    # Cyrillic
    **dict(zip("авеёѕіїјкмнорстухԁԛԝүһӏьӕ", "abeesiijkmhopctyxdqwyhlbæ", strict=True)),
    # Greek
    **dict(zip("αβγεζηικνορτυχωσς", "abyeznikvoptuxwoo", strict=True)),
    # Armenian, Cherokee's and Lisu's are rare; letters of Latin that only look otherwise
    **dict(zip("ոսօհցաıɩɑɡɴɪʀʟᴀᴇᴏᴜᴠᴡᴢꓮꓲ", "nuohgwiiagnirlaeouvwzai", strict=True)),
    **dict(zip("|¦∣│┃ǀ❘❙︱", "|||||||||", strict=True)),
    **dict(zip("‹〈⟨❮˂＜﹤", "<<<<<<<", strict=True)),
    **dict(zip("›〉⟩❯˃＞﹥", ">>>>>>>", strict=True)),
}
_ALSO = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o", "5": "s"})
"""In many typefaces."""


def folded(sign: str) -> str:
    """What one sign looks like: in compatibility form, without accents, in small Latin letters."""
    plain = unicodedata.normalize("NFKD", sign).casefold()
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return "".join(_SAME.get(one, one) for one in bare)


def skeleton(name: str) -> str:
    """Alike for names that a reader could take for each other."""
    looks = "".join(folded(sign) for sign in name)
    return "".join(one for one in looks if one.isalnum() or one == "|").translate(_ALSO)
