"""What people noticed of the accidents of a cluster, as a table."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Row:
    """One accident."""

    name: str
    bound: float | None
    """Seconds that one person in a hundred may wait longer than."""
    report: dict[str, Any]
    lost: list[str]
    promises: int
    failed: dict[str, int]

    @property
    def is_good(self) -> bool:
        """Whether nothing is lost and nobody waited for too long."""
        waits = max(self.report[what]["p99"] for what in ("saved", "seen"))
        return not self.lost and (self.bound is None or waits < self.bound)

    def __str__(self) -> str:
        times = " ".join(
            f"{self.report[what][share]:6.2f}"
            for what in ("saved", "seen")
            for share in ("p50", "p99", "max")
        )
        away = f"{self.report['away']['p50'] or 0:5.2f} {self.report['away']['max'] or 0:5.2f}"
        closes = " ".join(f"{count}x{code}" for code, count in self.report["codes"].items())
        failed = " ".join(f"{count}x{code}" for code, count in self.failed.items())
        verdict = "" if self.is_good else "  FAILS"
        return (
            f"{self.name:<24} {self.report['edits']:6} {times}  {away}  {self.promises:6} "
            f"{len(self.lost):4}  {closes or '-':<18} {failed or '-'}{verdict}"
        )


HEAD = (
    f"{'':<24} {'':6} {'longest wait, s: saved':>20} {'seen by all':>20}  {'away':>11}\n"
    f"{'':<24} {'edits':>6} {'p50':>6} {'p99':>6} {'max':>6} {'p50':>6} {'p99':>6} {'max':>6}  "
    f"{'p50':>5} {'max':>5}  {'told':>6} {'lost':>4}  {'sockets closed':<18} REST failed"
)


@dataclass
class Outcome:
    """All accidents, and what is there in the end."""

    rows: list[Row] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether every promise was kept."""
        return not self.wrong and all(row.is_good for row in self.rows)
