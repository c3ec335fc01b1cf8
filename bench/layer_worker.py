"""One process of `bench.layers`: a member of all groups, which sends or receives messages.

Reads commands from standard input and answers each with a line of JSON.
"""

import asyncio
import json
import os
import resource
import sys
import time
from typing import Any

import django
from asgiref.sync import sync_to_async

GROUPS = 50
PAYLOAD = bytes(200)
TICK_SECONDS = 0.005
CALL_SECONDS = 2.0
"""As in the bus."""


class Worker:
    """Counts what arrives, and how long it took."""

    def __init__(self, layer: Any, is_sender: bool) -> None:
        self._layer = layer
        self._is_sender = is_sender
        self._latencies: list[float] = []
        self._newest = 0.0
        """When the last message that arrived was sent."""
        self._errors: set[str] = set()
        self._channel = ""

    async def start(self) -> None:
        """Joins all groups and begins to receive."""
        self._channel = await self._layer.new_channel("bench")
        await self._join()
        asyncio.create_task(self._receive())  # noqa: RUF006  ends with the process

    async def _join(self) -> None:
        for group in range(GROUPS):
            await self._layer.group_add(f"bench.{group}", self._channel)

    async def _receive(self) -> None:
        while True:
            try:
                message = await self._layer.receive(self._channel)
            except Exception as error:  # noqa: BLE001
                self._errors.add(f"receive: {type(error).__name__}")
                await asyncio.sleep(0.1)
                continue
            self._newest = max(self._newest, message["at"])
            self._latencies.append(time.monotonic() - message["at"])

    async def send(self, seconds: float, each_tick: int) -> dict[str, Any]:
        """Sends so many messages in every tick, all at once."""
        sent, started = 0, time.monotonic()
        due = started
        while (now := time.monotonic()) - started < seconds:
            calls = [self._send(sent + number, now) for number in range(each_tick)]
            await asyncio.gather(*calls)
            sent += each_tick
            due = max(due + TICK_SECONDS, time.monotonic() - 1)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        return {"sent": sent, "seconds": time.monotonic() - started}

    async def _send(self, number: int, now: float) -> None:
        message = {"type": "bench", "payload": PAYLOAD, "seq": number, "at": now}
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self._layer.group_send(f"bench.{number % GROUPS}", message)
        except Exception as error:  # noqa: BLE001
            self._errors.add(f"send: {type(error).__name__}")

    async def try_to_join(self) -> None:
        """Joins again, as the bus does after an outage."""
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self._join()
        except Exception as error:  # noqa: BLE001
            self._errors.add(f"join: {type(error).__name__}")

    def take(self) -> dict[str, Any]:
        """What was counted since the last time."""
        latencies, self._latencies = sorted(self._latencies), []
        errors, self._errors = sorted(self._errors), set()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "arrived": len(latencies),
            "p50": latencies[len(latencies) // 2] * 1000 if latencies else None,
            "p99": latencies[len(latencies) * 99 // 100] * 1000 if latencies else None,
            "cpu": usage.ru_utime + usage.ru_stime,
            "rss": usage.ru_maxrss * 1024,
            "newest": self._newest,
            "errors": errors,
        }


async def _commands(worker: Worker) -> None:
    await worker.start()
    while True:
        print(json.dumps("ready"), flush=True)
        line = await sync_to_async(sys.stdin.readline, thread_sensitive=False)()
        if not line:
            os._exit(0)
        command, *values = json.loads(line)
        if command == "send":
            print(json.dumps(await worker.send(*values)), flush=True)
        elif command == "join":
            await worker.try_to_join()
            print(json.dumps(None), flush=True)
        elif command == "stand_still":
            time.sleep(values[0])  # noqa: ASYNC251  that is the point
            print(json.dumps(None), flush=True)
        else:
            print(json.dumps(worker.take()), flush=True)


def main() -> None:
    """`layer_worker BACKEND CONFIG sender|receiver`"""
    backend, config, role = sys.argv[1:]
    django.setup()
    import uvloop
    from django.utils.module_loading import import_string

    layer = import_string(backend)(**json.loads(config))
    uvloop.run(_commands(Worker(layer, role == "sender")))


if __name__ == "__main__":
    main()
