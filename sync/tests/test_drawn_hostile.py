"""Boards made to harm: whatever they hold, there is a picture or a sentence, and soon."""

import contextlib
import json
import os
import re
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from sync.low_priority import NICENESS
from sync.rendering.options import Format, Options
from sync.rendering.process import CHILD, GoneError, NotDrawnError, TooLargeError, drawn
from sync.tests.drawings import SVG, frame, shape, text, texts_in

ALLOWED = {"svg", "g", "a", "defs", "style", "clipPath", "mask", "symbol", "use", "image"} | {
    *("rect", "path", "text")
}
SLOW = shape(
    "slow", width=1e6, height=1e6, backgroundColor="#f00", fillStyle="cross-hatch", strokeWidth=1
)
"""Is filled with half a million lines."""
BREAKING = '</text></svg><script>alert(1)</script>"\' onload="alert(1)\x00\x08 ]]> &lt; \ud800'


def draw(
    *elements: dict[str, Any],
    kind: Format = Format.SVG,
    background: str = "#ffffff",
    images: dict[str, tuple[str, Path]] | None = None,
    **options: Any,
) -> bytes:
    """What comes of such a board, past every check of what boards may hold."""
    file = {"elements": elements, "appState": {"viewBackgroundColor": background}}
    is_gone = options.pop("is_gone", None)
    with drawn(
        json.dumps(file).encode(),
        Options(kind, **options),
        title=BREAKING,
        images=images or {},
        is_gone=is_gone,
    ) as picture:
        return picture.read()


