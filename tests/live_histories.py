"""Hostile histories on a real server; afterwards stock clients and a page sync and save.

    python -m tests.live_histories --count 50 --seed 1

The attacks are those of `proof/fuzz/histories.py`, sent by an editor and a guest to a board
whose budgets are as small as the settings allow. Somebody who drew before, with the published Yjs
client, stays connected. In the end they draw on, a newcomer opens the board with such a client, and
a real page opens it: all are saved, and all read what the server has stored.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from proof.fuzz.histories import ATTACKS, World, corpus
from sync.document.document import Document
from sync.wire.frames import encode_step2, encode_update
from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.page import BoardPage, until_open
from tests.page_compare import stored_document, stored_update
from tests.server import ROOT, Server, StockClient, StockClients, until

BUDGETS = {
    "CANVAS_MAX_BOARD_CLIENTS": "100",
    "CANVAS_MAX_BOARD_CLIENTS_EACH": "100",
    "CANVAS_MAX_BOARD_DELETIONS": "1000",
    "CANVAS_NEW_CLIENTS_AT_ONCE": "64",
    # The script itself looks at the stored document more often than people do.
    "CANVAS_EXPENSIVE_PER_MINUTE": "10000",
}
STEPS = 120
LOOK_EVERY = 12
"""Steps after which attackers look at what the board holds."""
ABSENT = "absent"
HISTORY_REPLACED = "the history of this board was replaced"
REPLACEMENTS = 3
"""How often the history of a board may be replaced while somebody draws one thing."""
SHAPE = {"type": "rectangle", "pos": [1, 1], "size": [5, 5], "seed": 1}


class Attacker:
    """A socket that comes back whenever the server has closed it."""

    def __init__(self, address: str, source: str, counts: Counter[str]) -> None:
        self._address, self._source, self._counts = address, source, counts
        self._socket: ClientConnection | None = None
        self._opened = ExitStack()

    def send(self, frame: bytes) -> None:
        """Sends it, and takes what has come; a refusal counts by its code."""
        try:
            if self._socket is None:
                source = (self._source, 0)
                self._socket = self._opened.enter_context(
                    connect(self._address, source_address=source, max_size=None, max_queue=None)
                )
            self._socket.send(frame)
            self._take_all()
        except (ConnectionClosed, InvalidStatus, OSError):
            self._count_end()

    def _take_all(self) -> None:
        assert self._socket is not None
        try:
            while True:
                self._socket.recv(timeout=0)
        except TimeoutError:
            return

    def _count_end(self) -> None:
        code = self._socket.close_code if self._socket is not None else None
        self._counts[f"attackers closed with {code}"] += 1
        self._socket = None
        self._opened.close()

    def close(self) -> None:
        """Leaves."""
        self._opened.close()


class Stage:
    """A server, a browser and a Node process, for any number of histories."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.server = server
        self.page = BoardPage(browser, server).sign_in_by_form("alice")
        self.stock = StockClients()
        self.tokens = {name: server.token(name) for name in ("alice", "bob", "charlie")}
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stock.close()
        self.page.context.close()

    def play(self, seed: int) -> None:
        """One history and its end; raises AssertionError with the promise that is broken."""
        board = self.server.new_board(bob="edit", charlie="edit")
        path = f"boards/{board}/permissions"
        public = {"user": None, "level": "edit"}
        answer = self.server.call("POST", path, public, self.tokens["alice"])
        assert answer[0] == 201, answer
        with ExitStack() as stack:
            before = self._opened(stack, board, "alice")
            before.call("set", id="first", values=SHAPE)
            before.until("isAllSaved", bool)
            self._attack(stack, board, seed)
            before = self._still_there(stack, board, "alice", before)
            newcomer = self._opened(stack, board, "charlie")
            self._draw(stack, board, "alice", before, "of before")
            newcomer = self._draw(stack, board, "charlie", newcomer, "of newcomer")
            self._on_a_page(stack, board, newcomer)
        self.counts["histories"] += 1

    def _opened(self, stack: ExitStack, board: str, user: str) -> StockClient:
        client = self.stock.open(self.server, board, self.tokens[user])
        stack.callback(client.close)
        return client.until_synced()

    def _attack(self, stack: ExitStack, board: str, seed: int) -> None:
        world = World(seed)
        source = f"127.{1 + seed // 250 % 250}.{seed % 250}.1"
        base = f"{self.server.socket_base}/{board}"
        attackers = [
            Attacker(f"{base}?token={self.tokens['bob']}", source, self.counts),
            Attacker(f"{base}?public=1&edit=true", source, self.counts),
        ]
        for one in attackers:
            stack.callback(one.close)
        for step in range(STEPS):
            if step % LOOK_EVERY == 0:
                update = stored_update(self.server, board, self.tokens["alice"])
                world.document, world.accepted = Document.load([update]), [update]
            attack = world.rnd.choice(ATTACKS)
            data = attack(world)
            is_step2 = attack is not corpus and world.rnd.random() < 0.2
            frame = encode_step2(data) if is_step2 else encode_update(data)
            world.rnd.choice(attackers).send(frame)
        self.counts["attacks"] += STEPS

    def _still_there(
        self, stack: ExitStack, board: str, user: str, client: StockClient
    ) -> StockClient:
        """The client; another one where the history was replaced under it, which no client without
        our page survives. Raises AssertionError if it was closed for anything else.
        """
        closes = client.call("state")["closes"]
        if any(HISTORY_REPLACED in close["reason"] for close in closes):
            self.counts["stock clients that started again"] += 1
            client.call("disconnect")
            return self._opened(stack, board, user)
        assert closes == [], "somebody honest was closed"
        return client

    def _draw(
        self, stack: ExitStack, board: str, user: str, client: StockClient, element: str
    ) -> StockClient:
        """Draws and deletes; from the beginning where the history is replaced meanwhile."""
        edits = (
            (element, SHAPE),
            (element, {"pos": [2, 2]}),
            ("first", {"opacity": 50}),
            (element, {"del": {"by": None, "at": 1}}),
        )
        for _ in range(REPLACEMENTS):
            for id, values in edits:
                client.call("set", id=id, values=values)
                until(
                    lambda client=client: (
                        client.call("isAllSaved") or client.call("state")["closes"]
                    ),
                    bool,
                )
            present = self._still_there(stack, board, user, client)
            if present is client:
                self.counts["stock clients saved"] += 1
                return client
            client = present
        raise AssertionError(f"the history is replaced again and again under {user}")

    def _on_a_page(self, stack: ExitStack, board: str, stock: StockClient) -> None:
        page = self.page.open(board)
        drawn = self._drawn_on(page)

        def faults() -> list[str]:
            nonlocal stock
            stock = self._still_there(stack, board, "charlie", stock)
            stored = stored_document(self.server, board)["elements"]
            try:
                readers = {"page": page.content(), "stock client": stock.call("content")}
            except PlaywrightError as error:
                return [f"the page begins again: {error}"]
            lost = [] if drawn in stored else [f"{drawn} is not stored"]
            return lost + [
                f"{name}: {element} is {content.get(element, ABSENT)}, "
                f"stored {stored.get(element, ABSENT)}"
                for name, content in readers.items()
                for element in content.keys() | stored.keys()
                if content.get(element, ABSENT) != stored.get(element, ABSENT)
            ]

        until(faults, lambda found: not found)
        assert page.errors == [], page.errors
        self.counts["pages saved"] += 1

    def _drawn_on(self, page: BoardPage) -> str:
        """The id of a rectangle that the page says is saved; a page that begins again meanwhile,
        because the history was replaced, draws another.
        """
        for _ in range(REPLACEMENTS):
            try:
                page.until_status("Saved")
                drawn = page.draw_rectangle(700, 420)
                page.until_status("Saved")
                return drawn
            except PlaywrightError:
                until_open(page.page)
                self.counts["pages that started again"] += 1
        raise AssertionError("the page begins again and again")


