"""Makes the table: medians over the rounds, and ratios to the best of the others in each row."""

from statistics import median
from typing import Any

from bench.servers import BEFORE, CANVAS, NAMES, PEERS

HIGHER_IS_BETTER = frozenset({"room.people", "burst.delivered_per_s"})
TITLES = {
    "room.people": "people in one room at 15 edits/s, p99 < 100 ms",
    "burst.delivered_per_s": "burst: delivered updates/s",
    "quiet.cpu_us_per_update": "150 rooms x 2: CPU per update, µs",
    "quiet.p99_ms": "150 rooms x 2: p99 delivery, ms",
    "cursors.cpu_share": "100 cursors at 30/s: cores of CPU",
    "cursors.p99_ms": "100 cursors: p99 delivery, ms",
    "cursors.states_arrived": "100 cursors: share of states that arrived",
    "join.alone_ms": "join a board of 5,000 elements, ms",
    "join.crowd_s": "500 joins of it at once, s",
    "saved.p50_ms": "edit committed and confirmed, p50, ms",
    "saved.p99_ms": "edit committed and confirmed, p99, ms",
    "idle.connection_kb": "silent connection, kB",
    "idle.resident_room_kb": "board in memory, nobody there, kB",
    "idle.left_room_kb": "board that everybody left, kB",
    "idle.evicted_room_kb": "evicted board, kB",
    "history.rows": "10⁵ edits: rows",
    "history.bytes_before": "10⁵ edits: bytes stored",
    "history.load_before_ms": "10⁵ edits: load from the rows, ms",
    "history.compaction_ms": "10⁵ edits: compaction, ms",
    "history.bytes_after": "10⁵ edits: bytes after compaction",
    "history.bytes_to_content": "10⁵ edits: bytes to content encoded fresh",
    "history.load_after_ms": "10⁵ edits: load after compaction, ms",
    **{
        f"two-processes.{load}_{label}_{metric}": f"{crowd}, {where}: {what}"
        for load, crowd in (("room", "40 in a room at 15/s"), ("quiet", "49 rooms x 2 at 8/s"))
        for label, where in (
            ("sqlite", "one process, SQLite"),
            *(
                (f"{bus}_{processes}", f"{where}, {services}")
                for bus, services in (("redis", "PostgreSQL + Redis"), ("postgres", "PostgreSQL"))
                for processes, where in (
                    ("one", "one process"),
                    ("affinity", "two processes, as many rooms on each"),
                    ("halves", "two processes, half a room on each"),
                )
            ),
        )
        for metric, what in (
            ("p50_ms", "p50 delivery, ms"),
            ("p99_ms", "p99 delivery, ms"),
            ("cpu_us", "CPU per update, µs"),
            ("all_us", "the same with the databases, µs"),
        )
    },
    **{
        f"cluster.{load}_{bus}_proxy_{metric}": f"{crowd}, nginx, two servers, {services}: {what}"
        for load, crowd in (("room", "40 in a room at 15/s"), ("quiet", "49 rooms x 2 at 8/s"))
        for bus, services in (("redis", "PostgreSQL + Redis"), ("postgres", "PostgreSQL"))
        for metric, what in (
            ("p50_ms", "p50 delivery, ms"),
            ("p99_ms", "p99 delivery, ms"),
            ("cpu_us", "CPU per update, µs"),
            ("all_us", "the same with nginx and the databases, µs"),
        )
    },
    **{
        f"page.{metric}_{size}k_ms": f"{title.format(size=f'{size},000')}, ms"
        for metric, title in (
            ("open", "page: {size} elements shown and a key answered"),
            ("drag", "page: p95 frame while dragging among {size}"),
            ("remote", "page: p95 of 50 moves by others shown among {size}"),
        )
        for size in (1, 5, 10)
    },
}


def table(report: dict[str, Any]) -> str:
    """The report as a Markdown table."""
    values: dict[str, dict[str, list[float]]] = report["values"]
    names = [name for name in (CANVAS, BEFORE, *NAMES[1:]) if _measured(name, values)]
    header = ["", *names, "to the best of the others"]
    lines = [_line(header), _line(["---", *("---:" for _ in header[1:])])]
    for metric, title in TITLES.items():
        if metric in values:
            medians = {name: median(found) for name, found in values[metric].items()}
            cells = [_number(medians.get(name)) for name in names]
            lines.append(_line([title, *cells, _ratio(metric, medians)]))
    return "\n".join([*lines, "", *(f"Not measured: {text}" for text in report["failures"])])


def _measured(name: str, values: dict[str, dict[str, list[float]]]) -> bool:
    return any(name in found for found in values.values())


def _ratio(metric: str, medians: dict[str, float]) -> str:
    peers = [medians[peer.name] for peer in PEERS if peer.name in medians]
    if CANVAS not in medians or not peers:
        return ""
    best = max(peers) if metric in HIGHER_IS_BETTER else min(peers)
    return f"{medians[CANVAS] / best:.2f} x" if best > 0 else ""


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
