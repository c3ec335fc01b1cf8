"""Loads `protocol.json`, which server and page share."""

import json
from pathlib import Path
from typing import Any, Final

PROTOCOL: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("protocol.json").read_text())
