"""Random documents that validation accepts: sound elements, half of them, and odd values.

Made from what the validator itself allows, with the values that readers stumbled over: integers
beyond 2^63, whole numbers as floats, numbers as texts, empty maps, nulls, bytes.
"""

import math
import random
from typing import Any

from pycrdt import Map

from sync.drawing.bounds import fault_of_root
from sync.drawing.model import BOUNDS
from sync.tests.histories import Author

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.0, 0.5, 2.0**53, -(2.0**53), 2.0**63, 1e19, 1e300, -0.0),
    *(math.nan, "", "words", "é😀\u2028", b"\xff\x00", [], {}, [None], [[]], {"": None}),
    *({"a": [{"b": [1, None]}]}, [1, 2], [1e5, "x"], {"id": 5, "type": 7}),
)
_GROUPS = (
    *("type", "pos", "size", "path", "text", "del", "index", "bound:a", "bound:text", "glow"),
    *sorted(BOUNDS["properties"]),
)
_SOUND: dict[str, Any] = {
    "type": "rectangle",
    "pos": [1, 2],
    "size": [30, 40],
    "strokeColor": "#1e1e1e",
    "backgroundColor": "#a5d8ff",
    "index": "a1",
    "groupIds": ["g"],
    "opacity": 100,
}


def random_element(rnd: random.Random) -> dict[str, Any]:
    """The groups of one element, of which some may be missing or of an odd kind."""
    groups = dict(_SOUND)
    kind = rnd.choice(("rectangle", "text", "arrow", "line", "freedraw", "image", "frame", "new"))
    groups["type"] = kind
    if kind in ("arrow", "line", "freedraw"):
        groups["path"] = {"points": [[0, 0], [9, 9]], "width": 9, "height": 9, "new": 1}
    if kind == "text":
        groups["text"] = {"text": "some words", "originalText": "some words", "width": 9}
    for key in rnd.sample(_GROUPS, rnd.randrange(5)):
        groups[key] = rnd.choice(_ODD)
    if rnd.random() < 0.3:
        groups["path" if "path" in groups else "text"] = {
            key: rnd.choice(_ODD) for key in ("points", "text", "width", "x", "id", "type")
        }
    for key in rnd.sample(sorted(groups), rnd.randrange(3)):
        del groups[key]
    return groups


def random_document(seed: int, elements: int = 12) -> Author:
    """A document with many such elements, and odd values under the other roots."""
    rnd = random.Random(seed)
    author = Author(1 + seed)
    for number in range(elements):
        author.elements[f"e{number}"] = Map(random_element(rnd))
    for number in range(3):
        author.elements[f"e{number}"][rnd.choice(_GROUPS)] = rnd.choice(_ODD)
    roots = {root: author.doc.get(root, type=Map) for root in ("meta", "files", "conflicts")}
    for key in ("viewBackgroundColor", "theme", "x"):
        odd = rnd.choice(_ODD)
        roots["meta"][key] = odd if fault_of_root("meta", key, odd) is None else None
    roots["files"]["f"] = {"mime": "image/png", "size": 5.0, "new": rnd.choice(_ODD)}
    roots["conflicts"]["e0/pos"] = {"v": rnd.choice(_ODD), "sides": [rnd.choice(_ODD)]}
    return author
