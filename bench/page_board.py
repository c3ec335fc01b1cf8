"""A large board for the page workload, like a busy team's, made and changed over REST."""

import random
import urllib.request
from itertools import islice
from typing import Any

from pycrdt import Doc, Map

from sync.drawing.indices import indices_above

# One update may hold four megabytes.
ELEMENTS_AN_UPDATE = 2000
COLUMNS = 100
Groups = dict[str, Any]


class LargeBoard:
    """The document of a board with `count` elements, and how it is sent."""

    def __init__(self, url: str, token: str, board: str, count: int) -> None:
        self._document_url = f"{url}/api/v1/boards/{board}/document"
        self._token = token
        self.board = board
        self.count = count
        self._random = random.Random(count)
        self._doc: Doc[Any] = Doc()
        self._elements: Map[Any] = self._doc.get("elements", type=Map)
        self._sent = self._doc.get_state()
        self._shapes: list[str] = []

    def draw(self) -> None:
        """Puts all elements on the board."""
        indices = list(islice(indices_above([]), self.count))
        for start in range(0, self.count, ELEMENTS_AN_UPDATE):
            with self._doc.transaction():
                for number in range(start, min(start + ELEMENTS_AN_UPDATE, self.count)):
                    self._elements[f"e{number}"] = Map(self._element(number, indices[number]))
            self._send()

    def move(self, count: int) -> list[float]:
        """Moves `count` shapes in one update; returns where the last one is then."""
        place = [0.0, 0.0]
        with self._doc.transaction():
            for id in self._random.sample(self._shapes, min(count, len(self._shapes))):
                place = [self._random.uniform(0, 9000), self._random.uniform(0, 5000)]
                self._elements[id]["pos"] = place
        self._send()
        return place

    def _send(self) -> None:
        update = self._doc.get_update(self._sent)
        self._sent = self._doc.get_state()
        request = urllib.request.Request(
            self._document_url,
            data=update,
            headers={
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/octet-stream",
            },
        )
        urllib.request.urlopen(request, timeout=60).close()

    def _element(self, number: int, index: str) -> Groups:
        x, y = number % COLUMNS * 140, number // COLUMNS * 100
        kind = self._random.choices(
            ("rectangle", "ellipse", "text", "arrow", "freedraw"), (45, 15, 20, 12, 8)
        )[0]
        groups = {**_STYLE, "type": kind, "seed": number + 1, "pos": [x, y], "index": index}
        if kind == "text":
            return {**groups, **_TEXT, "text": {**_WORDS, "text": f"Note {number}"}}
        if kind == "arrow":
            ends = {"startBinding": None, "endBinding": None}
            arrow = {"startArrowhead": None, "endArrowhead": "arrow"}
            return {**groups, **ends, **arrow, "path": _path([[0, 0], [60, 10], [90, 50]])}
        if kind == "freedraw":
            points = [[step * 1.5, (step * 37 % 50) / 2] for step in range(60)]
            stroke = {**_path(points), "pressures": [], "simulatePressure": True}
            return {**groups, "path": stroke}
        self._shapes.append(f"e{number}")
        return {**groups, "size": [100, 60], "roundness": {"type": 3}}


_STYLE: Groups = {
    "angle": 0,
    "strokeColor": "#1e1e1e",
    "backgroundColor": "#a5d8ff",
    "fillStyle": "solid",
    "strokeWidth": 2,
    "strokeStyle": "solid",
    "roughness": 1,
    "opacity": 100,
    "roundness": None,
    "groupIds": [],
    "frameId": None,
    "link": None,
    "locked": False,
}
_TEXT: Groups = {
    "fontSize": 20,
    "fontFamily": 5,
    "textAlign": "left",
    "verticalAlign": "top",
    "lineHeight": 1.25,
    "containerId": None,
}
_WORDS: Groups = {"originalText": "Note", "width": 90, "height": 25, "autoResize": True}


def _path(points: list[list[float]]) -> Groups:
    width, height = (max(p[axis] for p in points) - min(p[axis] for p in points) for axis in (0, 1))
    return {"points": points, "width": width, "height": height}
