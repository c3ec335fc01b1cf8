"""What a server draws, by REST, and the processes that it draws with."""

import urllib.request
from pathlib import Path

from sync.rendering.process import CHILD
from tests.patience import patient
from tests.server import Server


def picture(server: Server, board: str, kind: str, who: str = "alice", query: str = "") -> bytes:
    """The answer of `export.svg`, `.png` or `.pdf`."""
    address = f"{server.url}/api/v1/boards/{board}/export.{kind}?{query}"
    request = urllib.request.Request(address)
    request.add_header("Authorization", f"Bearer {server.token(who)}")
    with urllib.request.urlopen(request, timeout=patient(40)) as response:
        return bytes(response.read())


def drawing_for(parent: int) -> list[int]:
    """The processes that draw for this server and are there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            status = (process / "status").read_text()
        except OSError:  # it has just ended
            continue
        if str(CHILD).encode() in command and f"\nPPid:\t{parent}\n" in status:
            found.append(int(process.name))
    return found
