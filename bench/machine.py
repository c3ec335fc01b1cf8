"""Describes the machine that the numbers were measured on."""

import os
import platform
import resource
import subprocess
import time
from pathlib import Path
from typing import Any

from bench.servers import node


def describe_machine(directory: Path) -> dict[str, Any]:
    """Processor, memory, load, and the cost of a durable write in `directory`."""
    return {
        "processor": _line("/proc/cpuinfo", "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory": _line("/proc/meminfo", "MemTotal"),
        "kernel": platform.release(),
        "node": _output(node(), "--version"),
        "fsync_milliseconds": round(_fsync_seconds(directory) * 1000, 3),
        "load_before": os.getloadavg(),
    }


class Neighbours:
    """How much of the machine other programs used meanwhile: the noise in the numbers."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._before = self._others()

    def cores(self) -> float:
        """Cores used by other programs, on average since this object was made."""
        used = self._others() - self._before
        return max(0.0, used / (time.monotonic() - self._started))

    @staticmethod
    def _others() -> float:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        idle_and_wait = {3, 4}
        ticks = sum(int(f) for at, f in enumerate(fields[:8]) if at not in idle_and_wait)
        own = sum(sum(resource.getrusage(who)[:2]) for who in _OWN)
        return ticks / os.sysconf("SC_CLK_TCK") - own


_OWN = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _line(path: str, key: str) -> str:
    for line in Path(path).read_text().splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return "unknown"


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _fsync_seconds(directory: Path) -> float:
    """The median of many small synced writes, as a commit makes them."""
    path = directory / "fsync"
    times = []
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 4096)
            file.flush()
            started = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - started)
    path.unlink()
    return sorted(times)[len(times) // 2]
