"""The demo drawing is complete, bound both ways, tidy, and the same every time."""

from __future__ import annotations

from typing import Any

from sync.drawing.demo import demo_elements
from sync.drawing.shapes import fractional_index

# What Excalidraw 0.18.1 keeps for each type (packages/element/src/types.ts).
BASE = {
    *("id", "type", "x", "y", "width", "height", "angle", "strokeColor", "backgroundColor"),
    *("fillStyle", "strokeWidth", "strokeStyle", "roughness", "opacity", "groupIds", "frameId"),
    *("roundness", "seed", "version", "versionNonce", "isDeleted", "boundElements", "updated"),
    *("link", "locked", "index"),
}
LINEAR = {"points", "lastCommittedPoint", "startBinding", "endBinding"}
LINEAR |= {"startArrowhead", "endArrowhead"}
TEXT = {"text", "originalText", "fontSize", "fontFamily", "textAlign", "verticalAlign"}
TEXT |= {"containerId", "autoResize", "lineHeight"}
EXTRA: dict[str, set[str]] = {
    "rectangle": set(),
    "diamond": set(),
    "ellipse": set(),
    "frame": {"name"},
    "line": LINEAR,
    "arrow": LINEAR | {"elbowed"},
    "freedraw": {"points", "lastCommittedPoint", "pressures", "simulatePressure"},
    "text": TEXT,
}


def by_id() -> dict[str, dict[str, Any]]:
    return {element["id"]: element for element in demo_elements()}


def test_no_element_lacks_or_invents_a_property() -> None:
    for element in demo_elements():
        keys = element.keys() - ({"customData"} if element["id"].startswith("note-") else set())
        assert keys == BASE | EXTRA[element["type"]], element["id"]


def test_it_shows_every_kind_of_element() -> None:
    assert {element["type"] for element in demo_elements()} == EXTRA.keys()


def test_it_is_the_same_every_time_and_every_id_is_its_own() -> None:
    assert demo_elements() == demo_elements()
    assert len(by_id()) == len(demo_elements())
    assert len({element["seed"] for element in demo_elements()}) == len(demo_elements())


def test_indices_are_valid_and_rise() -> None:
    indices = [element["index"] for element in demo_elements()]
    assert indices[:2] == ["a0", "a1"]
    assert indices == sorted(indices)
    many = [fractional_index(position) for position in range(200)]
    assert many == sorted(set(many))
    assert (many[61], many[62], many[124]) == ("az", "b00", "b10")


def test_bindings_are_known_on_both_sides() -> None:
    elements = by_id()
    forward = set()
    for element in elements.values():
        targets = [element.get("containerId")]
        for side in ("startBinding", "endBinding"):
            targets.append((element.get(side) or {}).get("elementId"))
        forward |= {(target, element["id"], element["type"]) for target in targets if target}
    backward = {
        (element["id"], bound["id"], bound["type"])
        for element in elements.values()
        for bound in element["boundElements"] or ()
    }
    assert forward == backward
    assert len(forward) > 10


def test_labels_lie_in_the_middle_of_their_shapes_and_fit() -> None:
    elements = by_id()
    for label in elements.values():
        container = elements.get(label.get("containerId") or "")
        if container is None:
            continue
        for start, length in (("x", "width"), ("y", "height")):
            middle = label[start] + label[length] / 2
            assert abs(middle - container[start] - container[length] / 2) < 0.01
            if container["type"] != "arrow":
                assert label[length] < container[length] * 0.9, label["id"]


def test_arrows_end_just_before_what_they_point_at() -> None:
    elements = by_id()
    for arrow in (element for element in elements.values() if element["type"] == "arrow"):
        target = elements[arrow["endBinding"]["elementId"]]
        tip_x, tip_y = arrow["x"] + arrow["points"][-1][0], arrow["y"] + arrow["points"][-1][1]
        gap = arrow["endBinding"]["gap"]
        left = abs(tip_x + gap - target["x"]) < 0.01
        top = abs(tip_y + gap - target["y"]) < 0.01
        assert left or top, arrow["id"]


def test_children_lie_inside_their_frame_and_below_it() -> None:
    elements = demo_elements()
    frame = next(element for element in elements if element["type"] == "frame")
    children = [element for element in elements if element["frameId"] == frame["id"]]
    assert len(children) >= 4
    for child in children:
        assert child["index"] < frame["index"]
        assert frame["x"] < child["x"]
        assert child["x"] + child["width"] < frame["x"] + frame["width"]
        assert frame["y"] < child["y"]
        assert child["y"] + child["height"] < frame["y"] + frame["height"]


def test_free_shapes_do_not_overlap_and_the_whole_fits_a_screen() -> None:
    elements = demo_elements()
    free = [e for e in elements if not e.get("containerId") and not e["frameId"]]
    boxes = [e for e in free if e["type"] not in {"arrow", "freedraw", "line"}]
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            apart = (
                a["x"] + a["width"] <= b["x"]
                or b["x"] + b["width"] <= a["x"]
                or a["y"] + a["height"] <= b["y"]
                or b["y"] + b["height"] <= a["y"]
            )
            assert apart, (a["id"], b["id"])
    assert max(e["x"] + e["width"] for e in elements) - min(e["x"] for e in elements) <= 1250
    assert max(e["y"] + e["height"] for e in elements) - min(e["y"] for e in elements) <= 600