def children() -> list[str]:
    """The drawing processes of this one that are there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:  # it has just ended
            continue
        if str(CHILD).encode() in command and int(parent) == os.getpid():
            found.append(process.name)
    return found


def hostile_elements() -> list[dict[str, Any]]:
    """Every property that becomes a part of the picture, with text that would break out of it."""
    addresses = (
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "file:///etc/passwd",
    )
    paints = (BREAKING, "url(https://evil.example/x)", "url( '//evil.example' )", "red;x:y")
    return [
        *(text(f"t{at}", BREAKING, link=link) for at, link in enumerate(addresses)),
        *(
            shape(f"p{at}", strokeColor=paint, backgroundColor=paint)
            for at, paint in enumerate(paints)
        ),
        shape(BREAKING, "arrow", points=[[0, 0], [50, 50]], boundElements=[]),
        frame(f"frame){BREAKING}", 0, 300, BREAKING),
        shape("in", frameId=f"frame){BREAKING}"),
        shape("i", "image", fileId=f"no {BREAKING}", scale=[1, 1], status="saved"),
        shape("e", "embeddable", link="https://evil.example/frame"),
        shape("u", "hologram", link="javascript:alert(1)"),
        text("f", "x", fontFamily=999, fontSize="1e9", textAlign=BREAKING),
    ]


def test_nothing_in_an_svg_runs_or_loads() -> None:
    picture = draw(*hostile_elements(), background="url(https://evil.example/x)")
    svg = ElementTree.fromstring(picture)
    names = {one.tag.removeprefix(SVG) for one in svg.iter()}
    assert names <= ALLOWED
    links = [one.get("href") for one in svg.iter(f"{SVG}a") if one.get("href")]
    assert links == ["https://evil.example/frame"]
    for one in svg.iter():
        for name, value in one.attrib.items():
            assert not name.lower().startswith("on")
            if name == "href" and one.tag != f"{SVG}a":
                assert value.startswith(("#", "data:image/"))
            assert not re.search(r"url\s*\((?!#)", value), value
    (style,) = svg.iter(f"{SVG}style")
    assert not re.search(r"url\((?!data:)", style.text or "")
    assert sum("alert(1)" in words for words in texts_in(svg)) >= 4, "as text it is there"


@pytest.mark.parametrize("kind", [Format.PNG, Format.PDF])
def test_hostile_values_are_drawn_by_every_renderer(kind: Format) -> None:
    start = {Format.PNG: b"\x89PNG", Format.PDF: b"%PDF"}[kind]
    assert draw(*hostile_elements(), kind=kind).startswith(start)
    assert draw(*hostile_elements(), kind=kind, is_dark=True).startswith(start)


FAR = {
    "far apart": [shape("a"), shape("b", x=1e9, y=1e9)],
    "larger than numbers": [shape("a", x=1e308, width=1e308), shape("b", x=-1e308)],
    "as small as can be": [shape("a", width=0, height=0), text("t", "", width=0, height=0)],
    "flat": [shape("a", "line", points=[[0, 0], [1e5, 0]], height=0)],
}


@pytest.mark.parametrize("kind", Format)
@pytest.mark.parametrize("name", FAR)
def test_any_place_and_size_is_drawn_or_refused(
    settings: Settings, name: str, kind: Format
) -> None:
    settings.CANVAS_DRAWING_SECONDS = 10
    with suppress(TooLargeError):
        assert draw(*FAR[name], kind=kind)
    assert children() == []


def test_too_many_elements_are_refused_with_their_number() -> None:
    many = [shape(str(at)) for at in range(20_001)]
    with pytest.raises(TooLargeError, match=r"This has 20,001 elements; up to 20,000"):
        draw(*many)
    assert draw(*many, elements=("5", "6"))


def test_what_takes_too_long_is_ended(settings: Settings) -> None:
    settings.CANVAS_DRAWING_SECONDS = 2
    started = time.monotonic()
    with pytest.raises(TooLargeError, match="longer than 2 seconds"):
        draw(SLOW)
    assert time.monotonic() - started < 6
    assert children() == []


def test_what_takes_too_much_memory_is_ended(settings: Settings) -> None:
    settings.CANVAS_DRAWING_BYTES = 200_000_000
    many = [
        shape(str(at), "freedraw", points=[[n % 90, n % 70] for n in range(900)], pressures=[])
        for at in range(3000)
    ]
    with pytest.raises(TooLargeError, match="200 MB of memory"):
        draw(*many)
    assert children() == []


def test_it_ends_when_its_reader_goes_away() -> None:
    is_gone = threading.Event()
    threading.Timer(0.5, is_gone.set).start()
    started = time.monotonic()
    with pytest.raises(GoneError):
        draw(SLOW, is_gone=is_gone)
    assert time.monotonic() - started < 5
    assert children() == []


def test_large_images_are_drawn_and_too_many_bytes_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    Image.new("RGB", (7000, 7000), "#0a0").save(large)
    photo = shape("i", "image", fileId="a", scale=[1, 1], status="saved")
    for kind in Format:
        assert draw(photo, kind=kind, images={"a": ("image/png", large)})
    heavy = tmp_path / "heavy.png"
    heavy.write_bytes(bytes(50_000_000))
    with pytest.raises(NotDrawnError, match="larger than 60 MB"):
        draw(photo, images={"a": ("image/png", heavy)})


def test_a_damaged_image_takes_nothing_else_along(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    photo = shape("i", "image", fileId="a", scale=[1, 1], status="saved")
    for kind in Format:
        assert draw(photo, text("t", "here"), kind=kind, images={"a": ("image/png", damaged)})


def test_the_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANVAS_SECRET", "sesame")
    is_gone, seen = threading.Event(), []

    def look() -> None:
        while not (found := children()):
            time.sleep(0.01)
        seen.append((Path("/proc") / found[0] / "environ").read_bytes())
        is_gone.set()

    looking = threading.Thread(target=look)
    looking.start()
    with pytest.raises(GoneError):
        draw(SLOW, is_gone=is_gone)
    looking.join()
    assert seen == [b""]


def test_the_process_is_the_first_to_go_where_memory_runs_out() -> None:
    is_gone, seen = threading.Event(), []

    def look() -> None:
        while not is_gone.is_set():
            for child in children():
                with contextlib.suppress(OSError):
                    if (Path("/proc") / child / "oom_score_adj").read_text() == "1000\n":
                        seen.append(os.getpriority(os.PRIO_PROCESS, int(child)))
                        is_gone.set()
            time.sleep(0.01)

    looking = threading.Thread(target=look)
    looking.start()
    with pytest.raises(GoneError):
        draw(SLOW, is_gone=is_gone)
    is_gone.set()
    looking.join()
    assert seen[0] >= NICENESS, "So it goes without the processor, too."


def test_the_log_says_where_it_failed_and_nothing_of_the_board(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(NotDrawnError, match="log of the server"):
        draw(text("t", "very private"), shape("a", x=float("nan")))
    assert "EngineError in main" in caplog.text
    assert "private" not in caplog.text
