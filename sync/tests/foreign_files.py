"""Files of other programs, as those programs write them."""

import json
from typing import Any

WORDS = "Hello World, this is a text that is long enough to be wrapped in a shape"
CSV = (
    '\ufeffFirst;1\r\n"two; ""2""\nmore";\n\nAVATAR To Wave;Tea. Yes\n'
    + "\n".join(f"{WORDS} {number}" for number in range(12))
    + "\nÄpfel, Öl; größer\n"
)


def tldraw_shape(name: str, kind: str, props: dict[str, Any], **other: Any) -> dict[str, Any]:
    """A record of a shape."""
    return {
        "typeName": "shape",
        "id": f"shape:{name}",
        "type": kind,
        "parentId": "page:one",
        "x": 10,
        "y": 20,
        "rotation": 0,
        "props": props,
        **other,
    }


def tldraw(version: int = 1) -> dict[str, Any]:
    """A drawing with a shape of every kind, on two pages; two of them nobody takes."""
    path = [{"x": 0, "y": 0, "z": 0.5}, {"x": 30, "y": 40}, {"x": 60, "y": 0}]
    rich = {"type": "doc", "content": [{"type": "paragraph", "content": [{"text": "rich"}]}]}
    box = {"w": 160, "h": 90, "geo": "rectangle"}
    shapes = [
        tldraw_shape("frame", "frame", {"w": 500, "h": 400, "name": "Plan"}),
        tldraw_shape(
            "ellipse",
            "geo",
            {**box, "geo": "ellipse", "text": WORDS, "color": "red", "dash": "dashed"},
            parentId="shape:frame",
        ),
        tldraw_shape("group", "group", {}, x=600),
        tldraw_shape("one", "geo", {**box, "fill": "solid"}, parentId="shape:group"),
        tldraw_shape("two", "geo", {**box, "richText": rich}, parentId="shape:group", x=200),
        tldraw_shape("turned", "geo", {**box, "geo": "diamond"}, rotation=0.5, y=500),
        tldraw_shape("note", "note", {"richText": rich, "color": "yellow"}, x=900),
        tldraw_shape("text", "text", {"text": "alone\nAVATAR"}, y=700),
        tldraw_shape("draw", "draw", {"segments": [{"points": path}], "size": "l"}, y=800),
        tldraw_shape("line", "line", {"points": {"a": {**path[1], "index": "a1"}, "b": path[2]}}),
        tldraw_shape("arrow", "arrow", {"start": path[0], "end": path[1]}, x=-200),
        tldraw_shape("picture", "image", {"w": 10, "h": 10}),
        tldraw_shape("film", "video", {"w": 10, "h": 10}),
        tldraw_shape("other", "geo", box, parentId="page:two"),
    ]
    return {"tldrawFileFormatVersion": version, "schema": {"schemaVersion": 2}, "records": shapes}


TLDRAW = json.dumps(tldraw())
