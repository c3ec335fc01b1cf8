"""How large texts are, where there is no browser to measure them."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from sync.drawing.bounds import is_number
from sync.drawing.elements import Element

EXCALIFONT = 5
LINE_HEIGHT = 1.25
LINE_HEIGHTS: dict[float, float] = {2: 1.15, 3: 1.2, 6: 1.35, 7: 1.15, 9: 1.15}
"""Of fonts that have another one, by their number."""
FONT_SIZE = 20

# Advance widths of Excalifont for the characters from space to tilde, in thousandths of the size.
# fmt: off
_WIDTHS = dict(zip(map(chr, range(0x20, 0x7F)), (
    400, 314, 371, 783, 721, 928, 718, 218, 441, 402, 525, 550, 257, 411, 274, 561, 664, 427, 700,
    608, 585, 618, 640, 558, 636, 629, 264, 298, 550, 550, 550, 466, 829, 676, 761, 629, 780, 707,
    661, 780, 573, 545, 569, 613, 543, 766, 632, 767, 698, 768, 736, 622, 857, 730, 592, 786, 628,
    564, 832, 472, 589, 497, 510, 670, 600, 576, 555, 504, 605, 537, 497, 555, 567, 244, 328, 533,
    225, 663, 526, 600, 537, 539, 412, 543, 553, 548, 525, 693, 591, 530, 572, 504, 299, 544, 669,
), strict=True))
# fmt: on
_MEAN_WIDTH = 560
_WIDE = 1000
_EMOJI = 1250
# Fonts in which all letters have the same width, by their number.
_EQUAL_WIDTHS = {3: 586, 8: 550}
_WORDS = ("text", "fontSize", "fontFamily", "lineHeight")
_SHARE_LEFT = {"center": 0.5, "right": 1.0}


def text_width(text: str, size: float, family: int = EXCALIFONT) -> float:
    """The width of a line: exact for the letters of English in Excalifont, else an estimate."""
    return round(sum(_width_of(char, family) for char in text) * size / 1000, 2)


def _width_of(char: str, family: int) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return _EMOJI if ord(char) >= 0x1F000 else _WIDE
    return _EQUAL_WIDTHS.get(family) or _WIDTHS.get(char, _MEAN_WIDTH)


def line_height_of(family: Any) -> float:
    """Of a font, as a share of the size of its letters."""
    return LINE_HEIGHTS.get(family, LINE_HEIGHT) if is_number(family) else LINE_HEIGHT


def with_what_follows(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The given properties of a text, and with them those that follow from its words: what is
    edited (`originalText`), and its size, unless that is given or set by a person or a container.

    `before` is what the text had, or nothing for a new one.
    """
    after = {**before, **given}
    follows: dict[str, Any] = {}
    text = after.get("text")
    if after.get("type") != "text" or not isinstance(text, str):
        return dict(given)
    if "text" in given and "originalText" not in given:
        follows["originalText"] = text
    is_own = after.get("containerId") is None and after.get("autoResize") is not False
    is_given = "width" in given or "height" in given
    if is_own and not is_given and (not before or any(key in given for key in _WORDS)):
        follows |= _sized(after, given, before)
    return {**given, **follows}


def _sized(after: Element, given: Mapping[str, Any], before: Mapping[str, Any]) -> Element:
    family = after.get("fontFamily")
    family = family if isinstance(family, int) else EXCALIFONT
    size = _number(after.get("fontSize")) or FONT_SIZE
    height = _number(after.get("lineHeight")) or line_height_of(family)
    lines = after["text"].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    width = max(text_width(line, size, family) for line in lines)
    sized = {"width": width, "height": round(len(lines) * size * height, 2)}
    share = _SHARE_LEFT.get(str(after.get("textAlign")), 0.0)
    if before and "x" not in given and share:
        sized["x"] = after["x"] + (before["width"] - width) * share
    return sized


def _number(value: Any) -> float | None:
    return float(value) if is_number(value) else None
