"""Elements made to freeze or confuse a page, opened in a real one.

    python -m tests.poison --count 300 --seed 1

Each board gets a hundred of them, stored without the server's checks, as a document older than the
checks may hold. A page that opens the board must accept a stroke within five seconds, and may write
nothing but that stroke.
"""

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.page import BoardPage
from tests.patience import Stopwatch
from tests.server import ROOT, Server

PER_BOARD = 100
USABLE_SECONDS = 5.0
_QUIET_MILLISECONDS = 1500
_TYPES = (
    *("rectangle", "diamond", "ellipse", "frame", "image", "embeddable", "magicframe"),
    *("line", "arrow", "freedraw", "text", "hologram", "constructor", "toString", "selection"),
)
_IDS = ("", "constructor", "toString", "hasOwnProperty", "x" * 300, "é😀", " ", "..")
_NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1e6, -1e6, 1e9, 1e19, 1e308, -1e308, math.nan, math.inf, 0.001, 2.0**53),
    *(True, None, "5", [], {}),
)
_STORE = """
import json, sys
from pycrdt import Map
from boards.models import Board
from sync.programs.writes import document_change
elements = json.load(open({path!r}))
board = Board.objects.get(pk={board!r})
def change(roots):
    for element_id, groups in elements:
        roots["elements"][element_id] = Map(groups)
document_change(board=board, user=board.owner, change=change)
"""


