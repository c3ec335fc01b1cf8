"""Files of other programs, as those programs write them."""

import base64
import json
import zlib
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

WORDS = "Hello World, this is a text that is long enough to be wrapped in a shape"
CSV = (
    '\ufeffFirst;1\r\n"two; ""2""\nmore";\n\nAVATAR To Wave;Tea. Yes\n'
    + "\n".join(f"{WORDS} {number}" for number in range(12))
    + "\nÄpfel, Öl; größer\n"
)


def _cell(name: str, value: str, style: str, box: str, **other: str) -> str:
    own = {"parent": "1", "vertex": "1", "value": value, "style": style, "id": name, **other}
    attributes = " ".join(f"{key}={quoteattr(text)}" for key, text in own.items())
    keys = ("x", "y", "width", "height")
    geometry = " ".join(f'{key}="{n}"' for key, n in zip(keys, box.split(), strict=True))
    return f'<mxCell {attributes}><mxGeometry {geometry} as="geometry"/></mxCell>'


def _edge(name: str, value: str, style: str, inside: str = "", **other: str) -> str:
    own = {"parent": "1", "edge": "1", "value": value, "style": style, "id": name, **other}
    attributes = " ".join(f"{key}={quoteattr(text)}" for key, text in own.items())
    geometry = f'<mxGeometry relative="1" as="geometry">{inside}</mxGeometry>'
    return f"<mxCell {attributes}>{geometry}</mxCell>"


WRAP = "whiteSpace=wrap;html=1;"
CELLS = "".join(
    [
        _cell(
            "a",
            "<b>Start</b><br>here &amp; now",
            f"rounded=1;{WRAP}fillColor=#dae8fc;strokeColor=#6c8ebf;",
            "40 40 120 60",
        ),
        _cell(
            "b",
            "Good?",
            f"rhombus;{WRAP}fillColor=#fff2cc;strokeColor=#d6b656;dashed=1;",
            "240 30 100 80",
        ),
        _cell("c", "Round", f"ellipse;{WRAP}rotation=20;", "420 40 120 60"),
        _cell("d", "Disk", f"shape=cylinder3;{WRAP}", "420 160 80 80"),
        _cell(
            "t",
            "<div>A text that is wrapped</div><div>in lines</div>",
            f"text;{WRAP}align=left;fontSize=14;fontColor=#990000;",
            "40 140 140 60",
        ),
        _cell(
            "lane",
            "Team",
            "swimlane;startSize=26;fillColor=#d5e8d4;strokeColor=#82b366;html=1;",
            "40 260 300 160",
        ),
        _cell("in", "Inside", f"rounded=0;{WRAP}", "20 50 100 50", parent="lane"),
        _cell("in2", "Beside", f"rounded=0;{WRAP}", "180 90 100 50", parent="lane"),
        _cell("g", "", "group", "420 280 200 100"),
        _cell("g1", "One", f"{WRAP}", "0 0 80 40", parent="g"),
        _cell("g2", "Two", f"{WRAP}", "120 60 80 40", parent="g"),
        _cell("pic", "", "shape=image;image=https://evil.example/x.png;", "0 0 10 10"),
        _edge("e1", "", f"edgeStyle=orthogonalEdgeStyle;{WRAP}", source="a", target="b"),
        _edge(
            "e2",
            "yes",
            "endArrow=block;endFill=0;startArrow=oval;html=1;strokeWidth=3;",
            source="b",
            target="c",
        ),
        _edge(
            "e3",
            "",
            f"edgeStyle=orthogonalEdgeStyle;{WRAP}dashed=1;dashPattern=1 2;",
            source="b",
            target="d",
        ),
        _cell("e3l", "no", "edgeLabel;html=1;", "0 0 0 0", parent="e3"),
        _edge(
            "e4",
            "",
            f"edgeStyle=orthogonalEdgeStyle;{WRAP}endArrow=none;",
            source="in",
            target="in2",
            parent="lane",
        ),
        _edge(
            "e5",
            "",
            "endArrow=classic;curved=1;",
            '<mxPoint x="600" y="60" as="sourcePoint"/>'
            '<mxPoint x="680" y="200" as="targetPoint"/>'
            '<Array as="points"><mxPoint x="700" y="90"/></Array>',
        ),
        '<UserObject label="Linked" link="https://example.org/" id="u">'
        f'<mxCell style="{WRAP}" vertex="1" parent="1"><mxGeometry x="560" y="160" width="100" '
        'height="40" as="geometry"/></mxCell></UserObject>',
    ]
)
MODEL = (
    f'<mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>{CELLS}</root></mxGraphModel>'
)
SECOND = (
    '<mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>'
    f"{_cell('a', 'Alone', WRAP, '0 0 120 60')}</root></mxGraphModel>"
)
DRAWIO = (
    f'<mxfile host="app"><diagram id="p1" name="First">{MODEL}</diagram>'
    f'<diagram id="p2" name="Second">{SECOND}</diagram></mxfile>'
)
"""Two pages: one shape that becomes a box, and one picture at an address."""


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def pixels(colour: tuple[int, int, int], side: int = 8) -> bytes:
    """A square PNG of one colour."""
    rows = (b"\0" + bytes(colour) * side) * side
    head = side.to_bytes(4) * 2 + b"\x08\x02\0\0\0"
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def drawio_pictures(*pictures: str) -> str:
    """A diagram of pictures beside each other, by what their styles say."""
    cells = "".join(
        _cell(f"p{at}", "", f"shape=image;image={picture};", f"{200 * at} 0 120 80")
        for at, picture in enumerate(pictures)
    )
    layers = '<mxCell id="0"/><mxCell id="1" parent="0"/>'
    return f"<mxGraphModel><root>{layers}{cells}</root></mxGraphModel>"


