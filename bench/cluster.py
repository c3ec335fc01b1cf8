"""The workload `cluster`: people come through nginx, which keeps a board on one of two servers."""

from pathlib import Path
from typing import TYPE_CHECKING

from bench.processes import measure
from bench.servers import CANVAS, Rest, Running, canvas_environment
from tests.clusters import ClusterUnderTest, cluster

if TYPE_CHECKING:
    from bench.workloads import Measured, Scale

SERVERS = 2


def through_the_proxy(name: str, directory: Path, scale: "Scale") -> "Measured":
    """Delivery, and processor time of an edit: of the servers alone, and with nginx, PostgreSQL and
    Redis.
    """
    if name != CANVAS:
        return {}
    measured: Measured = {}
    for bus in ("redis", "postgres"):
        data_dir = directory / f"cluster-{bus}" / CANVAS
        data_dir.mkdir(parents=True)
        variables = canvas_environment(data_dir)
        crowd = {"CANVAS_PROXY_CONNECTIONS_PER_ADDRESS": "60000"}
        with cluster(
            data_dir,
            static_root=Path(variables["CANVAS_STATIC_ROOT"]),
            servers=SERVERS,
            bus=bus,
            **variables,
            **crowd,
        ) as running:
            first, second = (_behind_proxy(running, name) for name in running.server_names)
            services = ["nginx", "PostgreSQL", *(["Redis"] if bus == "redis" else [])]
            pids = [int(running.service(service)["pid"]) for service in services]
            measured |= measure(f"{bus}_proxy", first, second, scale, pids)
    return measured


def _behind_proxy(running: ClusterUnderTest, name: str) -> Running:
    """One server of the cluster, with the address of the proxy."""
    pid = int(running.service(name)["pid"])
    rest = Rest(f"{running.server.url}/api/v1")
    target = {
        "url": running.server.socket_base,
        "dialect": "y-websocket",
        "query": f"?saved=1&token={rest.token}",
        "pid": pid,
    }
    return Running(CANVAS, pid, target, lambda count: [rest.new_board() for _ in range(count)])
