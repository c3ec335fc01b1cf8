"""`python -m deploy.cluster [--servers N] [--port PORT] [--bus redis|postgres]`

Ctrl-C or SIGTERM lets the servers commit what they hold and ends everything. SIGHUP restarts the
servers one after the other. What ends by itself is started again.
"""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from deploy.cluster.locks import InUseError, Locks
from deploy.cluster.plan import BUSES, REDIS, Plan, busy_ports
from deploy.cluster.processes import DidNotStartError
from deploy.cluster.programs import ROOT, Missing
from deploy.cluster.topology import Cluster, tell

PR_SET_PDEATHSIG = 1
TEND_SECONDS = 0.1
MAX_SERVERS = 64


class _Stopped(Exception):  # noqa: N818  no fault
    """Somebody wants the cluster to end."""


class _Asked:
    """What signals have asked for."""

    restart = False


def main() -> None:
    """Runs until it is told to stop."""
    plan = _plan()
    plan.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    locks = Locks(plan.directory)
    cluster = Cluster(plan, tell, inherited=locks.inherited)
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, _stop)
    signal.signal(signal.SIGHUP, _restart)
    _end_with_make()
    try:
        locks.take()
        _refuse_busy_ports(plan)
        cluster.start()
        tell(cluster.welcome())
        while True:
            time.sleep(TEND_SECONDS)
            cluster.tend()
            if _Asked.restart:
                _Asked.restart = False
                cluster.restart_servers()
    except _Stopped:
        tell("Stopping; nothing that was shown as saved is lost.")
    except (InUseError, Missing, DidNotStartError) as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        said = (error.stderr or b"").decode(errors="replace")
        sys.exit(f"{Path(error.cmd[0]).name} failed: {said[-1000:]}")
    finally:
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        cluster.stop()


def _plan() -> Plan:
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--servers", type=int, default=2, help="how many servers")
    parser.add_argument("--port", type=int, default=8200, help="the proxy's; the others follow it")
    parser.add_argument("--bus", choices=BUSES, default=REDIS, help="postgres: without Redis")
    options = parser.parse_args()
    if not 1 <= options.servers <= MAX_SERVERS:
        parser.error(f"N is between 1 and {MAX_SERVERS}")
    data_dir = Path(os.environ.get("CANVAS_DATA_DIR") or ROOT / "var").resolve()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Plan(data_dir, options.servers, options.port, options.bus)


def _refuse_busy_ports(plan: Plan) -> None:
    busy = list(busy_ports(plan))
    if busy:
        sys.exit(
            f"Somebody listens on port {busy[0]} already. The cluster needs the ports {plan.port} "
            f"to {plan.ports[-1]}; choose others, for example: make cluster PORT={plan.port + 100}"
        )


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped


def _restart(number: int, frame: FrameType | None) -> None:
    _Asked.restart = True


def _end_with_make() -> None:
    """A `make` that is killed can't pass the signal on."""
    if "MAKELEVEL" in os.environ and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    main()
