"""One history: processes, people and faults, all chosen by the seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import greenlet
from django.contrib.auth.models import User
from django.db import OperationalError

from boards.models import Board, BoardPermission
from proof.simulation import seams
from proof.simulation.checks import Checks, Oracle
from proof.simulation.connection import Connection
from proof.simulation.database import Database
from proof.simulation.layer import Layer, LayerOfProcess
from proof.simulation.loops import SimulatedLoop, current_thread
from proof.simulation.people import RENEW_SECONDS, Drawer
from proof.simulation.scheduler import BrokenPromiseError, Scheduler
from sync.rooms.bus import ACCESS, group_of
from sync.rooms.process import close_rooms
from sync.storage.compaction import CompactionError, compact_board
from sync.storage.log import LogDamagedError, load_document

NAMES = ("alice", "bob", "carol", "dave")
HOSTILE = "mallory"
REST_SECONDS = 60.0
"""How long everything may take to come to rest once there are no more faults."""
LOOK_SECONDS = 0.1
GHOST_SECONDS = 9.0
"""Somewhat more than the time after which clients of other processes are forgotten."""
VANISHED_SECONDS = 33.0
"""The same for clients of the process itself."""


class Process:
    """One server; killed and started again it is another loop."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self.loop = loop
        self.is_stopping = False


