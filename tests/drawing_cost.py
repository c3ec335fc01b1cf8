"""How long boards take to be drawn, and with how much memory: `python -m tests.drawing_cost`."""

import json
import os
import random
import resource
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")
django.setup()

from sync.rendering.options import Format, Options  # noqa: E402
from sync.rendering.process import NotDrawnError, drawn  # noqa: E402
from sync.tests.drawings import shape, text  # noqa: E402

COUNTS = (0, 1000, 5000, 20_000)


def elements(count: int) -> list[dict[str, Any]]:
    """Half of them shapes, the others texts, arrows and strokes, as on a real board."""
    rnd = random.Random(1)
    made = []
    for at in range(count):
        place = {"x": rnd.uniform(0, 6000), "y": rnd.uniform(0, 6000)}
        fill = {"backgroundColor": "#ffc9c9", "fillStyle": rnd.choice(["hachure", "solid"])}
        own = {"seed": at + 1, **place}
        match rnd.randrange(8):
            case 0 | 1:
                made.append(text(str(at), "Some words here", width=150, height=25, **own))
            case 2:
                points = [[0, 0], [100, 50], [200, 20]]
                made.append(shape(str(at), "arrow", points=points, endArrowhead="arrow", **own))
            case 3:
                points = [[n * 4, rnd.randrange(-20, 20)] for n in range(40)]
                made.append(shape(str(at), "freedraw", points=points, pressures=[], **own))
            case _:
                kind = rnd.choice(["rectangle", "ellipse", "diamond"])
                made.append(shape(str(at), kind, **fill, **own))
    return made


def main() -> None:
    """Prints a line for each size and format; memory is the largest of all until then."""
    for count in COUNTS:
        drawing = json.dumps({"elements": elements(count), "appState": {}}).encode()
        for kind in Format:
            before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            try:
                with drawn(drawing, Options(kind), title="Cost", images={}) as file:
                    size = f"{len(file.read()):,} bytes"
            except NotDrawnError as error:
                size = str(error)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds, cpu = time.monotonic() - started, used.ru_utime - before.ru_utime
            megabytes = used.ru_maxrss // 1024
            took = f"{seconds:5.1f} s, {cpu:5.1f} s of a core, {megabytes} MB"
            print(f"{count:6,} {kind}: {took}, {size}", flush=True)


if __name__ == "__main__":
    main()
