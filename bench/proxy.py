"""`python -m bench.proxy`: the processor time of nginx for one frame of a socket, in microseconds.

People send small frames through the proxy of deploy/nginx to a server that sends each back. Counted
is the time of nginx alone, for every frame in either direction.
"""

import argparse
import asyncio
import os
import time
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

from tests.nginx import nginx

TICKS = os.sysconf("SC_CLK_TCK")
FRAME = b"x" * 60
BOARD = "0b6c1c7e-3a52-4a0e-9b61-2f6f5f1f9f10"


def main() -> None:
    """Prints the cost of a frame."""
    parser = argparse.ArgumentParser(prog="bench.proxy", description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rate", type=float, default=50, help="frames a second of each")
    arguments = parser.parse_args()
    frames, seconds = asyncio.run(_measure(arguments))
    print(f"{frames} frames, {seconds / frames * 1e6:.1f} µs of nginx for each")


async def _measure(arguments: argparse.Namespace) -> tuple[int, float]:
    async def send_back(socket: ServerConnection) -> None:
        async for frame in socket:
            await socket.send(frame)

    async with serve(send_back, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with nginx([f"127.0.0.1:{port}"]) as proxy:
            url = f"ws://127.0.0.1:{proxy.port}/ws/canvas/{BOARD}"
            sockets = [await connect(url) for _ in range(arguments.people)]
            pid = int((proxy.directory / "nginx.pid").read_text())
            before, end = _processor_seconds(pid), time.monotonic() + arguments.seconds
            sent = await asyncio.gather(
                *(_talk(socket, end, 1 / arguments.rate) for socket in sockets)
            )
            used = _processor_seconds(pid) - before
            for socket in sockets:
                await socket.close()
            return 2 * sum(sent), used


async def _talk(socket: ClientConnection, end: float, pause: float) -> int:
    sent = 0
    while time.monotonic() < end:
        await socket.send(FRAME)
        await socket.recv()
        sent += 1
        await asyncio.sleep(pause)
    return sent


def _processor_seconds(main_process: int) -> float:
    """Of nginx's workers."""
    text = Path(f"/proc/{main_process}/task/{main_process}/children").read_text()
    fields = [
        Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split() for pid in text.split()
    ]
    return sum((int(one[11]) + int(one[12])) / TICKS for one in fields)


if __name__ == "__main__":
    main()
