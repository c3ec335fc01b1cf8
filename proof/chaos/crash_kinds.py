"""The server dies: from outside, on the way of an update, in the middle of cleaning."""

from functools import partial

from proof.chaos.kinds import SQLITE, Kind
from proof.chaos.stage import Stage
from proof.chaos.systems import Job, job
from tests.failing_points import COMPACTION_POINT_NAMES, POINT_NAMES

MAX_HIT = 60


def after_a_crash(stage: Stage) -> None:
    """Some leave before the server is back; a newcomer reads before they come back."""
    stage.leave(stage.share())
    stage.system.heal()
    stage.newcomer()
    stage.come_back()


def nothing(stage: Stage) -> None:
    """People draw, some leave and come back: what a run shows without any fault."""
    stage.rest()
    after_a_crash(stage)


def kill(stage: Stage) -> None:
    """`kill -9` at a random moment."""
    stage.rest()
    for server in stage.system.servers:
        server.kill()
    after_a_crash(stage)


def stop(stage: Stage) -> None:
    """A clean stop while people draw."""
    stage.rest()
    for server in stage.system.servers:
        server.stop()
    after_a_crash(stage)


def begin_at_point(point: str, stage: Stage) -> None:
    """The server will die when an update passes the point for the n-th time."""
    server = stage.system.servers[0]
    fault = (point, stage.random.randrange(1, MAX_HIT))
    server.start(fault, stage.plan.build or None)
    stage.at_end.callback(server.kill)  # so that the last one is a server without a fault


def at_point(point: str, stage: Stage) -> None:
    """Waits for the death, or causes it when too little is drawn; the next one is prepared."""
    server = stage.system.servers[0]
    stage.until(lambda: not server.is_alive(), 2.0)
    server.kill()
    stage.leave(stage.share())
    begin_at_point(point, stage)
    stage.newcomer()
    if not server.is_alive():
        stage.system.heal()
        stage.newcomer()
    stage.come_back()


def compaction_dies(stage: Stage) -> None:
    """Compaction is killed at a point or at a random moment, and the server then or not at all."""
    stage.rest()
    point = stage.random.choice((*COMPACTION_POINT_NAMES, None))
    running = _compact(stage, (point, 1) if point else None)
    if point is None:
        stage.rest(0.0, 0.1)
        running.kill()
    running.wait()
    if stage.random.random() < 0.5:
        stage.system.servers[0].kill()
    after_a_crash(stage)


def two_compactors(stage: Stage) -> None:
    """Two at once while people draw; afterwards the rows are all there is."""
    stage.rest()
    for one in [_compact(stage) for _ in range(2)]:
        text = one.wait()
        if text:
            stage.journal.write("note", text=f"compaction: {text}")
    stage.system.servers[0].kill()
    after_a_crash(stage)


def _compact(stage: Stage, fault: tuple[str, int] | None = None) -> Job:
    return job(stage.system, "compact_boards", "--board", stage.board, fault=fault)


KINDS = (
    Kind("nothing", SQLITE, nothing),
    Kind("kill -9", SQLITE, kill),
    Kind("clean stop", SQLITE, stop),
    *(
        Kind(f"killed {point}", SQLITE, partial(at_point, point), partial(begin_at_point, point))
        for point in POINT_NAMES
    ),
    Kind("death during compaction", SQLITE, compaction_dies),
    Kind("two compactors", SQLITE, two_compactors),
)
