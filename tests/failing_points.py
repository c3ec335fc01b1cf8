"""The names of the faults that `tests.failing_serve` can inject."""

POINT_NAMES = (
    "after validate",
    "after apply",
    "after insert",
    "after commit",
    "after local fan-out",
    "after publish",
    "after acknowledge",
)
BROKEN_NAMES = (
    "fan-out before commit",
    "skips one commit in 5",
    "stores nothing in one commit of 1,000",
    "acknowledges before commit",
    "drops one update in 1,000",
    "leaves sockets what they may",
)
COMPACTION_POINT_NAMES = (
    "after the snapshot is verified",
    "after the snapshot is stored",
    "after the first rows are removed",
    "before the last rows are removed for good",
)
