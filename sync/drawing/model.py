"""What an element consists of, and where its bounds are written: `element_bounds.json`.

Pure. The page reads the same file (`frontend/src/canvas/groups.ts`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from boards.levels import FARTHEST, LENGTHS

BOUNDS: Final[dict[str, Any]] = json.loads(
    Path(__file__).with_name("element_bounds.json").read_text()
)
"""What an element consists of, and the bounds of each part."""
BOUNDS["id"]["maxLength"] = LENGTHS["elementId"]
BOUNDS["kinds"]["coordinate"] |= {"minimum": -FARTHEST, "maximum": FARTHEST}
GENERIC: Final[dict[str, int]] = BOUNDS["generic"]
MAX_ID_LENGTH: Final[int] = BOUNDS["id"]["maxLength"]
MAX_BOUND_ELEMENTS: Final[int] = BOUNDS["boundElements"]
FORBIDDEN_NAMES: Final = frozenset(BOUNDS["forbiddenNames"])
BOUND_PREFIX: Final[str] = BOUNDS["boundPrefix"]
OTHER_PREFIX: Final[str] = BOUNDS["otherPrefix"]
"""Of keys that hold a property of a file whose own key could not."""
PATH_KEYS: Final[tuple[str, ...]] = tuple(BOUNDS["groups"]["path"])
TEXT_KEYS: Final[tuple[str, ...]] = tuple(BOUNDS["groups"]["text"])
EDITOR_KEYS: Final[frozenset[str]] = frozenset(BOUNDS["editorKeys"])
"""Properties that an editor keeps for itself, or that the document holds in another form."""
NEEDED_KEYS = ("type", "pos")
SHAPED_KEYS = (*NEEDED_KEYS, "size", "path", "text")
SHAPE_OF_TYPE: Final[dict[str, str]] = {"text": "text"} | dict.fromkeys(BOUNDS["pathTypes"], "path")
"""The key without which nothing of an element of this type is seen."""
TYPES: Final = frozenset(BOUNDS["types"])
KNOWN_KEYS: Final = frozenset({*BOUNDS["properties"], *EDITOR_KEYS, *BOUNDS["newerKeys"]})
"""Every property of an element that any known editor writes."""
RECORDS: Final = {"path": frozenset(PATH_KEYS), "text": frozenset(TEXT_KEYS)}
"""Keys of an element's map that hold several properties."""
DRAWN_TYPES: Final = TYPES - frozenset(BOUNDS["placeholderTypes"])
"""Types that pages draw."""
MAX_UNKNOWN_PROPERTIES: Final[int] = BOUNDS["unknownProperties"]
"""How many properties that nobody here knows one element of a file may bring."""
MAX_KEY_OF_ROOT: Final = {
    "elements": MAX_ID_LENGTH,
    "files": MAX_ID_LENGTH,
    "meta": GENERIC["key"],
    "authors": GENERIC["key"],
    # Of an element and one of its keys, which may name another.
    "conflicts": 3 * MAX_ID_LENGTH,
}
"""The characters of a key."""


def is_known_type(value: object) -> bool:
    """Whether an element can be of this type; the value may be anything."""
    return isinstance(value, str) and value in TYPES