@contextmanager
def stage(server: Server, browser: Browser) -> Iterator[Stage]:
    """For histories on a server that runs with `BUDGETS`; at the end it has said of no fault."""
    with Stage(server, browser) as made:
        yield made
    log = server.log.read_text()
    assert "Traceback" not in log, log[-4000:]
    assert server.is_alive()


def main() -> None:
    """Plays histories on a server of their own; exits 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50, help="histories to play")
    parser.add_argument("--seed", type=int, default=1, help="of the first history")
    options = parser.parse_args()
    started = time.monotonic()
    with TemporaryDirectory() as directory, sync_playwright() as playwright:
        server = Server(Path(directory), static_root=collected(Path(directory)), **BUDGETS)
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS
        )
        try:
            server.start()
            with stage(server, browser) as made:
                for seed in range(options.seed, options.seed + options.count):
                    try:
                        made.play(seed)
                    except BaseException as error:
                        error.add_note(f"seed {seed}")
                        raise
                    seconds = time.monotonic() - started
                    print(f"seed {seed}: clean, {seconds:.0f} s", file=sys.stderr, flush=True)
                print(json.dumps(made.counts, indent=2))
        finally:
            browser.close()
            server.stop()
    print(f"{time.monotonic() - started:.0f} s, 0 broken promises")


def collected(directory: Path) -> Path:
    """The static files of the page."""
    path = directory / "static"
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    environment = Server(directory, static_root=path).environment
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return path


if __name__ == "__main__":
    main()
