"""A network of network namespaces: cables between this machine and servers, which can be pulled.

What a pulled cable carried vanishes and nobody is told, as in a partition: connections stay, TCP
sends again and again, and goes on when the cable is back. Needs root and iproute2.
"""

import os
import shutil
import subprocess
from functools import cache

PREFIX = "canvas"
MOST_NETWORKS = 64
COMMAND = ("unshare", "--net", "--")
"""Starts a process in a namespace of its own, which ends with it."""
FRONT, BACK = "front", "back"
_SUBNETS = {FRONT: 0, BACK: 128}
_THIS_MACHINE = 126
_PROBE = "ip link add switch type bridge && ip link add one type veth peer name other"


@cache
def is_possible() -> bool:
    """Whether this machine and user can have one: tried in a namespace that ends at once."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nsenter", "unshare"))):
        return False
    probe = [*COMMAND, "sh", "-c", _PROBE]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


class Network:
    """A switch with two networks on it: people reach servers by the front, and servers reach
    PostgreSQL and Redis by the back. Addresses are of 10.211.0.0/16.
    """

    def __init__(self) -> None:
        """Raises RuntimeError when this machine cannot have one."""
        if not is_possible():
            raise RuntimeError("needs Linux, root, iproute2 and util-linux")
        self._number = _take_number()
        self._switch = f"{PREFIX}{self._number}"
        self._laid: list[str] = []
        for name in _SUBNETS:
            _ip("address", "add", f"{self.address(name)}/25", "dev", self._switch)
        _ip("link", "set", self._switch, "up")

    def address(self, name: str, server: int | None = None) -> str:
        """Of a server, or of this machine, in the front or the back."""
        host = _THIS_MACHINE if server is None else server + 1
        return f"10.211.{self._number}.{_SUBNETS[name] + host}"

    def connect(self, server: int, pid: int) -> dict[str, "Cable"]:
        """Plugs the namespace of a process in, and returns its cables by name."""
        _inside(pid, "link", "set", "lo", "up")
        return {name: self._lay(name, server, pid) for name in _SUBNETS}

    def _lay(self, name: str, server: int, pid: int) -> "Cable":
        outer, inner = f"cable{pid}{name[0]}", f"{name}0"
        peer = ("peer", "name", inner, "netns", str(pid))
        _ip("link", "add", outer, "type", "veth", *peer)
        _ip("link", "set", outer, "master", self._switch, "up")
        _inside(pid, "address", "add", f"{self.address(name, server)}/25", "dev", inner)
        _inside(pid, "link", "set", inner, "up")
        self._laid.append(outer)
        return Cable(outer)

    def close(self) -> None:
        """Takes everything away, also cables of processes that have ended: their namespaces live
        on while something that was sent there has not been confirmed.
        """
        for name in (*self._laid, self._switch):
            subprocess.run(["ip", "link", "delete", name], check=False, capture_output=True)


class Cable:
    """Between the switch and one server."""

    def __init__(self, outer: str) -> None:
        self._outer = outer

    def pull(self) -> None:
        """From now on nothing passes."""
        _ip("link", "set", self._outer, "down")

    def plug(self) -> None:
        """Everything passes again; what was lost is sent again by TCP, in its time."""
        _ip("link", "set", self._outer, "up")


def _take_number() -> int:
    """Makes the first switch whose name is free; several commands may run side by side."""
    for number in range(MOST_NETWORKS):
        words = ["ip", "link", "add", f"{PREFIX}{number}", "type", "bridge"]
        if subprocess.run(words, capture_output=True, check=False).returncode == 0:
            return number
    raise RuntimeError(
        f"no network could be made; `ip link delete {PREFIX}0` removes one that was left behind"
    )


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _inside(pid: int, *words: str) -> None:
    command = ["nsenter", f"--net=/proc/{pid}/ns/net", "ip", *words]
    subprocess.run(command, check=True, capture_output=True)
