"""`python -m bench.costs`: the processor time of each step of one small update, in microseconds.

Rooms of two people in one process, everything but the sockets: the update of a drag is parsed,
checked, applied, committed to SQLite with `synchronous=FULL`, sent on and confirmed. Each step is
timed with nothing else running, so caches are warm; a real server pays more for each step, plus the
kernel's share for its sockets.
"""

import argparse
import asyncio
import os
import statistics
import tempfile

import django


def main() -> None:
    """Prints the median of every step, and their sum."""
    parser = argparse.ArgumentParser(prog="bench.costs", description=__doc__)
    parser.add_argument("--boards", type=int, default=24, help="how many boards share a commit")
    boards = parser.parse_args().boards
    with tempfile.TemporaryDirectory(prefix="canvas-costs-") as directory:
        os.environ["DJANGO_SETTINGS_MODULE"] = "canvas_project.settings"
        os.environ["CANVAS_DATA_DIR"] = directory
        django.setup()
        from bench.steps import make_rooms, measure

        steps = asyncio.run(measure(make_rooms(boards)))
    medians = {name: statistics.median(times) for name, times in steps.times.items()}
    for name, median in medians.items():
        print(f"{median:6.1f}  {name}")
    print(f"{sum(medians.values()):6.1f}  together, {boards} boards in a commit")


if __name__ == "__main__":
    main()
