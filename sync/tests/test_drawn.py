"""`export.svg`, `export.png` and `export.pdf`: a board as the server draws it."""

import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from PIL import Image
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from boards.files.storage import file_store
from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import make_board
from boards.tests.uploads import image_bytes
from sync.tests.drawings import SVG, body_of, frame, get, put, shape, svg_of, text, texts_in
from sync.tests.rest import elements_on

KINDS = ("svg", "png", "pdf")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(board: Board, alice: User) -> Board:
    """A board with two frames, in the second of which stands a link."""
    put(
        board,
        alice,
        frame("f2", 400, 0, "Later"),
        frame("f1", 0, 0, "Now"),
        text("t1", "Start", x=20, y=40, frameId="f1"),
        text("t2", "Goal & more", x=420, y=40, frameId="f2", link="https://example.org/?a=1&b=2"),
        shape("r", x=0, y=300, backgroundColor="#ffc9c9"),
    )
    return board


def ids_by_type(board: Board) -> dict[str, str]:
    """Of the elements on the board by name, text or kind: imports give fresh ids."""
    return {
        str(one.get("name") or one.get("text") or one["type"]): element_id
        for element_id, one in elements_on(board).items()
    }


def pdf_of(answer: Any) -> PdfReader:
    return PdfReader(io.BytesIO(body_of(answer)))


def fonts_of(pdf: PdfReader) -> dict[str, bool]:
    """The fonts of the first page, and whether their letters are in the file."""
    found = {}
    for page in pdf.pages:
        for name, is_there in _fonts_in(page["/Resources"]):
            found[name] = is_there
    return found


def _fonts_in(resources: Any) -> list[tuple[str, bool]]:
    found = []
    for font in resources.get("/Font", {}).values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        described = inner["/FontDescriptor"].get_object()
        has_letters = any(f"/FontFile{kind}" in described for kind in ("", "2", "3"))
        found.append((str(font.get_object()["/BaseFont"]), has_letters))
    for form in resources.get("/XObject", {}).values():
        if "/Resources" in form.get_object():
            found += _fonts_in(form.get_object()["/Resources"])
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_strangers_get_no_picture(plan: Board, charlie: User, kind: str) -> None:
    assert get(charlie, plan, kind).status_code == 404
    assert get(None, plan, kind).status_code == 401
    assert not AuditLog.objects.filter(action="room_export").exists()


def test_every_level_gets_every_kind(alice: User, bob: User, charlie: User, dana: User) -> None:
    levels = {bob: AccessLevel.VIEW, charlie: AccessLevel.COMMENT, dana: AccessLevel.EDIT}
    board = make_board(alice, title="Ünser Plan", shared_with=levels)
    put(board, alice, text("t", "Hello"))
    for person, kind in zip((bob, charlie, dana), KINDS, strict=True):
        answer = get(person, board, kind)
        assert answer.status_code == 200, answer.content
        disposition = unquote(answer["Content-Disposition"])
        assert disposition == f"attachment; filename*=UTF-8''Ünser Plan.{kind}"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "no-store"
    told = AuditLog.objects.filter(action="room_export").order_by("pk")
    assert [(row.actor_label, row.data["format"], row.level) for row in told] == [
        ("bob", "svg", "view"),
        ("charlie", "png", "comment"),
        ("dana", "pdf", "edit"),
    ]
    assert all(row.data["bytes"] > 100 for row in told)


def test_an_svg_has_its_texts_its_link_and_its_fonts(plan: Board, alice: User) -> None:
    answer = get(alice, plan, "svg")
    assert answer["Content-Type"] == "image/svg+xml"
    svg = svg_of(answer)
    assert sorted(texts_in(svg)) == ["Goal & more", "Later", "Now", "Start"]
    assert [one.get("href") for one in svg.iter(f"{SVG}a")] == ["https://example.org/?a=1&b=2"]
    (style,) = svg.iter(f"{SVG}style")
    assert re.findall(
        r"font-family: (\w+); src: url\(data:font/woff2;base64,d09GMg", style.text or ""
    )
    assert "font:" not in (style.text or "")


def test_a_png_has_the_size_that_is_asked_for(plan: Board, alice: User) -> None:
    sizes = []
    for query in ("", "scale=2", "padding=60"):
        with Image.open(io.BytesIO(body_of(get(alice, plan, "png", query)))) as image:
            assert image.format == "PNG"
            sizes.append(image.size)
    (width, height), double, padded = sizes
    assert double == pytest.approx((2 * width, 2 * height), abs=1)
    assert padded == (width + 100, height + 100)


def test_a_png_without_background_is_transparent_and_a_dark_one_dark(
    plan: Board, alice: User
) -> None:
    corners = {}
    for query in ("", "background=false", "dark=true"):
        with Image.open(io.BytesIO(body_of(get(alice, plan, "png", query)))) as image:
            corners[query] = image.convert("RGBA").getpixel((1, 1))
    assert corners == {
        "": (255, 255, 255, 255),
        "background=false": (0, 0, 0, 0),
        "dark=true": (18, 18, 18, 255),
    }


