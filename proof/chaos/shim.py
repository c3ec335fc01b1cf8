"""Disturbs the time of day and the disk of servers, and of nobody else on the machine.

A library that is preloaded into them (`shim.c`) reads two numbers from a file that is changed here.
It is compiled once for each system; where there is no compiler, the kinds that need it say so.
"""

import mmap
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
SIZE = 16


class Shim:
    """The numbers of one system."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(exist_ok=True)
        numbers = directory / "shim.numbers"
        numbers.write_bytes(bytes(SIZE))
        with numbers.open("r+b") as file:
            self._numbers = mmap.mmap(file.fileno(), SIZE)
        self.is_there = shutil.which("cc") is not None
        self.environment: dict[str, str] = {}
        if self.is_there:
            library = Path(tempfile.mkdtemp(dir=directory)) / "shim.so"
            command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"]
            subprocess.run(command, check=True, capture_output=True)
            self.environment = {"LD_PRELOAD": str(library), "CANVAS_CHAOS_SHIM": str(numbers)}

    def set(self, clock_seconds: float = 0.0, disk_seconds: float = 0.0) -> None:
        """How far the time of day is off, and how much longer each fsync takes."""
        numbers = (round(clock_seconds * 1e9), round(disk_seconds * 1e9))
        self._numbers[:] = struct.pack("qq", *numbers)

    def reset(self) -> None:
        """The machine's own time and disk."""
        self.set()
