"""Runs one workload of the Node generator against one server."""

import json
import os
import subprocess
from typing import Any

from bench.servers import BENCH, Running, node, server_cores

TIMEOUT_SECONDS = 300


class WorkloadFailed(Exception):  # noqa: N818  an outcome, not a fault of the bench
    """The server closed a socket, lost an edit, or was given up on."""


def generate(server: Running, workload: str, **options: Any) -> dict[str, Any]:
    """Returns what the workload measured.

    Raises:
        WorkloadFailed: with what the generator said.
    """
    task = {"target": server.target, "workload": workload, "options": options}
    command = [node(), "generator/main.js", json.dumps(task)]
    process = subprocess.Popen(
        command, cwd=BENCH, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(process.pid, cores - server_cores() or cores)
    try:
        output, errors = process.communicate(timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise WorkloadFailed(f"{workload}: no result") from None
    if process.returncode != 0:
        raise WorkloadFailed(errors.strip()[-500:])
    result: dict[str, Any] = json.loads(output)
    return result
