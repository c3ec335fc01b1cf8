"""Random scripts for real board pages: people draw, lose the network, reload, come back.

A script is a seed. Everything in it, including the pages' client ids, follows from the seed; online
pages are in sync before each step, so that a script runs the same every time. In the end all pages
and the server must hold the same, and people must be asked exactly about what they changed without
knowing of each other.
"""

import random
import time
from typing import Any

from tests.page import BoardPage
from tests.page_compare import Figures, compare, stored_document
from tests.page_people import Person
from tests.page_truth import Write
from tests.patience import patient
from tests.server import Server, until

STEPS = 60
# A race counts as over when its value has not changed for this long (recorder.ts).
REST_SECONDS = 1.8

STEP_WEIGHTS = {
    "act": 66,
    "race": 5,
    "hold": 6,
    "go_offline": 12,
    "go_online": 6,
    "reload": 5,
    "close": 3,
    "open": 6,
}
ACT_WEIGHTS = {
    "draw": 3,
    "move": 18,
    "style": 14,
    "resize": 6,
    "reshape": 6,
    "write": 9,
    "lock": 3,
    "order": 5,
    "frame": 3,
    "group": 4,
    "nudge": 8,
    "remove": 5,
    "undo": 8,
    "drop": 2,
}
RACES = ("move", "style", "write", "resize")


