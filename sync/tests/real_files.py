"""Real files of Excalidraw, and when two of its drawings are the same.

`tests/stock_editor.py` says how each was made. Compared element by element, in the order from back
to front. Every property counts but these, and each has its reason:

- `id`, and with it every reference: fresh at each import, so that one file can come in twice. The
  elements are matched by their places in the order, references by the ids so matched; groups by
  which elements share them.
- `version`, `versionNonce`, `updated`: what an editor counts for itself; never shared.
- `index`: fresh, above what is on the board; the order is compared instead.
- `lastCommittedPoint`, `status`: of the gesture or upload that went on in the editor that wrote it.
- `boundElements`: a set without order, and an empty one is the same as none.
- deleted elements: what somebody deleted is not brought to another board.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

FILES = {path.stem: path for path in (Path(settings.BASE_DIR) / "tests/excalidraw_files").iterdir()}
NOT_COMPARED = {
    *("id", "version", "versionNonce", "updated", "index"),
    *("lastCommittedPoint", "status"),
}


def read(name: str) -> dict[str, Any]:
    """A file as it was written."""
    return dict(json.loads(FILES[name].read_text()))


def comparable(file: dict[str, Any]) -> list[dict[str, Any]]:
    """The drawing without what the rules above leave out, ids as places in the order."""
    elements = [element for element in file["elements"] if not element["isDeleted"]]
    places = {element["id"]: f"#{place}" for place, element in enumerate(elements)}
    groups: dict[str, str] = {}
    return [_comparable(element, places, groups) for element in elements]


def _comparable(
    element: dict[str, Any], places: dict[str, str], groups: dict[str, str]
) -> dict[str, Any]:
    kept = {key: value for key, value in element.items() if key not in NOT_COMPARED}
    kept["groupIds"] = [groups.setdefault(one, f"g{len(groups)}") for one in element["groupIds"]]
    kept["boundElements"] = sorted(
        (places[bound["id"]], bound["type"]) for bound in element["boundElements"] or ()
    )
    for key in ("containerId", "frameId"):
        if kept.get(key):
            kept[key] = places[kept[key]]
    for key in ("startBinding", "endBinding"):
        if kept.get(key):
            kept[key] = {**kept[key], "elementId": places[kept[key]["elementId"]]}
    return kept
