"""`python -m proof.report` writes `docs/proof.md` from what was kept in `proof/results/`.

A test fails when the page is not what this makes of the files.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from proof.peers.table import table as peers_table

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "proof" / "results"
PAGE = ROOT / "docs" / "proof.md"

HEAD = """# Proof

What was run to find a promise broken, how much of it, and what was found. `python -m proof.report`
writes this page from `proof/results/`; each part names the command whose result it is, and anybody
can run it. How they work: [chaos.md](chaos.md), [simulation.md](simulation.md), and
`proof/fuzz/__init__.py`. What is promised: [promises.md](promises.md).
"""


def page(results: Path = RESULTS) -> str:
    """The whole page. A part without results says so."""
    parts = [
        HEAD,
        _part("Faults", "make chaos", _read_all(results, "chaos"), _chaos),
        _part("Simulated seeds", "make simulate", _read(results, "simulation"), _simulation),
        _part(
            "Servers that are broken on purpose",
            "python -m proof.simulation.caught",
            _read(results, "simulation_broken"),
            _broken,
        ),
        _part("Other servers", "make peers", _read(results, "peers"), _peers),
        _part("Fuzz", "python -m proof.fuzz", _read(results, "fuzz"), _fuzz),
    ]
    return "\n".join(parts)


def _read(results: Path, name: str) -> Any:
    path = results / f"{name}.json"
    return _json(path) if path.exists() else None


def _read_all(results: Path, name: str) -> list[Any]:
    """The runs of all files of this name; several processes may have played side by side."""
    return [run for path in sorted(results.glob(f"{name}*.json")) for run in _json(path)]


def _json(path: Path) -> Any:
    return json.loads(path.read_text())


def _part(title: str, command: str, result: Any, body: Any) -> str:
    text = body(result) if result else "Not run yet.\n"
    return f"## {title}\n\n`{command}`. {text}"


def _chaos(runs: list[dict[str, Any]]) -> str:
    kinds: dict[str, Counter[str]] = {}
    for run in runs:
        for kind, counts in run["kinds"].items():
            kinds.setdefault(kind, Counter()).update(counts)
    total: Counter[str] = sum(kinds.values(), Counter())
    heads = ("seeds", "writes", "acknowledged", "seen", "failed")
    rows = [
        (name, *(f"{counts[head]:,}" for head in heads))
        for name, counts in [*sorted(kinds.items()), ("all", total)]
    ]
    minutes = sum(run["minutes"] for run in runs)
    return (
        f"{len(kinds)} kinds of fault, {total['seeds']:,} runs in {minutes:,.0f} minutes, on"
        f" {_of(runs, 'machine')}, commits {_of(runs, 'commit', 10)}. *Acknowledged* and *seen*"
        " count messages; *failed* are runs in which the checker proves something against the"
        " server.\n\n" + _table(("kind", *heads), rows)
    )


def _simulation(found: dict[str, Any]) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in found["counts"].items())
    return (
        f"Seeds {found['first']:,} to {found['last']:,}: {found['seeds']:,} in"
        f" {found['seconds'] / 60:.1f} minutes (processes: {found['jobs']};"
        f" {found['processor_ms_a_seed']} ms of a processor a seed), on {found['machine']},"
        f" commit {found['commit'][:10]}; broken promises: {found['broken_promises']}."
        f" In them: {counts}.\n"
    )


def _broken(found: dict[str, Any]) -> str:
    rows = [
        (name.replace("_", " "), f"{one['seeds']:,}", one["by"].replace("|", "\\|"))
        for name, one in sorted(found["caught"].items())
    ]
    return (
        "Each is the product with one thing broken (`proof/broken/`); the simulation plays seed"
        f" after seed until it notices. Commit {found['commit'][:10]}.\n\n"
        + _table(("broken", "seeds until it is caught", "by"), rows)
    )


def _peers(found: dict[str, Any]) -> str:
    return (
        "The same people and the same judge on servers that persist as their own documentation"
        " says; they promise less, and so are not broken. What others had seen and a newcomer does"
        " not get is lost, unless somebody comes back who still has it, as browsers often do."
        " A kill is no power failure: what a process has handed to the system survives it."
        f" {found['date']}, {found['machine']}, commit {found['commit'][:10]}.\n\n"
        + peers_table(found["rows"])
        + "\n"
    )


def _fuzz(found: dict[str, Any]) -> str:
    text = ""
    for name, section in sorted(found.items()):
        about = {key: value for key, value in section.items() if not isinstance(value, dict)}
        targets = {key: value for key, value in section.items() if isinstance(value, dict)}
        told = ", ".join(
            f"{key.replace('_', ' ')} {_number(value)}" for key, value in about.items()
        )
        text += f"\n### {name.replace('_', ' ').capitalize()}\n\n{told}.\n"
        if targets:
            columns = list(next(iter(targets.values())))
            rows = [
                (key, *(_number(value.get(column, "")) for column in columns))
                for key, value in sorted(targets.items())
            ]
            text += "\n" + _table(("target", *columns), rows)
    return f"Each target gets bytes that nobody sends on purpose.\n{text}"


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _of(runs: list[dict[str, Any]], what: str, length: int | None = None) -> str:
    return ", ".join(sorted({run[what][:length] for run in runs}))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def main() -> None:
    """The command."""
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
