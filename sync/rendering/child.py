"""Draws one board, or reads one file, and ends: the order is on stdin, the answer goes to stdout.

Started by `process.py` as `python -I child.py`, with an empty environment. A board may hold
anything that people with edit access write, and it is drawn by a whole editor: so this has a
process of its own with limits of memory and time, that knows no secret and has nothing to lose.

The first line of the answer is JSON; unless it says `refused`, the bytes come after it.
"""

import base64
import contextlib
import ctypes
import json
import os
import re
import signal
import sys
import traceback
from pathlib import Path
from typing import IO, Any

NO_MEMORY = 3
"""The exit code when the memory is not enough: `process.py` knows it."""
MAX_ELEMENTS = 20_000
MAX_PAGES = 200
MAX_IMAGES = 500
MAX_IMAGE_BYTES = 60_000_000
MAX_PIXELS = 16_000_000
"""Of a PNG; a larger drawing is made smaller."""
MAX_PNG_SIDE = 16_000
MAX_VECTOR_SCALE = 2
MAX_VECTOR_SIDE = 4096
"""In pixels, of an SVG image in a file of another program: as on the page."""
MAX_PDF_SIDE = 14_000
"""In units of the board; readers show no page of more than 200 inches."""
POINTS = 0.75
"""Of a unit of the board, which is a CSS pixel."""
RESERVED_BYTES = 600_000_000
"""What the engine takes from the system and does not use."""
HEAP_SHARE = 0.8
"""Of the memory is for the engine's objects; pictures are made outside of them."""

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

_VECTOR = """
#set page(width: int(sys.inputs.width) * 1pt, height: int(sys.inputs.height) * 1pt,
  margin: 0pt, fill: none)
#image("image.svg", width: 100%, height: 100%, fit: "stretch")
"""


class RefusedError(Exception):
    """Nothing is drawn: `reason` is a name that `process.py` has words for, with a number."""

    def __init__(self, reason: str, count: float = 0) -> None:
        super().__init__(reason)
        self.reason, self.count = reason, count


class EngineError(Exception):
    """The editor's code has failed."""

    def __init__(self, told: str) -> None:
        super().__init__()
        lines = (line.strip() for line in told.splitlines())
        self.stack = " ".join(line for line in lines if re.fullmatch(r"at [\w.<>: ()]*", line))[
            :400
        ]


def main() -> None:
    """Answers the order on stdin. Never returns."""
    order = json.load(sys.stdin.buffer)
    _limit(order)
    out, code = _answer_alone(), 0
    try:
        head, body = read(order) if order["format"] == "excalidraw" else ({}, drawn(order))
        out.write(json.dumps(head).encode() + b"\n")
        out.write(body)
    except RefusedError as refused:
        out.write(json.dumps({"refused": refused.reason, "count": refused.count}).encode() + b"\n")
    except MemoryError:
        code = NO_MEMORY
    except BaseException as error:  # noqa: BLE001  panics of the renderer are no `Exception`
        code = 1
        sys.stderr.write(_where(error))
        sys.stderr.flush()
    finally:
        with contextlib.suppress(OSError):
            out.flush()
    # The engine has threads of its own, which would be waited for.
    os._exit(code)


