"""Generated files over the fields of all versions of the editor, from 2020 to those to come.

Each is made from its seed: elements of every type with the properties that its age had, and a few
of ages to come.
"""

import random
from typing import Any

AGES = ("2020", "2021", "2022", "2023", "2024", "2025", "newer")
_TYPES = {
    "2020": ("rectangle", "diamond", "ellipse", "arrow", "draw", "line", "text"),
    "2021": ("rectangle", "diamond", "ellipse", "arrow", "line", "freedraw", "text"),
    "2022": ("rectangle", "diamond", "ellipse", "arrow", "line", "freedraw", "text"),
    "2023": ("rectangle", "ellipse", "arrow", "line", "freedraw", "text", "frame", "embeddable"),
    "2024": ("rectangle", "diamond", "arrow", "line", "freedraw", "text", "frame", "magicframe"),
    "2025": ("rectangle", "arrow", "line", "freedraw", "text", "frame", "embeddable", "iframe"),
    "newer": ("rectangle", "arrow", "text", "stickynote", "hologram", "mindmap", "line"),
}
_UNKNOWN: tuple[tuple[str, Any], ...] = (
    *(("created", 1_700_000_000_000), ("baseFontSize", 16), ("labelPosition", {"side": "top"})),
    *(("strokeOptions", {"taper": [1, 2], "cap": None}), ("hasTextLink", True)),
    *(("moveMidPointsWithElement", False), ("glow", "soft"), ("layers", [{"a": [1, {"b": "é"}]}])),
    *(("size", "large"), ("path", {"d": "M0 0"}), ("bound:x", 1), ("other:y", [0])),
)
_MISFITS: tuple[tuple[str, Any], ...] = (
    *(("points", [[0, 0, 0.5]]), ("angle", 4000), ("status", "done"), ("text", {"runs": []})),
    *(("startBinding", {"to": 1}), ("groupIds", {"a": 1}), ("locked", "by me"), ("opacity", 250)),
)
_NOT_TAKEN: tuple[tuple[str, Any], ...] = (
    *(("link", "javascript:alert(1)"), ("strokeColor", "url(x)"), ("backgroundColor", "a;b")),
    *(("long", "x" * 100_001), ("deep", [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]), ("toString", 1)),
)


def corpus_file(seed: int) -> tuple[str, dict[str, Any]]:
    """The age of a file, and the file."""
    rnd = random.Random(seed)
    age = AGES[seed % len(AGES)]
    elements = [_element(rnd, age, number) for number in range(rnd.randint(1, 12))]
    return age, {"type": "excalidraw", "version": 2, "elements": elements, "files": {}}


def _element(rnd: random.Random, age: str, number: int) -> dict[str, Any]:
    kind = rnd.choice(_TYPES[age])
    element: dict[str, Any] = {
        **{"id": f"e{number}", "type": kind, "x": rnd.randint(-500, 500), "y": 3.5 * number},
        **{"width": rnd.choice((10, 120.25, -40)), "height": rnd.choice((20, 60)), "angle": 0.5},
        **{"strokeColor": "#1971c2", "backgroundColor": "transparent", "fillStyle": "hachure"},
        **{"strokeWidth": 1, "strokeStyle": "dashed", "roughness": 0, "opacity": 80, "seed": 7},
        **{"groupIds": rnd.choice(([], ["g"], ["g", "h"])), "version": 3, "versionNonce": 4},
        **{"isDeleted": rnd.random() < 0.1},
    }
    _of_age(rnd, age, element)
    _of_type(rnd, age, element)
    for key in rnd.sample(("fillStyle", "opacity", "angle", "groupIds", "seed"), rnd.randint(0, 2)):
        del element[key]
    if age == "newer":
        element.update(rnd.sample(_UNKNOWN, rnd.randint(1, 5)))
        if kind in ("hologram", "mindmap"):
            element.update(rnd.sample(_MISFITS, rnd.randint(0, 4)))
        if rnd.random() < 0.2:
            element.update(rnd.sample(_NOT_TAKEN, 1))
    return element


def _of_age(rnd: random.Random, age: str, element: dict[str, Any]) -> None:
    if age in ("2020", "2021"):
        element |= {"strokeSharpness": rnd.choice(("round", "sharp")), "boundElementIds": []}
        return
    element |= {"boundElements": rnd.choice(([], None)), "updated": 1, "link": None}
    element |= {"locked": rnd.random() < 0.2}
    if age == "2022":
        element["strokeSharpness"] = rnd.choice(("round", "sharp"))
        return
    element |= {"roundness": rnd.choice((None, {"type": 3}, {"type": 2})), "frameId": None}
    if age != "2023":
        element |= {"index": f"a{rnd.randint(0, 9)}", "customData": {"mine": [1, None]}}


def _of_type(rnd: random.Random, age: str, element: dict[str, Any]) -> None:
    match element["type"]:
        case "text":
            element |= {"text": "two\nlines", "textAlign": "center", "height": 50}
            if age == "2020":
                element |= {"font": rnd.choice(("20px Virgil", "28px Cascadia")), "baseline": 18}
                return
            element |= {"fontSize": 20, "fontFamily": rnd.choice((1, 2, 3)), "baseline": 18}
            element |= {
                "verticalAlign": "middle",
                "containerId": None,
                "originalText": "two\nlines",
            }
            if age not in ("2021", "2022"):
                element |= {"lineHeight": 1.25, "autoResize": rnd.random() < 0.5}
        case "line" | "arrow" | "draw":
            start = rnd.choice(((0, 0), (5, -3)))
            element["points"] = [[*start], [40, 10.5], [90, -20]]
            element["lastCommittedPoint"] = None
            if age == "2020":
                return
            element |= {"startArrowhead": None, "startBinding": None, "endBinding": None}
            element["endArrowhead"] = rnd.choice((None, "triangle", "dot"))
            if element["type"] == "arrow" and age in ("2025", "newer"):
                element["elbowed"] = False
        case "freedraw":
            element |= {"points": [[0, 0], [3, 4], [9, 1]], "pressures": [0.1, 0.5, 0.9]}
            element |= {"simulatePressure": False, "lastCommittedPoint": [9, 1]}
        case "frame" | "magicframe":
            element |= {"name": rnd.choice((None, "Plan"))}
