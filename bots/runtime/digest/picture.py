"""A digest's picture: what came in and what became of it, by day. The one place that knows Pillow.

For each day a bar of messages in, one of what was drafted, and one of what was decided, stacked. The
colours are Okabe and Ito's, told apart with any colour vision; a part has its number where there is room,
and each colour its sum above.
"""

import math
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from memory.reports.activity import Day

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 420, 426
SHARP = 3
"""Pixels across one of a phone's: everything below is measured in those."""
LEFT, RIGHT, TOP = 44, 20, 118
FLOOR = HEIGHT - 40
INK = "#222222"
LIGHT = (INK, "#dddddd", "#ffffff")
DARK = ("#e7ece6", "#3f4b44", "#2a342e")
"""Ink, lines and paper; the console's own in the dark."""
COLOURS = {
    "messages": "#999999",
    "drafted": "#56b4e9",
    "approved": "#009e73",
    "edited": "#e69f00",
    "rejected": "#d55e00",
    "alone": "#cc79a7",
}
LABELS = {
    "messages": "messages in",
    "drafted": "drafted",
    "approved": "approved as written",
    "edited": "edited",
    "rejected": "rejected",
    "alone": "sent on its own",
}
STACKED = ("approved", "edited", "rejected", "alone")
"""One bar, from below."""
READABLE = 13
"""Pixels that a number needs."""
LABEL = 46
"""Pixels that a day's name needs: where there is less room not every one has it, the last always."""


def draw(days: Sequence[Day], *, dark: bool = False) -> bytes:
    """A PNG of 1260 by 1278 pixels, as wide as a phone shows a picture."""
    from PIL import Image

    sheet = _Sheet(dark)
    image = Image.new("RGB", (WIDTH * SHARP, HEIGHT * SHARP), sheet.paper)
    sheet.begin(image)
    sheet.legend(days)
    sheet.grid(max(1, *(max(day.messages, day.drafted, _decided(day)) for day in days)) if days else 1)
    room = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    labelled = math.ceil(LABEL / room)
    for number, one in enumerate(days):
        middle = LEFT + room * (number + 0.5)
        sheet.day(one, middle, min(room / 4, 44))
        if (len(days) - 1 - number) % labelled == 0:
            sheet.label(one, middle)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


class _Sheet:
    def __init__(self, dark: bool) -> None:
        self.ink, self.pale, self.paper = DARK if dark else LIGHT
        self._unit = 1.0

    def begin(self, image: "Image") -> None:
        from PIL import ImageDraw, ImageFont

        self._canvas = ImageDraw.Draw(image)
        self._font = ImageFont.load_default(12 * SHARP)

    def legend(self, days: Sequence[Day]) -> None:
        """In two columns."""
        for number, (name, label) in enumerate(LABELS.items()):
            left, top = LEFT + number % 2 * 180, 16 + number // 2 * 26
            self._box((left, top, left + 14, top + 14), COLOURS[name])
            self._say((left + 22, top + 7), f"{label}: {sum(getattr(day, name) for day in days)}", "lm")

    def grid(self, top: int) -> None:
        """Lines for nothing, the half and the most."""
        self._unit = (FLOOR - TOP) / top
        for number in sorted({0, round(top / 2), top}):
            y = FLOOR - number * self._unit
            self._canvas.line([round(one * SHARP) for one in (LEFT, y, WIDTH - RIGHT, y)], self.pale, SHARP)
            self._say((LEFT - 8, y), str(number), "rm")

    def day(self, one: Day, middle: float, wide: float) -> None:
        """Its three bars."""
        for place, names in enumerate((("messages",), ("drafted",), STACKED)):
            base = float(FLOOR)
            for name in names:
                base = self._bar(middle + (place - 1.5) * wide, base, wide, getattr(one, name), name)

    def label(self, one: Day, middle: float) -> None:
        """Which day it is."""
        self._say((middle, FLOOR + 6), f"{one.day:%a}", "ma")
        self._say((middle, FLOOR + 20), f"{one.day:%-d %b}", "ma")

    def _bar(self, left: float, base: float, wide: float, number: int, name: str) -> float:
        """One part of a bar; where the next one stands."""
        height, gap = number * self._unit, min(2, wide / 6)
        if number:
            self._box((left + gap, base - height, left + wide - gap, base - 1), COLOURS[name])
            inside = height >= READABLE
            fits = self._font.getlength(str(number)) <= wide * SHARP
            if fits and (inside or name not in STACKED):
                y = base - height / 2 if inside else base - height - READABLE / 2
                self._say((left + wide / 2, y), str(number), "mm", INK if inside else self.ink)
        return base - height

    def _box(self, corners: tuple[float, float, float, float], colour: str) -> None:
        self._canvas.rectangle([round(corner * SHARP) for corner in corners], colour)

    def _say(self, at: tuple[float, float], text: str, anchor: str, ink: str = "") -> None:
        place = (round(at[0] * SHARP), round(at[1] * SHARP))
        self._canvas.text(place, text, ink or self.ink, self._font, anchor=anchor)


def _decided(one: Day) -> int:
    return sum(getattr(one, name) for name in STACKED)
