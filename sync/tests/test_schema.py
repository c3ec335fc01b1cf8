"""What Python and the page share: every name is known here, and one line adds a property."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from boards.levels import FARTHEST, LENGTHS, SHARED, AccessLevel
from boards.models.board import TITLE_MAX_LENGTH
from boards.models.comments import BODY_MAX_LENGTH, GUEST_NAME_MAX_LENGTH
from sync.document import ownership
from sync.drawing.bounds import fault_of_property
from sync.drawing.model import BOUNDS, MAX_ID_LENGTH
from sync.models import Version
from sync.rooms.presence_clients import MAX_VIEWER_STATE_BYTES
from sync.wire import signatures
from sync.wire.awareness import MAX_STATE_BYTES
from sync.wire.close_codes import CloseCode
from sync.wire.frames import PROTOCOL, MessageType, SyncType

ROOT = Path(__file__).resolve().parents[2]


def test_every_close_code_has_a_name_here_and_tells_clients_by_its_number_what_to_do() -> None:
    codes = PROTOCOL["closeCodes"]
    assert {name: entry["code"] for name, entry in codes.items()} == {
        code.name: code.value for code in CloseCode
    }
    for entry in codes.values():
        assert entry.keys() == {"code", "client"}
        stays_away = entry["code"] < 4100 or 4400 <= entry["code"] < 4500
        assert entry["client"] == ("stays away" if stays_away else "returns")


def test_every_message_type_has_a_name_here() -> None:
    assert PROTOCOL["messageTypes"] == {one.name: one.value for one in MessageType}
    assert PROTOCOL["syncTypes"] == {one.name: one.value for one in SyncType}


def test_nothing_stands_in_the_schemas_that_is_not_read_here() -> None:
    assert PROTOCOL.keys() - {"$comment"} == {
        "messageTypes",
        "syncTypes",
        "closeCodes",
        "foreignReasons",
        "presence",
        "pieceBytes",
    }
    reasons = {ownership.FOREIGN_CLIENT_ID, ownership.HISTORY_REPLACED, signatures.FORGED}
    assert set(PROTOCOL["foreignReasons"].values()) == reasons
    sizes = {"stateBytes": MAX_STATE_BYTES, "viewerStateBytes": MAX_VIEWER_STATE_BYTES}
    assert PROTOCOL["presence"] == sizes


def test_levels_and_lengths_are_those_of_the_models() -> None:
    assert SHARED.keys() == {"$comment", "levels", "lengths", "farthest"}
    assert SHARED["levels"] == {level.label: level.value for level in AccessLevel}
    assert {
        "title": TITLE_MAX_LENGTH,
        "comment": BODY_MAX_LENGTH,
        "guestName": GUEST_NAME_MAX_LENGTH,
        "versionName": Version._meta.get_field("name").max_length,
        "elementId": MAX_ID_LENGTH,
    } == LENGTHS


def test_a_drawing_reaches_as_far_as_its_board() -> None:
    stored = json.loads((ROOT / "sync/drawing/element_bounds.json").read_text())
    assert stored["kinds"]["coordinate"] == {"type": "number"}
    for place in (FARTHEST, -FARTHEST):
        assert fault_of_property("x", place, is_strict=True) is None
    for place in (FARTHEST + 1, -FARTHEST - 1):
        assert fault_of_property("x", place, is_strict=True) is not None


def test_groups_and_bookkeeping_name_properties_that_there_are() -> None:
    properties = BOUNDS["properties"].keys()
    assert {key for keys in BOUNDS["groups"].values() for key in keys} <= properties
    assert set(BOUNDS["bookkeeping"]) <= properties
    assert not set(BOUNDS["editorKeys"]) & properties
    kinds = {one for one in BOUNDS["properties"].values() if isinstance(one, str)}
    assert kinds <= BOUNDS["kinds"].keys()


USE = """
from sync.drawing.bounds import fault_of_property
from sync.drawing.model import KNOWN_KEYS
from sync.drawing.checks import checked_program_element
from sync.drawing.elements import decode_element, encode_element
drawn = {"id": "a", "type": "text", "x": 0, "y": 0, "glow": 3}
groups = encode_element(checked_program_element(drawn))
assert groups["glow"] == 3, groups
assert decode_element("a", groups)["glow"] == 3
assert fault_of_property("glow", 7, is_strict=True) == "has to be between 0 and 5"
"""


def test_a_property_is_added_by_one_line_of_the_schema(tmp_path: Path) -> None:
    (tmp_path / "sync").mkdir()
    shutil.copy(ROOT / "sync/__init__.py", tmp_path / "sync")
    shutil.copytree(ROOT / "sync/drawing", tmp_path / "sync/drawing")
    (tmp_path / "boards").mkdir()
    for name in ("__init__.py", "levels.py", "shared.json"):
        shutil.copy(ROOT / "boards" / name, tmp_path / "boards")
    schema = tmp_path / "sync/drawing/element_bounds.json"
    data = json.loads(schema.read_text())
    command = [sys.executable, "-c", USE]
    before = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "is no property of an element" in before.stderr
    data["properties"]["glow"] = {"type": "number", "minimum": 0, "maximum": 5}
    schema.write_text(json.dumps(data))
    after = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert after.returncode == 0, after.stderr
