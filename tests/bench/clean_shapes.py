"""What is kept of the shapes that models are known to write, and of what people write to each other."""

import re
import sys
from collections.abc import Collection, Sequence

from core.prompt.cleaning import clean
from core.prompt.signs import visible
from tests.bench.report import IRC, arguments, figure, irc_lines
from tests.shapes import CLEAN, OTHERS, OWNER_LABEL, SENTENCES, SHAPES

SHOWN = 10
"""Changed texts that are printed to standard error, to be read by eye."""
ADDRESS = re.compile(r"\s*(?P<who>[^\s:,]+)\s?[:,]\s+(?=\S)")


def _changed(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Texts, and what became of them, where the whole of each may stay."""
    kept = ((text, clean(text, OWNER_LABEL, OTHERS, most)) for text in texts for most in (len(text) + 1,))
    return [(text, rest) for text, rest in kept if rest != " ".join(visible(text).split(" ")).strip()]


def _without_address(text: str, authors: Collection[str]) -> str:
    """Whoever is spoken to there is named before a colon, as elsewhere who speaks."""
    match = ADDRESS.match(text)
    return text[match.end() :] if match and match["who"].casefold() in authors else text


def main() -> None:
    """Print the figures."""
    options = arguments(__doc__ or "").parse_args()
    right = [
        clean(shape.raw, OWNER_LABEL, OTHERS, SENTENCES, cut_off=shape.cut_off) == (shape.reply or "")
        for shape in SHAPES
    ]
    figure("clean_shapes", sum(right) / len(right), "share", 1.0, at_least=True)
    figure("clean_shapes_count", len(right), "shapes")
    figure("clean_replies_changed", len(_changed(CLEAN)) / len(CLEAN), "share", 0.0)
    if IRC.exists():
        said = list(irc_lines(50_000 if options.full else 10_000))
        authors = {author.casefold() for _, author, _ in said}
        lines = [_without_address(text, authors) for _, _, text in said]
        changed = _changed(lines)
        figure("clean_irc_changed", len(changed) / len(lines), "share")
        for text, rest in changed[:SHOWN]:
            sys.stderr.write(f"{text!r} -> {rest!r}\n")


if __name__ == "__main__":
    main()
