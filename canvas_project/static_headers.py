"""How long browsers keep static files."""

import re
from typing import Any

_HASHED = re.compile(r"/static/board/assets/.+-[\w-]{8,}\.\w+")
FOR_EVER = "public, max-age=31536000, immutable"


def add_static_headers(headers: Any, path: str, url: str) -> None:
    """Lets browsers keep built files for ever: their names contain a hash of their content.

    ServeStatic has a setting for this, which its middleware for Django does not read.
    """
    if _HASHED.fullmatch(url):
        headers["Cache-Control"] = FOR_EVER