def _answer_alone() -> IO[bytes]:
    """Where the answer goes. What libraries print goes to stderr from now on."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _where(error: BaseException) -> str:
    """What went wrong and where, without its message: that may quote what is on the board."""
    steps = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    stack = error.stack if isinstance(error, EngineError) else ""
    return f"{type(error).__name__} in {' '.join(steps)} {stack}"


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
    answer, pictures = _answered(order, "canvasDraw", json.dumps(asked))
    if "refused" in answer:
        raise RefusedError(answer["refused"], answer["count"])
    return [{**page, "svg": svg} for page, svg in zip(answer["pages"], pictures, strict=True)]


def read(order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What there is to say of a file of another program, and its drawing."""
    answer, drawings = _answered(order, "canvasRead", order["name"], order["text"])
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
    large each is on the board. One that cannot be drawn has no bytes."""
    for name, (width, height) in vectors.items():
        svg = base64.b64decode(drawing["files"].pop(name)["dataURL"].partition(",")[2])
        with contextlib.suppress(RuntimeError):
            drawing["files"][name] = {
                "id": name,
                "mimeType": "image/png",
                "dataURL": _data_url("image/png", _pixels(svg, width, height, built)),
            }
    return drawing


def _pixels(svg: bytes, width: float, height: float, built: str) -> bytes:
    """An SVG of somebody as a PNG. It runs nothing, and may not name other files."""
    import typst

    scale = min(MAX_VECTOR_SCALE, MAX_VECTOR_SIDE / max(width, height))
    # A side has a pixel at least.
    page = [max(1, round(side * scale)) for side in (width, height)]
    compiled: Any = typst.compile  # its types know no dictionary of files
    answer: bytes = compiled(
        {"main.typ": _VECTOR.encode(), "image.svg": svg},
        root=str(Path(built) / "print"),  # all that it could name: fonts
        ignore_system_fonts=True,
        sys_inputs={"width": str(page[0]), "height": str(page[1])},
        format="png",
        ppi=72,
    )
    return answer


def _answered(order: dict[str, Any], name: str, *texts: str) -> tuple[dict[str, Any], list[str]]:
    """What a function of the built code answers, and the texts that it leaves beside that."""
    from py_mini_racer import JSEvalException, JSOOMException, MiniRacer

    built = Path(order["built"])
    engine = MiniRacer()
    engine.set_hard_memory_limit(int(order["memory_bytes"] * HEAP_SHARE))
    given = ",".join(json.dumps(one) for one in ((built / "fonts.json").read_text(), *texts))
    try:
        engine.eval((built / "draw.js").read_text())
        engine.eval(f"{name}({given});0")
        text, fault = engine.eval("canvasOutcome.answer"), engine.eval("canvasOutcome.error")
        if not isinstance(text, str):
            raise EngineError(str(fault))
        count = int(str(engine.eval("canvasOutcome.pictures.length")))
        pictures = [str(engine.eval(f"canvasOutcome.pictures[{at}]")) for at in range(count)]
    except JSOOMException:
        raise MemoryError from None
    except JSEvalException as error:
        raise EngineError(str(error)) from None
    # Its memory is needed for what comes next.
    engine.close()
    return json.loads(text), pictures


def _background(drawing: dict[str, Any]) -> str:
    colour = drawing.get("appState", {}).get("viewBackgroundColor")
    return colour if isinstance(colour, str) and _COLOUR.fullmatch(colour) else _WHITE


class _Images:
    """The bytes of the board's images, read when a picture has them."""

    def __init__(self, files: dict[str, list[str]]) -> None:
        self._files = files
        self._urls = {"": _data_url("image/svg+xml", _MISSING)}
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
            known = self._urls[name] = _data_url(mime, Path(path).read_bytes())
        self._left -= len(known)
        if self._left < 0:
            raise RefusedError("image_bytes", MAX_IMAGE_BYTES // 1_000_000)
        return known


def _data_url(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


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
        return f"url({_data_url('font/woff2', path.read_bytes())})"

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


def _limit(order: dict[str, Any]) -> None:
    """Takes away what this process may do: as the first thing, and for good."""
    if sys.platform == "linux":
        # Ends with the server, however that ends.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != order["parent"]:
            os._exit(1)
    if os.name != "posix":
        return
    import resource

    with contextlib.suppress(OSError):
        # Where memory runs out, this goes before the server does.
        Path("/proc/self/oom_score_adj").write_text("1000")
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(order["seconds"]) + 1),
        (resource.RLIMIT_FSIZE, order["memory_bytes"]),
        # Not the address space, of which a JavaScript engine reserves more than there is memory.
        (resource.RLIMIT_DATA, order["memory_bytes"] + RESERVED_BYTES),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
