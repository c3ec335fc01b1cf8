"""What happens in a history: who does what, and what goes wrong, as the seed says."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from pycrdt import Doc, Map

from proof.simulation.checks import EVIL
from proof.simulation.people import SHAPE, Drawer
from proof.simulation.world import HOSTILE, NAMES, World
from sync.models import DocumentClient
from sync.wire import frames

MEAN_SECONDS = 0.04
PRESENCE_SHARE = 0.15
"""Of the histories, in which presence is looked at: it takes many virtual seconds."""
HELD_SHARE = 0.2
"""Of the histories, in which boards are kept locked."""
STEPS = range(3, 60)


class Result(NamedTuple):
    """What one history was like."""

    seed: int
    trace: str
    steps: int
    counts: dict[str, int]


class Script:
    """Draws the steps of one history from its seed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random
        self._kinds: list[Callable[[], None]] = []
        self._weights: list[float] = []

    def prepare(self) -> None:
        """Chooses how many there are of everything, and which faults this history has."""
        world, chance = self.world, self.random
        world.add_people(boards=chance.choice((1, 1, 1, 2)), drawers=chance.choice((2, 2, 3)))
        if chance.random() < 0.3:
            world._add_drawer(HOSTILE, world.drawers[0].board_id)
        for place in range(chance.choice((1, 2, 2, 3))):
            world.start(place)
        world.layer.longest_seconds = chance.choice((0.002, 0.05, 0.5))
        if chance.random() < 0.5:
            world.layer.lost, world.layer.repeated = chance.choice(((0.1, 0.1), (0.5, 0), (0, 0.3)))
        world.slow_seconds = chance.choice((0.002, 0.01, 0.5))
        world.failing = chance.choice((0.0, 0.0, 0.01, 0.05))
        for drawer in world.drawers:
            if chance.random() < 0.8:
                drawer.come()
        self._choose_kinds()
        self._hold_boards()

    def _hold_boards(self) -> None:
        """In some histories somebody keeps boards locked now and then; drawn apart, so that the
        others are what they are without it.
        """
        chance = random.Random(f"held {self.world.seed}")
        if chance.random() < HELD_SHARE:
            for _ in range(chance.choice((1, 2, 5))):
                board_id = chance.choice(list(self.world.checks.oracles))
                seconds = chance.choice((0.1, 1.0, 5.0)) * chance.random()
                hold = partial(self.world.hold, board_id, seconds)
                self.world.scheduler.after(2 * chance.random(), hold)

    def _choose_kinds(self) -> None:
        often: list[tuple[Callable[[], None], float]] = [
            (self.draw, 12),
            (self.come_or_go, 2),
            (self.announce, 1),
        ]
        rare: list[tuple[Callable[[], None], float]] = [
            (self.kill, 0.7),
            (self.stop, 0.5),
            (self.compact, 1),
            (self.change_access, 1),
            (self.cut, 0.7),
            (self.freeze, 0.7),
            (self.cut_off, 0.4),
            (self.lose_layer, 0.4),
            (self.stall, 0.5),
        ]
        chosen = often + [one for one in rare if self.random.random() < 0.5]
        if any(drawer.name == HOSTILE for drawer in self.world.drawers):
            chosen.append((self.attack, 3))
        self._kinds, self._weights = [kind for kind, _ in chosen], [one for _, one in chosen]

    def play(self) -> None:
        """Plays all steps."""
        scheduler = self.world.scheduler
        # Mostly few: most faults need few steps, and many more histories fit into the time.
        for _ in range(min(self.random.choice(STEPS) for _ in range(3))):
            scheduler.run_until(scheduler.now + self.random.expovariate(1 / MEAN_SECONDS))
            (kind,) = self.random.choices(self._kinds, self._weights)
            scheduler.note(kind.__name__)
            kind()

    # --- people

    def _drawer(self) -> Drawer:
        return self.random.choice(self.world.drawers)

    def draw(self) -> None:
        drawer = self._drawer()
        for _ in range(self.random.choice((1, 1, 1, 3))):
            drawer.draw()

    def come_or_go(self) -> None:
        drawer = self._drawer()
        if drawer.is_refused and self.world.checks.level_of(drawer.board_id, drawer.name):
            self.world.begin_again(drawer)
        drawer.come() if drawer.is_away else drawer.go()

    def announce(self) -> None:
        self._drawer().announce()

    def cut(self) -> None:
        connection = self._drawer().connection
        if connection is not None:
            connection.cut()

    def freeze(self) -> None:
        connection = self._drawer().connection
        if connection is not None and not connection.is_frozen:
            connection.freeze()
            self._later(2.0, connection.thaw)

    # --- processes and what is between them

    def _place(self) -> int:
        return self.random.randrange(len(self.world.processes))

    def _later(self, most: float, callback: Callable[[], None]) -> None:
        self.world.scheduler.after(most * self.random.random(), callback)

    def kill(self) -> None:
        place = self._place()
        self.world.kill(place)
        self._later(1.0, lambda: self.world.start(place))

    def stop(self) -> None:
        place = self._place()
        self.world.stop(place)
        self._later(10.0, lambda: self.world.start(place))

    def stall(self) -> None:
        process = self.world.processes[self._place()]
        if process is not None:
            process.loop.stall(2 * self.random.random())

    def cut_off(self) -> None:
        process = self.world.processes[self._place()]
        if process is not None:
            process.loop.is_cut_off = True
            self._later(5.0, lambda: setattr(process.loop, "is_cut_off", False))

    def lose_layer(self) -> None:
        process = self.world.processes[self._place()]
        if process is None:
            return
        end = self.world.layers[process.loop]
        if self.random.random() < 0.5:
            end.freeze()
            self._later(4.0, end.thaw)
        else:
            end.is_down = True
            self._later(4.0, lambda: setattr(end, "is_down", False))

    # --- programs

    def _board(self) -> UUID:
        return self._drawer().board_id

    def compact(self) -> None:
        world, board_id = self.world, self._board()
        for _ in range(self.random.choice((1, 1, 2))):
            world.on_thread(lambda: world.compact(board_id))

    def change_access(self) -> None:
        world, board_id = self.world, self._board()
        name, level = self.random.choice(NAMES[1:]), self.random.choice(("edit", "view", ""))
        world.on_thread(lambda: world.change_access(board_id, name, level))

    # --- hostile people

    def attack(self) -> None:
        for drawer in self.world.drawers:
            if drawer.name == HOSTILE:
                self._attack(drawer)

    def _attack(self, drawer: Drawer) -> None:
        if drawer.is_refused:
            self.world.begin_again(drawer)
        if drawer.connection is None:
            drawer.come()
        elif drawer.is_synced:
            kind = self.random.choice((self._forged, self._gap, self._strange, self._garbage))
            frame = kind(drawer)
            if frame:
                drawer.connection.send(frame)

    def _forged(self, drawer: Drawer) -> bytes:
        """An update under the client id of somebody else."""
        owned = self.world.database.rows(DocumentClient, board_id=drawer.board_id)
        here = {one.client_id for one in self.world.drawers if one is not drawer}
        ids = [row["client_id"] for row in owned if row["client_id"] in here]
        return _made(drawer, self.random.choice(ids), dict(SHAPE)) if ids else b""

    def _strange(self, drawer: Drawer) -> bytes:
        """A value out of its bounds, or in a place where none may be."""
        value = self.random.choice(({**SHAPE, "opacity": 1000}, {**SHAPE, "pos": [1, 2, 3]}, 1))
        return _made(drawer, drawer.client_id, value)

    def _gap(self, drawer: Drawer) -> bytes:
        """An update that builds on something that nobody has."""
        other: Doc[Map[Any]] = Doc(client_id=self.random.getrandbits(31) + 1)
        elements = other.get("elements", type=Map)
        elements[f"{EVIL}-1"] = Map({"type": "rectangle"})
        before = other.get_state()
        elements[f"{EVIL}-1"]["pos"] = [1, 1]
        return frames.encode_update(other.get_update(before))

    def _garbage(self, drawer: Drawer) -> bytes:
        return self.random.randbytes(self.random.randrange(1, 40))


def _made(drawer: Drawer, client_id: int, value: dict[str, Any] | int) -> bytes:
    """The frame of an update to the document of a person under a client id."""
    other: Doc[Map[Any]] = Doc(client_id=client_id)
    other.apply_update(drawer.doc.get_update())
    before = other.get_state()
    other.get("elements", type=Map)[EVIL] = Map(value) if isinstance(value, dict) else value
    return frames.encode_update(other.get_update(before))


def play(seed: int, *, lines: list[str] | None = None) -> Result:
    """Plays the history of a seed. Raises BrokenPromiseError if a promise does not hold in it."""
    world = World(seed)
    world.scheduler.lines = lines
    try:
        script = Script(world)
        script.prepare()
        script.play()
        world.come_to_rest()
        if world.random.random() < PRESENCE_SHARE:
            world.look_at_presence()
        scheduler = world.scheduler
        return Result(seed, scheduler.trace, scheduler.steps, world.checks.counts)
    finally:
        world.close()
