"""How fast the page is, in Chromium: `python -m tests.measures [--rounds 3] [--json FILE]`.

Prints a table of what Lighthouse would look at, for a small board and one of 5,000 elements: cold,
with an empty cache, and warm. Build the front end first. Exits 1 if a target is missed.
"""

import argparse
import gzip
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import django
from playwright.sync_api import Browser, Page, sync_playwright

from bench.page import until_usable
from bench.page_board import LargeBoard
from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.page import BoardPage
from tests.server import Server
from tests.test_page_size import initial_scripts

SMALL, LARGE = 20, 5000
PEOPLE, PEOPLE_SECONDS = 50, 5
Figures = dict[str, float]

_OBSERVE = """
window.measured = { long: [], largest: 0 }
new PerformanceObserver(list => {
  for (const { duration } of list.getEntries()) window.measured.long.push(duration)
}).observe({ type: 'longtask', buffered: true })
new PerformanceObserver(list => {
  for (const { startTime } of list.getEntries()) window.measured.largest = startTime
}).observe({ type: 'largest-contentful-paint', buffered: true })
"""
_READ = """() => ({
  first_paint_ms: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  largest_paint_ms: window.measured.largest,
  long_tasks: window.measured.long.length,
  longest_task_ms: Math.max(0, ...window.measured.long),
  blocked_ms: window.measured.long.reduce((sum, duration) => sum + duration - 50, 0),
})"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    title: str
    board: str
    metric: str
    limit: float | None = None
    unit: str = "ms"


ROWS = (
    Row("first paint, cold", "small cold", "first_paint_ms"),
    Row("first paint, warm", "small warm", "first_paint_ms", 1000),
    Row("largest paint, cold", "small cold", "largest_paint_ms"),
    Row("largest paint, warm", "small warm", "largest_paint_ms"),
    Row("board usable, cold", "small cold", "usable_ms"),
    Row("board usable, warm", "small warm", "usable_ms"),
    Row("5,000 elements: first paint, warm", "large warm", "first_paint_ms", 1000),
    Row("5,000 elements: shown and a key answered, cold", "large cold", "usable_ms"),
    Row("5,000 elements: shown and a key answered, warm", "large warm", "usable_ms", 3000),
    Row("5,000 elements: long tasks, warm", "large warm", "long_tasks", unit=""),
    Row("5,000 elements: longest task, warm", "large warm", "longest_task_ms"),
    Row("5,000 elements: blocked (long tasks beyond 50 ms), warm", "large warm", "blocked_ms"),
    Row("50 people move: from frame to frame, median", "crowd", "frame_ms", 34),
    Row("50 people move: from frame to frame, 95 of 100 within", "crowd", "slow_frame_ms"),
    Row("memory of a small board", "small warm", "heap_mb", unit="MB"),
    Row("memory of 5,000 elements", "large warm", "heap_mb", unit="MB"),
    Row("scripts before the board is shown, gzip", "size", "scripts_kb", 450, "KB"),
    Row("requests to other hosts", "size", "foreign", 0, ""),
)


def main() -> int:
    """Measures and prints; the exit code says whether every target was reached."""
    parser = argparse.ArgumentParser(prog="tests.measures", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="the table shows medians")
    parser.add_argument("--json", type=Path, help="also write all values there")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")
    django.setup()
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        server = Server(Path(directory), static_root=Path(directory) / "static")
        server.manage("collectstatic", "--noinput", "--verbosity", "0")
        server.start()
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS
        )
        try:
            values = _measure(browser, server, arguments.rounds)
        finally:
            browser.close()
            server.stop()
    if arguments.json:
        arguments.json.write_text(json.dumps(values, indent=1) + "\n")
    return 0 if _print(values) else 1


def _measure(browser: Browser, server: Server, rounds: int) -> dict[str, list[Figures]]:
    values: dict[str, list[Figures]] = {}
    for name, count in (("small", SMALL), ("large", LARGE)):
        board = LargeBoard(server.url, server.token("alice"), server.new_board(), count)
        board.draw()
        for _ in range(rounds):
            # A browser that was never here before; signed in, like visitors of a board.
            visitor = BoardPage(browser, server).sign_in("alice")
            visitor.page.add_init_script(_OBSERVE)
            for state in ("cold", "warm"):
                figures = _open(visitor.page, server, board)
                values.setdefault(f"{name} {state}", []).append(figures)
            foreign = float(len(visitor.foreign_requests))
            values.setdefault("size", []).append({"foreign": foreign, "scripts_kb": _scripts_kb()})
            visitor.context.close()
    for _ in range(rounds):
        values.setdefault("crowd", []).append(_crowd(browser, server))
    return values


def _crowd(browser: Browser, server: Server) -> Figures:
    """Frames of a small board on which many people move their pointers."""
    from tests.presences import frames_among  # needs Django's settings

    board = LargeBoard(server.url, server.token("alice"), server.new_board(bob="view"), SMALL)
    board.draw()
    alice = BoardPage(browser, server).sign_in("alice").open(board.board)
    gaps, _moves = frames_among(alice.page, server, board.board, PEOPLE, PEOPLE_SECONDS)
    alice.context.close()
    return {"frame_ms": median(gaps), "slow_frame_ms": sorted(gaps)[int(len(gaps) * 0.95)]}


def _open(page: Page, server: Server, board: LargeBoard) -> Figures:
    page.goto(f"{server.url}/board/{board.board}")
    usable = until_usable(page, board.count)
    page.wait_for_function("() => window.canvasBoard.status().kind === 'saved'")
    page.wait_for_timeout(2000)  # what loads later: the worker, fonts, the offline copy
    figures: Figures = page.evaluate(_READ)
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    heap = next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize")
    return {**figures, "usable_ms": usable, "heap_mb": heap / 1e6}


def _scripts_kb() -> float:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in initial_scripts()) / 1000


def _print(values: dict[str, list[Figures]]) -> bool:
    print("| in Chromium | median | target |\n| --- | ---: | ---: |")
    is_reached = True
    for row in ROWS:
        value = median(figures[row.metric] for figures in values[row.board])
        limit = "" if row.limit is None else f"≤ {row.limit:,.0f} {row.unit}"
        mark = "" if row.limit is None or value <= row.limit else " **missed**"
        is_reached &= not mark
        print(f"| {row.title} | {value:,.0f} {row.unit} | {limit}{mark} |")
    return is_reached


if __name__ == "__main__":
    sys.exit(main())