class Script:
    """One seed on a board of its own."""

    def __init__(self, seed: int, server: Server, people: list[Person]) -> None:
        self.seed = seed
        self.server = server
        self.random = random.Random(seed)
        self.people = people[: self.random.randint(2, len(people))]
        self.random.shuffle(self.people)
        self.board = server.new_board(bob="edit", charlie="edit", admin="edit")
        self.writes: list[Write] = []
        self.serial = 0
        self.figures = Figures(scripts=1)
        self.trace: list[str] = []
        self.held: tuple[Person, BoardPage] | None = None

    def run(self) -> Figures:
        """Plays the script; raises AssertionError if pages differ or conflicts are wrong."""
        try:
            self._begin()
            for _ in range(STEPS):
                self._step()
                self._until_in_step()
            self._end()
            stored = stored_document(self.server, self.board)
            compare(stored, self._tabs(), self.writes, self.figures)
        except BaseException as error:
            error.add_note(f"seed {self.seed}:\n" + "\n".join(self.trace))
            raise
        finally:
            self._leave()
        return self.figures

    # --- steps

    def _begin(self) -> None:
        for number, person in enumerate(self.people):
            seed = self.seed * 10 + number + 1
            person.home.page.evaluate(
                """seed => { localStorage['script-seed'] = seed
                             localStorage['script-opened'] = 0 }""",
                seed,
            )
            self._open(person)
        for _ in range(6):
            self._act("draw", self.people[0], self.people[0].tabs[0])
        self._until_in_step()

    def _step(self) -> None:
        self.figures.steps += 1
        name = self.random.choices(list(STEP_WEIGHTS), list(STEP_WEIGHTS.values()))[0]
        # Few people are offline, and what they do matters most here.
        drawing = [person for person in self.people if person.tabs]
        weights = [1 if person.is_online else 3 for person in drawing]
        person = self.random.choices(drawing, weights)[0] if drawing else None
        if self.held and (person is self.held[0] or name in ("race", "hold") or self._is_tired()):
            self._release()
        if name == "race":
            self._race()
        elif name == "go_online":
            absent = [person for person in self.people if not person.is_online]
            if absent:
                self._go_online(self.random.choice(absent))
        elif name == "open":
            person = self.random.choice(self.people)
            if len(person.tabs) < 2:
                self._open(person)
        elif person:
            self._step_of(name, person)

    def _step_of(self, name: str, person: Person) -> None:
        """A step of somebody with a window."""
        if name == "act":
            action = self.random.choices(list(ACT_WEIGHTS), list(ACT_WEIGHTS.values()))[0]
            self._act(action, person, self.random.choice(person.tabs))
        elif name == "hold":
            self._hold(person, self.random.choice(person.tabs))
        elif name == "go_offline" and person.is_online:
            self._go_offline(person)
        elif name == "reload":
            self._reload(person, self.random.choice(person.tabs))
        elif name == "close":
            self._close(person, self.random.choice(person.tabs))

    def _act(self, action: str, person: Person, tab: BoardPage) -> None:
        self.serial += 1
        # Squared: everyone works on the same few elements.
        numbers = [self.random.random() ** 2, self.random.random(), self.random.random()]
        call = [action, numbers, self.serial]
        notes = tab.page.evaluate("([name, ns, n]) => boardScript.act(name, ns, n, 0)", call)
        self._note(action, person, tab, notes)

    def _race(self) -> None:
        """Two people change the same thing at the same moment."""
        online = [person for person in self.people if person.is_online and person.tabs]
        if len(online) < 2:
            return
        self.figures.races += 1
        racers = [(person, person.tabs[0]) for person in self.random.sample(online, 2)]
        action, who, which = self.random.choice(RACES), self.random.random(), self.random.random()
        start = time.time() * 1000 + 80
        for _, tab in racers:
            self.serial += 1
            second = which if action == "style" else self.random.random()
            call = [action, [who, second, self.random.random()], self.serial, start]
            tab.page.evaluate(
                "([name, ns, n, at]) => { window.race = boardScript.act(name, ns, n, at) }", call
            )
        for person, tab in racers:
            self._note(f"race {action}", person, tab, tab.page.evaluate("() => window.race"))

    def _is_tired(self) -> bool:
        """Whether somebody lets go now, whom nothing else makes let go."""
        return self.random.random() < 0.2

    def _hold(self, person: Person, tab: BoardPage) -> None:
        """Takes hold of an arrow or a line and pulls, without letting go."""
        place = tab.page.evaluate("n => boardScript.grip([n])", self.random.random() ** 2)
        if place is None:
            return
        self.figures.holds += 1
        self._say(f"{self._name(person)} takes hold")
        x, y = place
        tab.page.mouse.move(x, y)
        tab.page.mouse.down()
        tab.page.mouse.move(x + self.random.randint(-90, 90), y + 30, steps=4)
        self.held = person, tab

    def _release(self) -> None:
        if self.held is None:
            return
        (person, tab), self.held = self.held, None
        tab.page.mouse.up()
        tab.page.keyboard.press("Escape")
        tab.page.keyboard.press("Escape")
        self._act("release", person, tab)

    def _go_offline(self, person: Person) -> None:
        self.figures.offline_spells += 1
        self._say(f"{self._name(person)} goes offline")
        for tab in person.tabs:
            until(lambda tab=tab: self._is_kept(tab), bool)
        person.set_online(False)
        for tab in person.tabs:
            until(lambda tab=tab: self._state(tab)["isConnected"], lambda connected: not connected)

    def _go_online(self, person: Person) -> None:
        self._say(f"{self._name(person)} comes back")
        person.set_online(True)

    def _reload(self, person: Person, tab: BoardPage) -> None:
        self.figures.reloads += 1
        self._say(f"{self._name(person)} reloads window {person.tabs.index(tab)}")
        tab.page.reload()
        self._until_ready(person, tab)

    def _close(self, person: Person, tab: BoardPage) -> None:
        self._say(f"{self._name(person)} closes window {person.tabs.index(tab)}")
        person.tabs.remove(tab)
        self._end_tab(tab)

    def _open(self, person: Person) -> None:
        self._say(f"{self._name(person)} opens a window")
        tab = BoardPage(person.home.context, self.server)
        person.tabs.append(tab)
        tab.page.goto(f"{self.server.url}/board/{self.board}")
        self._until_ready(person, tab)

    def _until_ready(self, person: Person, tab: BoardPage) -> None:
        condition = "window.canvasBoard !== undefined"
        if person.is_online:
            condition = "window.canvasBoard?.provider.synced"
        tab.page.wait_for_function(f"() => {condition}", timeout=1000 * patient(60))
        tab.page.evaluate("() => boardScript.watch()")

    # --- in sync

    def _until_in_step(self, seconds: float = 45) -> None:
        """Everyone who is online holds the same, and everything online is saved."""
        tabs = [tab for person in self.people if person.is_online for tab in person.tabs]
        groups = [tabs, *(person.tabs for person in self.people if not person.is_online)]
        for group in groups:
            until(
                lambda group=group: [self._state(tab) for tab in group],
                lambda states, is_online=group is tabs: (
                    all(state["vector"] == states[0]["vector"] for state in states)
                    and (not is_online or all(state["kind"] == "saved" for state in states))
                ),
                seconds,
            )

    def _end(self) -> None:
        self._release()
        for person in self.people:
            if not person.is_online:
                self._go_online(person)
        for person in self.people:
            if not person.tabs:
                self._open(person)
        self._until_in_step()
        written = len(self.writes)
        time.sleep(REST_SECONDS)
        self._until_in_step()
        for tab in self._tabs():
            tab.page.evaluate("() => window.canvasBoard.flush()")
        self._until_in_step()
        assert len(self.writes) == written

    # --- helpers

    def _tabs(self) -> list[BoardPage]:
        return [tab for person in self.people for tab in person.tabs]

    def _state(self, tab: BoardPage) -> dict[str, Any]:
        return dict(tab.page.evaluate("() => boardScript.state()"))

    def _is_kept(self, tab: BoardPage) -> bool:
        return bool(
            tab.page.evaluate(
                """async () => {
                  const cache = await caches.open('canvas-pages')
                  return Boolean(await cache.match(location.origin + location.pathname))
                }"""
            )
        )

    def _note(self, what: str, person: Person, tab: BoardPage, notes: list[Any]) -> None:
        writes = [Write.noted(note, person.user) for note in notes]
        self.writes += writes
        self.figures.writes += len(writes)
        keys = ", ".join(f"{write.element}/{write.key}" for write in writes)
        self._say(f"{self._name(person)} window {person.tabs.index(tab)}: {what}: {keys}")

    def _name(self, person: Person) -> str:
        state = "" if person.is_online else " (offline)"
        return f"{person.user}#{self.people.index(person)}{state}"

    def _say(self, text: str) -> None:
        self.trace.append(f"{self.figures.steps}. {text}")

    def _end_tab(self, tab: BoardPage) -> None:
        assert tab.errors == []
        assert tab.foreign_requests == []
        tab.page.close()

    def _leave(self) -> None:
        for person in self.people:
            person.set_online(True)
            for tab in person.tabs:
                tab.page.close()
            person.tabs.clear()
