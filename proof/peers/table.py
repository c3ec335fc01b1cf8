"""The table of all servers."""

from typing import Any


def table(rows: list[dict[str, Any]]) -> str:
    """Markdown."""
    head = (
        "| server | persists | ended by | runs | seen by others | lost | runs with loss "
        "| the oldest, s | runs with a first answer that lacks something |"
    )
    lines = [head, "|---|---|---|---:|---:|---:|---:|---:|---:|"]
    lines += [
        f"| {one['server']} {one['version']}".rstrip()
        + f" | {one['persists']} | {one['end']} | {one['runs']} "
        f"| {one['seen']:,} | {one['lost']:,} | {one['runs_with_loss']} "
        f"| {one['oldest_lost_seconds']:g} | {one['runs_lost_at_first_answer']} |"
        for one in rows
    ]
    return "\n".join(lines)