def in_style(mime: str, data: bytes) -> str:
    """A picture as draw.io writes it into a style: without the word base64, for its semicolon."""
    return f"data:{mime},{base64.b64encode(data).decode()}"


RED = pixels((255, 0, 0))
BLUE_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20">'
    b'<rect width="30" height="20" fill="#00f"/><script>alert(1)</script></svg>'
)
PICTURES = (
    *(in_style("image/png", RED), in_style("image/svg+xml", BLUE_SVG), in_style("image/png", RED)),
    *("https://evil.example/x.png", in_style("image/bmp", b"BM")),
)
"""Two different pictures, one of them twice; one at an address, and one that nobody takes."""


def drawio_png(text: str) -> bytes:
    """A picture as draw.io exports it with its diagram, whose text has the escapes of URLs."""
    parts = [
        chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0"),
        chunk(b"tEXt", b"mxfile\0" + text.encode("latin-1")),
        chunk(b"IDAT", zlib.compress(b"\0\0")),
        chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def drawio_svg(text: str) -> bytes:
    """The same as SVG; the text has the escapes of XML."""
    head = '<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="9px" height="9px"'
    return f'<?xml version="1.0"?>\n{head} content="{text}"><g/></svg>'.encode()


DRAWIO_PNG = drawio_png(quote(DRAWIO))
DRAWIO_SVG = drawio_svg(escape(DRAWIO, {'"': "&quot;", "\n": "&#xa;"}))


STROKE = "AAAAAAAAAAAAAAA/AEkARQAAQEkAyAA0qGMASQAA"
"""Four points as tldraw 4.5 writes them."""


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
    path: list[dict[str, Any]] = [{"x": 0, "y": 0, "z": 0.5}, {"x": 30, "y": 40}, {"x": 60, "y": 0}]
    rich = {"type": "doc", "content": [{"type": "paragraph", "content": [{"text": "rich"}]}]}
    box: dict[str, Any] = {"w": 160, "h": 90, "geo": "rectangle"}
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
        tldraw_shape("pen", "draw", {"segments": [{"path": STROKE}], "isPen": True}, y=900),
        tldraw_shape("line", "line", {"points": {"a": {**path[1], "index": "a1"}, "b": path[2]}}),
        tldraw_shape("arrow", "arrow", {"start": path[0], "end": path[1]}, x=-200),
        tldraw_shape("picture", "image", {"w": 10, "h": 10}),
        tldraw_shape("film", "video", {"w": 10, "h": 10}),
        tldraw_shape("other", "geo", box, parentId="page:two"),
        tldraw_shape("face", "image", {"w": 40, "h": 40, "assetId": "asset:red"}, y=1000),
        tldraw_shape("bound", "arrow", {"start": path[0], "end": path[1], "richText": rich}),
        *(
            {
                **{"typeName": "binding", "id": f"binding:{end}", "fromId": "shape:bound"},
                **{"toId": f"shape:{to}", "props": {"terminal": end, "isPrecise": False}},
            }
            for end, to in (("start", "one"), ("end", "turned"))
        ),
        {
            **{"typeName": "asset", "id": "asset:red", "type": "image"},
            "props": {"src": f"data:image/png;base64,{base64.b64encode(RED).decode()}"},
        },
    ]
    return {"tldrawFileFormatVersion": version, "schema": {"schemaVersion": 2}, "records": shapes}


TLDRAW = json.dumps(tldraw())