def poison(rnd: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    """One element: mostly valid, with some values that no honest page writes."""
    kind = rnd.choice(_TYPES)
    groups: dict[str, Any] = {
        "type": kind,
        "pos": [rnd.randrange(1200), rnd.randrange(800)],
        "seed": number,
        "strokeColor": "#1e1e1e",
        "backgroundColor": rnd.choice(("transparent", "#a5d8ff")),
        "fillStyle": rnd.choice(("hachure", "cross-hatch", "solid", "zigzag", "dots")),
        "strokeStyle": rnd.choice(("solid", "dashed", "dotted", "wavy")),
        "strokeWidth": rnd.choice((1, 2, 4)),
        "roughness": rnd.choice((0, 1, 2)),
        "opacity": 100,
        "groupIds": [],
        "index": f"a{number % 62}",
    }
    if kind in ("line", "arrow", "freedraw"):
        groups["path"] = {"points": [[0, 0], [100, 50], [30, 90]], "width": 100, "height": 90}
    elif kind == "text":
        groups |= {"text": {"text": "hi", "originalText": "hi", "width": 50, "height": 25}}
        groups |= {"fontSize": 20, "fontFamily": 5}
    else:
        groups["size"] = [100, 60]
    for key in rnd.sample(sorted(_HURTS), rnd.randrange(1, 4)):
        groups[key] = _HURTS[key](rnd)
    for key in rnd.sample(sorted(groups), rnd.randrange(2)):
        del groups[key]
    return (rnd.choice(_IDS) if rnd.random() < 0.1 else f"p{number}"), groups


def _number(rnd: random.Random) -> Any:
    return rnd.choice(_NUMBERS)


def _points(rnd: random.Random) -> Any:
    count, extent = rnd.choice((0, 1, 2, 3000, 20_000)), rnd.choice((1, 900, 1e6, 1e9))
    return [[(at * 37) % 997 / 997 * extent, (at * 91) % 991] for at in range(count)]


def _path(rnd: random.Random) -> Any:
    path: dict[str, Any] = {"points": _points(rnd), "width": _number(rnd), "height": 100}
    path |= {
        "elbowed": rnd.random() < 0.3,
        "fixedSegments": rnd.choice((None, [{}], [{"index": 99}])),
    }
    return path | {"pressures": rnd.choice(([], [1e9], [0.5] * 100))}


def _text(rnd: random.Random) -> Any:
    words = rnd.choice(
        ("", "W" * 5000, "W" * 200_000, "\n" * 20_000, "word " * 9000, "مرحبا😀" * 500)
    )
    return {"text": words, "originalText": words, "width": rnd.choice((1, 50, 1e7)), "height": 25}


def _deep(_: random.Random) -> Any:
    value: Any = 1
    for _level in range(12):
        value = {"a": [value]}
    return value


def _someone(rnd: random.Random) -> Any:
    return rnd.choice((*_IDS, f"p{rnd.randrange(PER_BOARD)}", None, 5))


_HURTS: dict[str, Any] = {
    "pos": lambda rnd: [_number(rnd), _number(rnd)],
    "size": lambda rnd: rnd.choice(([1e6, 1e6], [1e9, 1e9], [_number(rnd), _number(rnd)], [0, 0])),
    "path": _path,
    "text": _text,
    "angle": _number,
    "strokeWidth": lambda rnd: rnd.choice((0.01, 0.001, 1000, _number(rnd))),
    "roughness": _number,
    "opacity": _number,
    "fontSize": lambda rnd: rnd.choice((10_000, 0.01, _number(rnd))),
    "lineHeight": _number,
    "fontFamily": _number,
    "roundness": lambda rnd: rnd.choice((None, {"type": 2}, {"type": 3, "value": 1e308}, "round")),
    "index": lambda rnd: rnd.choice(("", "z" * 27, "A" * 999, "a0" * 600, "Zz", "a1", 5, "é")),
    "groupIds": lambda rnd: rnd.choice(([f"g{n}" for n in range(20_000)], [5], "g", [""])),
    "boundElements": lambda rnd: [{"id": "", "type": "arrow"}],
    "containerId": _someone,
    "frameId": _someone,
    "startBinding": lambda rnd: {"elementId": _someone(rnd), "focus": _number(rnd), "gap": 1},
    "endBinding": lambda rnd: rnd.choice((None, {"elementId": "p1", "fixedPoint": [1e308, 0]}, 7)),
    "link": lambda rnd: rnd.choice(("javascript:alert(1)", "data:text/html,x", "x" * 9000)),
    "customData": lambda rnd: rnd.choice((_deep(rnd), {"a": [{"b": 1}] * 19_000}, [], "x")),
    "strokeColor": lambda rnd: rnd.choice(("url(https://evil.example/x)", "", "#12", 7, "x" * 999)),
    "scale": lambda rnd: rnd.choice(([0, 0], [1e308, 1], [-1, 1])),
    "crop": lambda rnd: {"x": 1e9, "y": 0, "width": 0, "height": 0, "naturalWidth": 0},
    "fileId": _someone,
    "somethingNew": _deep,
    "bound:p1": lambda rnd: rnd.choice(("arrow", "text", 7)),
    "del": lambda rnd: rnd.choice((None, False, 0, {"by": None, "at": 1})),
}


def store(server: Server, board: str, elements: list[tuple[str, dict[str, Any]]]) -> None:
    """Puts elements on a board without any check of their values."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(elements, file)
        file.flush()
        server.manage("shell", "-c", _STORE.format(path=file.name, board=board))


def open_poisoned(page: BoardPage, board: str) -> float:
    """Opens a board, draws on it, and checks that nothing else is written.

    Returns the seconds from opening to the stroke, not counting a pause in which the page has time
    to write on its own. Raises AssertionError if it does.
    """
    opening = Stopwatch()
    page.open(board)
    page.page.evaluate(_NEXT_FRAMES)
    seconds = opening.seconds
    page.wait(_QUIET_MILLISECONDS)
    written = page.page.evaluate(_OWN_WRITES)
    assert written == {}, f"the page wrote {written} on its own"
    drawing = Stopwatch()
    drawn = page.draw_rectangle(300, 500)
    seconds += drawing.seconds
    page.until_status("saved")
    page.wait(_QUIET_MILLISECONDS)
    written = page.page.evaluate(_OWN_WRITES)
    assert written.pop(drawn), "the stroke is written"
    # A new element gets an index among the others; those without a valid index get one too.
    others = {id: keys for id, keys in written.items() if keys != ["index"]}
    assert others == {}, f"the page wrote {others}, and drew {drawn}"
    elements = page.server.call("GET", f"boards/{board}/elements", token=page.server.token("alice"))
    assert drawn in {element["id"] for element in elements[1]["elements"]}
    return seconds


_NEXT_FRAMES = """() => new Promise(resolve =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0))))"""
_OWN_WRITES = """() => {
  const doc = window.canvasBoard.doc
  const own = {}
  for (const [id, map] of doc.getMap('elements').entries()) {
    const items = [...(map._map?.entries() ?? [])]
    const keys = items.filter(([, item]) => item.id.client === doc.clientID).map(([key]) => key)
    if (keys.length > 0) own[id] = keys
  }
  return own
}"""
"""Element id → keys with a value by this page."""


def main() -> int:
    """Runs as many boards as needed; returns 1 if one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        static = Path(folder) / "static"
        environment = {**os.environ, "CANVAS_DATA_DIR": folder, "CANVAS_STATIC_ROOT": str(static)}
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        server = Server(Path(folder), static_root=static).start()
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS
        )
        try:
            for seed in range(options.seed, options.seed + math.ceil(options.count / PER_BOARD)):
                failures += not _is_harmless(server, BoardPage(browser, server), seed)
        finally:
            browser.close()
            server.stop()
    return 1 if failures else 0


def _is_harmless(server: Server, page: BoardPage, seed: int) -> bool:
    rnd = random.Random(seed)
    elements = [poison(rnd, number) for number in range(PER_BOARD)]
    board = server.new_board()
    store(server, board, elements)
    page.sign_in("alice")
    try:
        seconds = open_poisoned(page, board)
    except Exception as error:  # noqa: BLE001  a frozen page fails in many ways
        print(f"seed {seed}: FAILED {type(error).__name__}: {str(error)[:300]}", flush=True)
        return False
    finally:
        page.context.close()
    is_usable = seconds <= USABLE_SECONDS
    print(
        f"seed {seed}: {'ok' if is_usable else 'SLOW'}, a stroke after {seconds:.1f} s", flush=True
    )
    return is_usable


if __name__ == "__main__":
    sys.exit(main())