class World:
    """Everything of one seed. `run` raises BrokenPromiseError if a promise does not hold."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.scheduler = Scheduler(seed)
        self.random = self.scheduler.random
        self.database = Database()
        self.layer = Layer(self.scheduler)
        self.layers: dict[SimulatedLoop, LayerOfProcess] = {}
        self.checks = Checks(self.scheduler, self.database)
        self.processes: list[Process | None] = []
        self.connections: list[Connection] = []
        self.drawers: list[Drawer] = []
        self.loops: list[SimulatedLoop] = []
        self.database.before, self.database.after = self._before, self._after
        self.database.wait = self._wait
        self.slow_seconds = 0.002
        self.failing = 0.0
        """Share of the statements that fail, half of them after they were done."""
        self.is_healed = False
        self.damage: list[str] = []
        seams.begin(self.scheduler, self.database, self.layers)

    # --- what there is

    def add_people(self, boards: int, drawers: int) -> None:
        """Makes accounts, boards and clients."""
        for number, name in enumerate((*NAMES, HOSTILE), 1):
            self.database.table(User).insert({"id": number, "username": name, "is_active": True})
        for number in range(boards):
            board_id = UUID(int=self.random.getrandbits(128), version=4)
            self.database.table(Board).insert({"id": board_id, "title": "Board", "owner_id": 1})
            self.checks.oracles[board_id] = Oracle()
            for user_id in range(2, len(NAMES) + 2):
                self._give(board_id, user_id, "edit")
            for one in range(drawers):
                self._add_drawer(NAMES[(number + one) % len(NAMES)], board_id)

    def _add_drawer(self, name: str, board_id: UUID) -> None:
        drawer = Drawer(self.scheduler, name, board_id, self._connect)
        drawer.on_seen = lambda drawer, _: self.checks.seen(drawer)
        self.drawers.append(drawer)
        self.checks.people[drawer.client_id] = name

    def _give(self, board_id: UUID, user_id: int, level: str) -> None:
        permissions = self.database.table(BoardPermission)
        permissions.insert({"board_id": board_id, "user_id": user_id, "level": level})

    @property
    def running(self) -> list[Process]:
        """The processes that take connections."""
        return [one for one in self.processes if one is not None and not one.is_stopping]

    def _connect(self, drawer: Drawer) -> Connection | None:
        if not self.running:
            return None
        process = self.random.choice(self.running)
        connection = Connection(process.loop, drawer, drawer.board_id, self.checks.left)
        self.connections.append(connection)
        return connection

    # --- processes

    def start(self, place: int) -> None:
        """Starts the process at a place, unless it runs."""
        while len(self.processes) <= place:
            self.processes.append(None)
        if self.processes[place] is None:
            loop = SimulatedLoop(self.scheduler, f"process {place}")  # type: ignore[abstract]
            self.loops.append(loop)
            self.layers[loop] = LayerOfProcess(self.layer, loop)
            self.processes[place] = Process(loop)
            self.scheduler.note("start", place)

    def kill(self, place: int) -> None:
        """`kill -9`."""
        process = self.processes[place]
        if process is not None:
            self.scheduler.note("kill", place)
            self.processes[place] = None
            process.loop.kill()
            for connection in self.connections:
                if connection.loop is process.loop:
                    connection.died()

    def stop(self, place: int) -> None:
        """A clean stop; it ends when all rooms are closed."""
        process = self.processes[place]
        if process is None or process.is_stopping:
            return
        self.scheduler.note("stop", place)
        process.is_stopping = True
        loop = process.loop

        async def end() -> None:
            await close_rooms()
            self.scheduler.after(0.2, lambda: self._is_over(place, process))

        loop.call_soon(lambda: loop.create_task(end()))

    def _is_over(self, place: int, process: Process) -> None:
        if self.processes[place] is process:
            self.kill(place)
            if self.is_healed:
                self.start(place)

    # --- the way to the database

    def _before(self) -> None:
        thread = current_thread()
        if thread is not None:
            self._pass(thread.loop)

    _after = _before

    def _pass(self, loop: SimulatedLoop) -> None:
        thread = current_thread()
        if thread is None or not loop.is_alive:
            raise greenlet.GreenletExit
        chance = self.random
        thread.pause(0.0002 + self.slow_seconds * chance.random() ** 8)
        if self.failing and chance.random() < self.failing:
            raise OperationalError("the connection was lost")
        if loop.is_cut_off:
            thread.pause(0.05)
            raise OperationalError("the database can't be reached")

    def _wait(self, seconds: float) -> None:
        thread = current_thread()
        assert thread is not None
        thread.pause(seconds)

    def hold(self, board_id: UUID, seconds: float) -> None:
        """Somebody keeps the board locked for so long, unless all is well before."""
        if not self.is_healed:
            self.scheduler.note("hold", board_id)
            self.database.held.add(board_id)
            self.scheduler.after(seconds, lambda: self.database.held.discard(board_id))

    # --- programs

    def on_thread(self, work: Callable[[], None]) -> None:
        """Runs a program's blocking work in one of the processes."""
        if self.running:
            self.random.choice(self.running).loop.threads.start(work)

    def compact(self, board_id: UUID) -> None:
        """What the compaction loop does with a board; it may die with its process."""
        try:
            compact_board(board_id)
        except OperationalError:
            return
        except (CompactionError, LogDamagedError) as error:
            self.damage.append(repr(error))

    def change_access(self, board_id: UUID, name: str, level: str) -> None:
        """Changes a permission as the sharing service does: rows and version in one transaction,
        then news to all processes."""
        user = self.database.row(User, username=name)
        assert user is not None
        try:
            with self.database.atomic():
                if self.is_healed and level != "edit":
                    return  # it was still on its way
                rows = self.database.table(BoardPermission)
                rows.filter(board_id=board_id, user_id=user["id"]).delete()
                if level:
                    self._give(board_id, user["id"], level)
                boards = self.database.table(Board).filter(id=board_id)
                version = boards.first().access_version + 1
                boards.update(access_version=version)
                self.scheduler.note("access", board_id, name, level)
        except OperationalError:
            return
        self.announce(board_id)

    def announce(self, board_id: UUID) -> None:
        """Tells every process that the access to a board has changed."""
        message: dict[str, Any] = {"type": ACCESS, "board": board_id.hex}
        for channel in self.layer.members(group_of(board_id)):
            self.layer.forward(channel, message)

    # --- the end

    def heal(self) -> None:
        """Ends all faults, gives everybody their access back and brings them together."""
        self.scheduler.note("heal")
        self.is_healed = True
        self.failing, self.slow_seconds = 0.0, 0.002
        self.database.held.clear()
        self.layer.lost = self.layer.repeated = 0.0
        for place in range(len(self.processes)):
            self.start(place)
        for process in self.running:
            process.loop.is_cut_off = False
        for end in self.layers.values():
            end.is_down = False
            end.thaw()
        for connection in self.connections:
            connection.thaw()
        for board_id in self.checks.oracles:
            for name in NAMES[1:]:
                if self.checks.level_of(board_id, name) != "edit":
                    self.change_access(board_id, name, "edit")
        for drawer in self.drawers:
            drawer.go()
            if drawer.is_refused or drawer.name == HOSTILE:
                self.begin_again(drawer)
            self.scheduler.after(0.3, drawer.come)

    def begin_again(self, drawer: Drawer) -> None:
        """A person whose document was refused begins without it."""
        drawer.is_refused = False
        drawer.begin_again()
        self.checks.people[drawer.client_id] = drawer.name

    def is_at_rest(self) -> bool:
        """Whether everybody has what is committed, and it is all that they drew."""
        return all(
            drawer.is_synced
            and drawer.is_saved
            and drawer.clocks == self.checks.oracles[drawer.board_id].clocks
            for drawer in self.drawers
        ) and not any(process is not None and process.is_stopping for process in self.processes)

    def come_to_rest(self) -> None:
        """Ends the faults, waits, and looks at everything."""
        self.heal()
        self.scheduler.run_until(self.scheduler.now + 0.5)
        begun = self.scheduler.now
        self.scheduler.run_while(lambda: not self.is_at_rest(), REST_SECONDS, LOOK_SECONDS)
        self.rest_seconds = self.scheduler.now - begun
        for board_id in self.checks.oracles:
            here = [one for one in self.drawers if one.board_id == board_id]
            self.checks.at_rest(board_id, here, load_document(board_id))
        self.checks.audit_is_complete()
        self.checks.honest_are_welcome(one for one in self.drawers if one.name != HOSTILE)
        failures = [line for loop in self.loops for line in loop.failures]
        if self.damage or failures:
            raise BrokenPromiseError(f"something failed: {(self.damage + failures)[:3]}")

    def look_at_presence(self) -> None:
        """One person vanishes, perhaps together with a process; then nobody sees a ghost."""
        gone = self.random.choice(self.drawers)
        loop, seconds = gone.loop(), VANISHED_SECONDS
        gone.vanish()
        if len(self.processes) > 1 and self.random.random() < 0.8:
            self.kill(next(at for at, one in enumerate(self.processes) if one and one.loop is loop))
            seconds = GHOST_SECONDS
        self.scheduler.run_until(self.scheduler.now + seconds)
        here = [one for one in self.drawers if one is not gone]
        self.checks.presence_is_true(here, is_complete=seconds > 2 * RENEW_SECONDS)

    def close(self) -> None:
        """Frees everything; nothing of it runs any more."""
        for loop in self.loops:
            loop.kill()
        for loop in self.loops:
            loop.threads.free()
        for drawer in self.drawers:
            drawer.forget()
        self.scheduler.forget()
