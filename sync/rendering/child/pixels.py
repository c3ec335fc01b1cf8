"""Makes a PNG of pictures that boards do not keep, as the page does before it sends them."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VECTOR_SCALE = 2
"""SVG images get twice as many pixels as they are large, so that they stay sharp when enlarged."""
MAX_VECTOR_SIDE = 4096
"""In pixels."""
MAX_PIXELS = 16_000_000
_FORMATS = ["BMP", "ICO", "AVIF"]
"""What the editor takes besides those that boards keep, and SVG."""
_POINTS = 0.75
"""Of a CSS pixel."""
_VECTOR = """
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#let given = name => float(sys.inputs.at(name)) * 1pt
#context {
  let own = measure(image("image.svg"))
  let (width, height) = if "width" in sys.inputs { (given("width"), given("height")) } else {
    (own.width, own.height) }
  let pixel = given("pixel")
  let scale = calc.min(1, given("longest") / calc.max(width, height, pixel))
  image("image.svg", fit: "stretch",
    width: calc.max(width * scale, pixel), height: calc.max(height * scale, pixel))
}
"""


def converted(order: dict[str, Any]) -> Iterator[bytes]:
    """For each picture of the order a line of JSON with its name and its PNG, or null."""
    for picture in order["pictures"]:
        data = base64.b64decode(picture.pop("data"))
        is_vector = picture["mime"] == "image/svg+xml"
        png = pixels_of_vectors(data, order["built"]) if is_vector else _pixels(data)
        encoded = None if png is None else base64.b64encode(png).decode()
        yield json.dumps({"name": picture["name"], "png": encoded}).encode() + b"\n"


def pixels_of_vectors(
    svg: bytes, built: str, size: tuple[float, float] | None = None
) -> bytes | None:
    """An SVG of somebody as a PNG, for this width and height on the board, or of its own size; None
    if it is damaged. It runs nothing, and may name no other file but fonts.
    """
    import typst

    inputs = {"longest": MAX_VECTOR_SIDE / VECTOR_SCALE, "pixel": 1 / VECTOR_SCALE}
    if size is not None:
        inputs |= {"width": size[0], "height": size[1]}
    fonts = Path(built) / "print"
    compiled: Any = typst.compile  # its types know no dictionary of files
    try:
        answer = compiled(
            {"main.typ": _VECTOR.encode(), "image.svg": svg},
            root=str(fonts),  # all that it could name
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            sys_inputs={name: f"{value * _POINTS:f}" for name, value in inputs.items()},
            format="png",
            ppi=72 / _POINTS * VECTOR_SCALE,
        )
    except MemoryError:
        raise
    except BaseException:  # noqa: BLE001  panics of the renderer are no `Exception`
        return None
    return answer if isinstance(answer, bytes) else None


def _pixels(data: bytes) -> bytes | None:
    from PIL import Image

    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            image.convert("RGBA").save(out, "PNG")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  decoders promise no common error
        return None
    return out.getvalue()
