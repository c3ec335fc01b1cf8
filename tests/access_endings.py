"""All ways in which somebody loses access, each with a socket that it ends."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from tests.patience import CLOCK, patient
from tests.server import ROOT, Server
from tests.writers import Sockets


@dataclass
class Case:
    """Something that takes access away, and the sockets that it has to end."""

    name: str
    act: Callable[[], object]
    sockets: Sockets
    code: int
    took: float = 0.0
    drawn: list[str] = field(default_factory=list)
    began_at: float = 0.0

    def run(self) -> None:
        """Revokes access; the person draws before and keeps drawing after."""
        self.sockets.draw("before")
        assert self.sockets.has_saved.wait(patient(20)), self.name
        self.began_at = CLOCK.seconds
        self.act()
        self.took = CLOCK.seconds - self.began_at
        for number in range(10):
            name = f"after-{number}"
            self.drawn.append(name)
            self.sockets.draw(name)
            time.sleep(0.02)


ACCOUNTS = """
from django.contrib.auth.models import Group, User
from boards.models import Board, BoardPermission
names, password, many = {names!r}, {password!r}, {many!r}
alice = User.objects.get(username="alice")
users = [User.objects.create_user(name, password=password) for name in names]
team, wide = Group.objects.create(name="team"), Group.objects.create(name="wide")
User.objects.get(username="eve").groups.add(team)
User.objects.get(username="gus").groups.add(wide)
for number in range(many):
    board = Board.objects.create(owner=alice, title=f"many {{number}}")
    BoardPermission.objects.create(board=board, user=User.objects.get(username="fay"), level="edit")
    BoardPermission.objects.create(board=board, group=wide, level="edit")
"""

ENDINGS = {
    "deactivated": "u = User.objects.get(username='ben'); u.is_active = False; u.save()",
    "another password": "u = User.objects.get(username='cleo'); u.set_password('x' * 20); u.save()",
    "session removed": "Session.objects.get(session_key={session!r}).delete()",
    "out of the group": "User.objects.get(username='eve').groups.clear()",
    "account deleted": "User.objects.get(username='fay').delete()",
    "group deleted": "Group.objects.get(name='wide').delete()",
    "disconnected": "board_disconnect(board=Board.objects.get(pk={board!r}), by=SYSTEM)",
}
"""What an administrator does, in a third process."""

SHELL = """
import sys, time
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from audit.actor import SYSTEM
from boards.models import Board
from sync.programs.maintenance import board_disconnect
for line in sys.stdin:
    started = time.monotonic()
    exec(line)
    print(time.monotonic() - started, flush=True)
"""


class Shell:
    """An administrator's shell on the data of a server, in a process that serves nobody."""

    def __init__(self, server: Server) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", SHELL],
            cwd=ROOT,
            env=server.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        self.run("User.objects.count()")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, line: str) -> float:
        """Runs one line of Python; returns the seconds that it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())
