"""A digest's picture: what came in and what became of it, by day. The only door to Pillow.

For each day a bar of messages in, one of what was drafted, and one of what was decided, stacked. The
colours are Okabe and Ito's, told apart with any colour vision; a part has its number where there is room,
and each colour its sum above.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from memory.activity import Day

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 840, 400
LEFT, RIGHT, TOP, BOTTOM = 44, 20, 92, 40
INK, PALE, PAPER = "#222222", "#dddddd", "#ffffff"
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


def draw(days: Sequence[Day]) -> bytes:
    """A PNG of 840 by 400 pixels."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    canvas = ImageDraw.Draw(image)
    font = ImageFont.load_default(12)
    _legend(canvas, font, days)
    top = max(1, *(max(one.messages, one.drafted, _decided(one)) for one in days)) if days else 1
    unit = (HEIGHT - TOP - BOTTOM) / top
    floor = HEIGHT - BOTTOM
    _grid(canvas, font, top, unit)
    room = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    wide = min(room / 4, 44)
    for number, one in enumerate(days):
        middle = LEFT + room * (number + 0.5)
        for place, names in enumerate((("messages",), ("drafted",), STACKED)):
            left, base = middle + (place - 1.5) * wide, float(floor)
            for name in names:
                base = _bar(canvas, font, (left, base, wide), getattr(one, name), unit, name)
        canvas.text((middle, floor + 6), f"{one.day:%a}", INK, font, anchor="ma")
        canvas.text((middle, floor + 20), f"{one.day:%-d %b}", INK, font, anchor="ma")
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _bar(
    canvas: "ImageDraw", font: Any, at: tuple[float, float, float], number: int, unit: float, name: str
) -> float:
    """One part of a bar; where the next one stands."""
    left, base, wide = at
    height = number * unit
    if number:
        canvas.rectangle((left + 2, base - height, left + wide - 2, base - 1), COLOURS[name])
        if height >= READABLE or name not in STACKED:
            inside = height >= READABLE
            y = base - height / 2 if inside else base - height - READABLE / 2
            canvas.text((left + wide / 2, y), str(number), INK, font, anchor="mm")
    return base - height


def _legend(canvas: "ImageDraw", font: Any, days: Sequence[Day]) -> None:
    for number, (name, label) in enumerate(LABELS.items()):
        left, top = LEFT + (number % 3) * 260, 16 + (number // 3) * 26
        canvas.rectangle((left, top, left + 14, top + 14), COLOURS[name])
        total = sum(getattr(one, name) for one in days)
        canvas.text((left + 22, top + 7), f"{label}: {total}", INK, font, anchor="lm")


def _grid(canvas: "ImageDraw", font: Any, top: int, unit: float) -> None:
    for number in sorted({0, round(top / 2), top}):
        y = HEIGHT - BOTTOM - number * unit
        canvas.line((LEFT, y, WIDTH - RIGHT, y), PALE)
        canvas.text((LEFT - 8, y), str(number), INK, font, anchor="rm")


def _decided(one: Day) -> int:
    return sum(getattr(one, name) for name in STACKED)
