"""Draws one board, reads one file or converts some pictures, and ends: the order is on stdin, the
answer goes to stdout.

Started by `process.py` as `python -I …/child/__main__.py`, with an empty environment. A board may
hold anything that people with edit access write, and it is drawn by a whole editor: so this has a
process of its own with limits of memory and time, that knows no secret and has nothing to lose.

The first line of the answer is JSON; unless it says `refused`, the bytes come after it.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

# Where our own packages are: an isolated Python knows only what is installed.
sys.path.append(str(Path(__file__).resolve().parents[3]))

from sync.rendering.child.drawing import drawn
from sync.rendering.child.engine import EngineError
from sync.rendering.child.pixels import converted
from sync.rendering.child.reading import read
from sync.rendering.child.refusal import RefusedError

NO_MEMORY = 3
"""The exit code when the memory is not enough: `process.py` knows it."""
RESERVED_BYTES = 600_000_000
"""What the engine takes from the system and does not use."""


def main() -> None:
    """Answers the order on stdin. Never returns."""
    order = json.load(sys.stdin.buffer)
    _limit(order)
    out, code = _answer_alone(), 0
    try:
        head, pieces = _answer(order)
        out.write(json.dumps(head).encode() + b"\n")
        for piece in pieces:
            out.write(piece)
            out.flush()
    except RefusedError as refused:
        out.write(json.dumps({"refused": refused.reason, "count": refused.count}).encode() + b"\n")
    except MemoryError:
        code = NO_MEMORY
    except BaseException as error:  # noqa: BLE001  panics of the renderer are no `Exception`
        code = 1
        sys.stderr.write(_where(error))
        sys.stderr.flush()
    finally:
        with contextlib.suppress(OSError):
            out.flush()
    # The engine has threads of its own, which would be waited for.
    os._exit(code)


def _answer(order: dict[str, Any]) -> tuple[dict[str, Any], Iterable[bytes]]:
    """What is said first, and the bytes that come after it. Raises RefusedError."""
    match order["format"]:
        case "excalidraw":
            head, drawing = read(order)
            return head, [drawing]
        case "pictures":
            return {}, converted(order)
        case _:
            return {}, [drawn(order)]


def _answer_alone() -> IO[bytes]:
    """Where the answer goes. What libraries print goes to stderr from now on."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _where(error: BaseException) -> str:
    """What went wrong and where, without its message: that may quote what is on the board."""
    steps = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    stack = error.stack if isinstance(error, EngineError) else ""
    return f"{type(error).__name__} in {' '.join(steps)} {stack}"


def _limit(order: dict[str, Any]) -> None:
    """Takes away what this process may do: as the first thing, and for good."""
    if sys.platform == "linux":
        # Ends with the server, however that ends.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != order["parent"]:
            os._exit(1)
    if os.name != "posix":
        return
    import resource

    with contextlib.suppress(OSError):
        # Where memory runs out, this goes before the server does.
        Path("/proc/self/oom_score_adj").write_text("1000")
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(order["seconds"]) + 1),
        (resource.RLIMIT_FSIZE, order["memory_bytes"]),
        # Not the address space, of which a JavaScript engine reserves more than there is memory.
        (resource.RLIMIT_DATA, order["memory_bytes"] + RESERVED_BYTES),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
