"""Reads a file of another program."""

import json
from typing import Any

from sync.rendering.child.data_urls import bytes_of, data_url
from sync.rendering.child.engine import answered
from sync.rendering.child.pixels import pixels_of_vectors


def read(order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What there is to say of a file of another program, and its drawing."""
    answer, drawings = answered(order, "canvasRead", order["name"], order["text"])
    vectors = answer.pop("vectors", {})
    if vectors:
        drawings = [
            json.dumps(_without_vectors(json.loads(one), vectors, order["built"]))
            for one in drawings
        ]
    return answer, b"".join(drawing.encode("utf-8", "replace") for drawing in drawings)


def _without_vectors(
    drawing: dict[str, Any], vectors: dict[str, list[float]], built: str
) -> dict[str, Any]:
    """The drawing with pixels in place of SVG images, as the page sends them; `vectors` says how
    large each is on the board. One that cannot be drawn stays as it is, and is left out later."""
    for name, (width, height) in vectors.items():
        file = drawing["files"][name]
        png = pixels_of_vectors(bytes_of(file["dataURL"]), built, (width, height))
        if png is not None:
            url = data_url("image/png", png)
            drawing["files"][name] = {"id": name, "mimeType": "image/png", "dataURL": url}
    return drawing
