"""Texts in any script, mixed as nobody would: the renderer has a shape for each letter."""

import io
import random
import re
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth.models import User
from PIL import Image
from pypdf import PdfReader

from boards.models import Board
from sync.tests.drawings import body_of, get, put, text

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = [
    *("abc XYZ 123", "-> => != === <= fi ffl", "é à ñ ü ﬁ", "e\u0301 a\u0308\u0302"),
    *("Привет мир", "ελληνικά", "日本語中文", "한국어", "שלום", "مرحبا بالعالم"),
    *("हिन्दी क्षत्रिय", "ไทย ภาษาไทย", "বাংলা தமிழ்", "→★✓☐½", "\u200b\u202ex\u202c"),
    "🎉🚀👍🏽❤️👨\u200d👩\u200d👧🇩🇪",
]
FONTS = (1, 2, 3, 5, 6, 7, 8)


def _mixed(rng: random.Random) -> str:
    words = rng.choices(WORDS, k=rng.randint(1, 4))
    return "".join(
        word if rng.random() < 0.5 else "".join(rng.choices(word, k=rng.randint(1, 4)))
        for word in words
    )


def _lines(*texts: str, **values: Any) -> list[dict[str, Any]]:
    return [
        text(f"t{at}", one, **{"x": 0, "y": 40 * at, "width": 800, **values})
        for at, one in enumerate(texts)
    ]


def _png(board: Board, person: User) -> Image.Image:
    answer = get(person, board, "png", scale="1")
    assert answer.status_code == 200, answer.content
    return Image.open(io.BytesIO(body_of(answer))).convert("RGB")


def _pixels(picture: Image.Image) -> list[tuple[int, ...]]:
    data = picture.tobytes()
    return list(zip(data[::3], data[1::3], data[2::3], strict=True))


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_no_mixture_of_scripts_keeps_a_board_from_being_drawn(
    board: Board, alice: User, kind: str
) -> None:
    rng = random.Random(1)
    lines = _lines(*(_mixed(rng) for _ in range(400)))
    put(board, alice, *({**one, "fontFamily": rng.choice(FONTS)} for one in lines))
    answer = get(alice, board, kind)
    assert answer.status_code == 200, answer.content


def test_emoji_have_colours(board: Board, alice: User) -> None:
    put(board, alice, *_lines("Party 🎉🚀 tonight", "I ❤️ it"))
    colours = {pixel for pixel in _pixels(_png(board, alice)) if max(pixel) - min(pixel) > 100}
    assert len(colours) > 50


@pytest.mark.parametrize(
    ("line", "fonts", "letters"),
    [
        ("مرحبا بالعالم", {"NotoSansArabic"}, None),
        ("हिन्दी", {"NotoSansDevanagari"}, None),
        ("ภาษาไทย", {"NotoSansThai"}, None),
        ("Team 日本語 und λ", {"Excalifont", "Xiaolai"}, "Team日本語undλ"),
        ("Hi 🎉 there", {"Excalifont", "NotoColorEmoji"}, "Hi🎉there"),
    ],
)
def test_the_machine_needs_no_fonts(
    board: Board, alice: User, line: str, fonts: set[str], letters: str | None
) -> None:
    put(board, alice, *_lines(line))
    pdf = PdfReader(io.BytesIO(body_of(get(alice, board, "pdf"))))
    page: Any = pdf.pages[0]
    assert _fonts(page["/Resources"]) == fonts
    if letters is not None:
        found = "".join(char for char in page.extract_text() if char.isprintable())
        assert found.replace(" ", "") == letters


def _fonts(resources: Any) -> set[str]:
    """The families that letters are drawn with, without the numbers of their files."""
    found = set()
    for one in resources.get("/Font", {}).values():
        font = one.get_object()
        name = str(font.get("/BaseFont") or font["/Name"])
        found.add(re.split(r"\d|-", name.rpartition("+")[2].lstrip("/"))[0])
    for form in resources.get("/XObject", {}).values():
        if "/Resources" in form.get_object():
            found |= _fonts(form.get_object()["/Resources"])
    return found


def test_pieces_of_a_line_do_not_overlap(board: Board, alice: User) -> None:
    """Each of three letters in three fonts stands where the line has room for it."""
    put(board, alice, *_lines("A日Я", strokeColor="#ff0000"))
    picture = _png(board, alice)
    pixels = _pixels(picture)
    red = [
        any(red > green + 100 for red, green, _ in pixels[x :: picture.width])
        for x in range(picture.width)
    ]
    starts = sum(1 for before, now in pairwise(red) if now and not before)
    assert starts >= 3
