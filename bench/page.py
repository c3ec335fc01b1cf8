"""The page in Chromium: opening a large board, moving over it, drawing, and seeing others."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.page_board import LargeBoard
from bench.servers import CANVAS, ROOT, Running, canvas_environment, running
from tests.chromium import chromium_path

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from bench.workloads import Measured, Scale

SIZES = (1000, 5000, 10_000, 20_000, 50_000)
OPENINGS = 3
MOVED_AT_ONCE = 50
REMOTE_PAUSE_SECONDS = 0.1
TIMEOUT_MS = 120_000

_SHOWN = "n => window.canvasBoard?.api.getSceneElements().length >= n"
_ANSWERED = "type => window.canvasBoard.api.getAppState().activeTool.type === type"
_NOW = """() => new Promise(done => requestAnimationFrame(() =>
  requestAnimationFrame(() => done(performance.now()))))"""
_SAVED = "() => window.canvasBoard.status().kind === 'saved'"

# Scrolls a shape to the middle of the window at full size; returns where it is.
_LOOK_CLOSELY = """() => {
  const { api } = window.canvasBoard
  const shapes = api.getSceneElements().filter(({ type }) => type === 'rectangle')
  const { x, y, width, height } = shapes[Math.floor(shapes.length / 2)]
  const { offsetLeft, offsetTop } = api.getAppState()
  api.updateScene({ appState: { zoom: { value: 1 }, scrollX: 500 - x, scrollY: 300 - y } })
  return [offsetLeft + 500 + width / 2, offsetTop + 300 + height / 2]
}"""
_WATCH_FRAMES = """() => {
  const frames = window.benchFrames = []
  let last = performance.now()
  const look = now => {
    frames.push(now - last)
    last = now
    if (window.benchFrames === frames) requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}"""
_FRAMES = (
    """() => { const frames = window.benchFrames; window.benchFrames = null; return frames }"""
)
# From the arrival of an update to the frame that shows it.
_WATCH_UPDATES = """() => {
  const { api, doc, provider } = window.canvasBoard
  const times = window.benchTimes = []
  let arrived = null
  doc.on('update', (_update, origin) => { if (origin === provider) arrived ??= performance.now() })
  const show = api.updateScene
  api.updateScene = scene => {
    show(scene)
    if (!(scene.elements ?? scene.moved) || arrived === null) return
    const since = arrived
    arrived = null
    requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - since)))
  }
}"""


def page(name: str, directory: Path, scale: "Scale") -> "Measured":
    """Milliseconds at 1,000 to 50,000 elements."""
    if name != CANVAS:
        return {}  # the others have no page
    data_dir = directory / "page" / name
    data_dir.mkdir(parents=True)
    _collect_static(data_dir)
    measured: Measured = {}
    with running(name, data_dir) as server, _browser_page(server) as window:
        for size in SIZES:
            count = scale.of(size, 50)
            board = _large_board(server, count)
            label = f"{size // 1000}k"
            measured[f"open_{label}_ms"] = _open(window, server, board)
            measured[f"pan_{label}_ms"] = _wheel(window, scale.seconds, across=23, down=17)
            window.keyboard.down("Control")
            measured[f"zoom_{label}_ms"] = _wheel(window, scale.seconds, across=0, down=4)
            window.keyboard.up("Control")
            measured[f"drag_{label}_ms"] = _drag(window, scale.seconds)
            measured[f"remote_{label}_ms"] = _remote(window, board, scale.seconds)
    return measured


def _collect_static(data_dir: Path) -> None:
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=canvas_environment(data_dir), check=True)


def http_url(server: Running) -> str:
    """The base URL of the server's pages."""
    return str(server.target["url"]).replace("ws:", "http:").removesuffix("/ws/canvas")


def _large_board(server: Running, count: int) -> LargeBoard:
    token = str(server.target["query"]).split("token=")[1]
    board = LargeBoard(http_url(server), token, server.new_rooms(1)[0], count)
    board.draw()
    return board


@contextmanager
def _browser_page(server: Running) -> Iterator["Page"]:
    """A window of a signed-in person."""
    # Only this workload needs it.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=["--no-sandbox", "--disable-gpu"],
        )
        window = browser.new_page(viewport={"width": 1280, "height": 800})
        window.set_default_timeout(TIMEOUT_MS)
        sign_in(window, http_url(server))
        yield window
        browser.close()


def sign_in(window: "Page", url: str) -> None:
    """Signs in through the form, as a demo user."""
    window.goto(f"{url}/login")
    window.locator("input[name=username]").fill("alice")
    window.locator("input[name=password]").fill("canvas-demo")
    window.locator("input[name=password]").press("Enter")
    window.wait_for_url(f"{url}/")


def until_usable(window: "Page", count: int) -> float:
    """Milliseconds from the start of loading until everything is shown and a key press is
    handled.
    """
    window.wait_for_function(_SHOWN, arg=count, polling="raf")
    window.keyboard.press("r")
    window.wait_for_function(_ANSWERED, arg="rectangle", polling="raf")
    elapsed = float(window.evaluate(_NOW))
    window.keyboard.press("v")
    return elapsed


def _open(window: "Page", server: Running, board: LargeBoard) -> float:
    """The median; the first time, with an empty cache, is not counted."""
    times = []
    for _ in range(1 + OPENINGS):
        window.goto(f"{http_url(server)}/board/{board.board}")
        times.append(until_usable(window, board.count))
        window.wait_for_function(_SAVED)
        time.sleep(1)  # what is kept has been written
    return sorted(times[1:])[OPENINGS // 2]


def _wheel(window: "Page", seconds: float, across: float, down: float) -> float:
    """95 of 100 frames take at most this long while the wheel turns one way, and then back."""
    x, y = window.evaluate(_LOOK_CLOSELY)
    time.sleep(0.5)
    window.mouse.move(x, y)
    window.evaluate(_WATCH_FRAMES)
    half = min(seconds, 4) / 2
    for way in (1, -1):
        end = time.monotonic() + half
        while time.monotonic() < end:
            window.mouse.wheel(way * across, way * down)
    return _p95(window.evaluate(_FRAMES))


def _drag(window: "Page", seconds: float) -> float:
    """95 of 100 frames take at most this long while one shape is dragged."""
    x, y = window.evaluate(_LOOK_CLOSELY)
    time.sleep(0.5)
    window.mouse.move(x, y)
    window.mouse.down()
    window.mouse.move(x + 5, y + 5)
    window.evaluate(_WATCH_FRAMES)
    end = time.monotonic() + min(seconds, 4)
    step = 0
    while time.monotonic() < end:
        step += 1
        window.mouse.move(x + step % 200, y + step % 100)
    frames = window.evaluate(_FRAMES)
    window.mouse.up()
    return _p95(frames)


def _remote(window: "Page", board: LargeBoard, seconds: float) -> float:
    """95 of 100 updates, each moving 50 shapes, are shown within this time after their arrival."""
    window.evaluate(_WATCH_UPDATES)
    end = time.monotonic() + min(seconds, 4)
    while time.monotonic() < end:
        board.move(MOVED_AT_ONCE)
        time.sleep(REMOTE_PAUSE_SECONDS)
    window.wait_for_function("() => window.benchTimes.length > 0")
    time.sleep(0.5)
    return _p95(window.evaluate("() => window.benchTimes"))


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]