def test_a_pdf_has_letters_lines_and_links(plan: Board, alice: User) -> None:
    pdf = pdf_of(get(alice, plan, "pdf"))
    (page,) = pdf.pages
    assert "Goal & more" in page.extract_text()
    assert pdf.metadata is not None
    assert pdf.metadata.title == plan.title
    fonts = fonts_of(pdf)
    assert any("Excalifont" in name for name in fonts), fonts
    assert all(fonts.values()), fonts
    assert len(page.images) == 0, "it is made of lines"
    annotations: Any = page["/Annots"]
    (link,) = [one.get_object() for one in annotations]
    assert link["/A"]["/URI"] == "https://example.org/?a=1&b=2"
    left, bottom, right, top = (float(side) for side in link["/Rect"])
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    assert (width, height) == pytest.approx((720 * 0.75, 390 * 0.75), abs=1)
    assert 420 * 0.75 < left < right < width
    assert height / 2 < bottom < top < height


def test_each_frame_is_a_page_in_the_order_in_which_they_are_shown(
    plan: Board, alice: User
) -> None:
    pages = pdf_of(get(alice, plan, "pdf", "pages=frames")).pages
    assert [page.extract_text().strip() for page in pages] == ["Start", "Goal & more"]
    assert [float(page.mediabox.width) for page in pages] == [225, 225]
    assert ["/Annots" in page for page in pages] == [False, True]


def test_a_board_without_frames_is_one_page(board: Board, alice: User) -> None:
    put(board, alice, text("t", "Alone"))
    (page,) = pdf_of(get(alice, board, "pdf", "pages=frames")).pages
    assert page.extract_text().strip() == "Alone"


def test_a_part_of_the_board_is_drawn(plan: Board, alice: User) -> None:
    ids = ids_by_type(plan)
    assert texts_in(svg_of(get(alice, plan, "svg", f"elements={ids['Start']}"))) == ["Start"]
    both = f"{ids['Start']},{ids['Later']}"
    chosen = texts_in(svg_of(get(alice, plan, "svg", f"elements={both}")))
    assert sorted(chosen) == ["Goal & more", "Later", "Start"], "with what stands in the frame"
    assert texts_in(svg_of(get(alice, plan, "svg", f"frame={ids['Now']}"))) == ["Start"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_board_is_an_empty_sheet(board: Board, alice: User, kind: str) -> None:
    body = body_of(get(alice, board, kind))
    if kind == "png":
        with Image.open(io.BytesIO(body)) as image:
            assert image.size == (200, 200)
            assert set(image.convert("RGB").get_flattened_data()) == {(255, 255, 255)}
    elif kind == "pdf":
        assert len(PdfReader(io.BytesIO(body)).pages) == 1
    else:
        assert b"<rect" in body


@pytest.mark.parametrize(
    ("kind", "query", "named"),
    [
        *((kind, "background=yes", "background") for kind in KINDS),
        ("svg", "dark=1", "dark"),
        ("svg", "scale=2", "scale"),
        *(("png", f"scale={value}", "scale") for value in ("0.5", "4", "NaN", "1e2", "")),
        *(("svg", f"padding={value}", "padding") for value in ("-1", "501", "1.5", "x", "9999")),
        ("svg", "pages=frames", "pages"),
        ("pdf", "pages=all", "pages"),
        ("svg", "frame=", "frame"),
        ("svg", "frame=nowhere", "frame"),
        ("svg", "frame=a&elements=b", "frame"),
        ("svg", "elements=", "elements"),
        ("svg", "elements=nothing", "elements"),
        ("svg", "elements=" + ",".join(map(str, range(301))), "elements"),
        ("svg", "elements=" + "x" * 65, "elements"),
    ],
)
def test_a_wrong_option_is_named(
    plan: Board, alice: User, kind: str, query: str, named: str
) -> None:
    answer = get(alice, plan, kind, query)
    assert answer.status_code == 400
    assert f"`{named}`" in answer.json()["detail"]
    assert not AuditLog.objects.filter(action="room_export").exists()


def test_who_has_the_picture_already_gets_nothing(plan: Board, alice: User) -> None:
    etag = get(alice, plan, "svg")["ETag"]
    assert get(alice, plan, "svg", If_None_Match=etag).status_code == 304
    assert get(alice, plan, "svg", "dark=true", If_None_Match=etag).status_code == 200
    assert get(alice, plan, "svg", If_Match='"other"').status_code == 412
    put(plan, alice, shape("new"))
    later = get(alice, plan, "svg", If_None_Match=etag)
    assert later.status_code == 200
    assert later["ETag"] != etag
    assert AuditLog.objects.filter(action="room_export").count() == 3


def test_images_are_in_it_and_a_missing_one_is_a_grey_box(
    board: Board, alice: User, settings: Settings, tmp_path: Path
) -> None:
    settings.CANVAS_FILES_DIR = tmp_path
    photo = {"scale": [1, 1], "status": "saved"}
    put(board, alice, shape("i1", "image", fileId="abc", **photo))
    first = get(alice, board, "svg")
    assert hrefs_of_images(first) == ["data:image/svg+xml;base64"]
    file_store(board=board, file_id="abc", stream=io.BytesIO(image_bytes()), user=alice)
    later = get(alice, board, "svg", If_None_Match=first["ETag"])
    assert hrefs_of_images(later) == ["data:image/png;base64"]
    with Image.open(io.BytesIO(body_of(get(alice, board, "png")))) as image:
        with Image.open(io.BytesIO(image_bytes())) as original:
            colour = original.convert("RGB").getpixel((1, 1))
        assert image.convert("RGB").getpixel((60, 35)) == colour


def hrefs_of_images(answer: Any) -> list[str]:
    return [str(one.get("href")).partition(",")[0] for one in svg_of(answer).iter(f"{SVG}image")]
