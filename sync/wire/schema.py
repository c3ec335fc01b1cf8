"""What server and page agree on beside the drawing itself: `protocol.json`, which both read."""

import json
from pathlib import Path
from typing import Any, Final

PROTOCOL: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("protocol.json").read_text())
