"""Draws a board as SVG, PNG or PDF."""

import json
import re
from pathlib import Path
from typing import Any

from sync.rendering.child.data_urls import data_url
from sync.rendering.child.engine import answered
from sync.rendering.child.refusal import RefusedError

MAX_ELEMENTS = 20_000
MAX_PAGES = 200
MAX_IMAGES = 500
MAX_IMAGE_BYTES = 60_000_000
MAX_PIXELS = 16_000_000
"""Of a PNG; a larger drawing is made smaller."""
MAX_PNG_SIDE = 16_000
MAX_PDF_SIDE = 14_000
"""In units of the board; readers show no page of more than 200 inches."""
POINTS = 0.75
"""Of a unit of the board, which is a CSS pixel."""
_COLOUR = re.compile(r"[#\w(),.% -]{1,50}")
_WHITE = "#ffffff"
_MISSING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8">'
    b'<rect width="8" height="8" fill="#e7e7e7"/></svg>'
)
_TEMPLATE = """
#let plan = json(bytes(sys.inputs.plan))
#set document(title: plan.title, date: none)
#set page(margin: 0pt, fill: none)
#for (at, sheet) in plan.sheets.enumerate() {
  page(width: sheet.width * 1pt, height: sheet.height * 1pt, {
    place(top + left, image(
      "sheet-" + str(at) + ".svg", width: 100%, height: 100%, fit: "stretch", alt: plan.title))
    for one in sheet.links {
      let (x, y, width, height) = one.box
      place(top + left, dx: x * 1pt, dy: y * 1pt,
        link(one.href, box(width: width * 1pt, height: height * 1pt)))
    }
  })
}
"""


def drawn(order: dict[str, Any]) -> bytes:
    """The file that is asked for. Raises RefusedError."""
    pages = _pages_of(order)
    images = _Images(order["images"])
    if order["format"] == "svg":
        return _with_fonts(images.put_into(pages[0]["svg"]), Path(order["built"])).encode()
    # Each exists once: they are what takes the memory.
    files = {
        f"sheet-{at}.svg": images.put_into(page.pop("svg")).encode()
        for at, page in enumerate(pages)
    }
    return _printed(order, pages, files)


def _pages_of(order: dict[str, Any]) -> list[dict[str, Any]]:
    """What the editor draws: pages as SVG, with names in place of fonts and images."""
    drawing = order["drawing"]
    asked = {
        **order["options"],
        "background": _background(drawing) if order["has_background"] else None,
        "elements": drawing["elements"],
        "images": {name: mime for name, (mime, _) in order["images"].items()},
        "mostElements": MAX_ELEMENTS,
        "mostPages": MAX_PAGES,
    }
    answer, pictures = answered(order, "canvasDraw", json.dumps(asked))
    if "refused" in answer:
        raise RefusedError(answer["refused"], answer["count"])
    return [{**page, "svg": svg} for page, svg in zip(answer["pages"], pictures, strict=True)]


def _background(drawing: dict[str, Any]) -> str:
    colour = drawing.get("appState", {}).get("viewBackgroundColor")
    return colour if isinstance(colour, str) and _COLOUR.fullmatch(colour) else _WHITE


class _Images:
    """The bytes of the board's images, read when a picture has them."""

    def __init__(self, files: dict[str, list[str]]) -> None:
        self._files = files
        self._urls = {"": data_url("image/svg+xml", _MISSING)}
        self._left = MAX_IMAGE_BYTES

    def put_into(self, svg: str) -> str:
        """The picture with the bytes in place of their names. Raises RefusedError."""
        return re.sub(r'(?<= href=")image:([^"]*)(?=")', lambda found: self._url(found[1]), svg)

    def _url(self, name: str) -> str:
        known = self._urls.get(name)
        if known is None:
            if len(self._urls) > MAX_IMAGES:
                raise RefusedError("images", MAX_IMAGES)
            mime, path = self._files[name]
            known = self._urls[name] = data_url(mime, Path(path).read_bytes())
        self._left -= len(known)
        if self._left < 0:
            raise RefusedError("image_bytes", MAX_IMAGE_BYTES // 1_000_000)
        return known


def _with_fonts(svg: str, built: Path) -> str:
    """The picture with the fonts in place of their names, which stand in its only style."""
    head, start, rest = svg.partition("<style")
    style, end, body = rest.partition("</style>")
    if not end:
        return svg
    fonts = (built / "fonts").resolve()

    def font(found: re.Match[str]) -> str:
        path = (fonts / found[1]).resolve()
        if not path.is_relative_to(fonts):
            raise ValueError(found[1])
        return f"url({data_url('font/woff2', path.read_bytes())})"

    embedded = re.sub(r"url\(font:/+(?:\./)?fonts/([^)]*)\)", font, style)
    return "".join([head, start, embedded, end, body])


def _printed(order: dict[str, Any], sheets: list[dict[str, Any]], files: dict[str, bytes]) -> bytes:
    import typst

    is_png = order["format"] == "png"
    plan = {
        "title": order["title"],
        "sheets": [_sheet(sheet, order["scale"] if is_png else None) for sheet in sheets],
    }
    compiled: Any = typst.compile  # its types know no dictionary of files
    answer = compiled(
        {"main.typ": _TEMPLATE.encode(), **files},
        font_paths=[str(Path(order["built"]) / "print")],
        ignore_system_fonts=False,
        sys_inputs={"plan": _json(plan)},
        format=order["format"],
        **({"ppi": 72 / POINTS} if is_png else {}),
    )
    return answer if isinstance(answer, bytes) else b"".join(answer)


def _json(value: Any) -> str:
    """Without halves of characters, which a title may have."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def _sheet(sheet: dict[str, Any], scale: float | None) -> dict[str, Any]:
    """A page in points. A PNG has `scale` pixels for each unit of the board, if it may."""
    width, height = max(1.0, sheet["width"]), max(1.0, sheet["height"])
    longest = max(width, height)
    if scale is None:
        scale = min(1, MAX_PDF_SIDE / longest)
    else:
        scale = min(scale, (MAX_PIXELS / width / height) ** 0.5, MAX_PNG_SIDE / longest)
    unit = scale * POINTS
    links = [
        {"href": one["href"], "box": [side * unit for side in one["box"]]} for one in sheet["links"]
    ]
    # A side has a pixel at least.
    return {
        "width": max(POINTS, width * unit),
        "height": max(POINTS, height * unit),
        "links": links,
    }
