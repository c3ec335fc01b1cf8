"""All targets, by name. A target takes any bytes, and raises only if a promise is broken."""

import os
import sys
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")
if "pytest" not in sys.modules:
    django.setup()

from proof.fuzz import credentials, files, wire

Target = Callable[[bytes], None]

TARGETS: dict[str, Target] = {
    "awareness": wire.read_awareness,
    "drawing": files.read_drawing,
    "frame": wire.read_frame,
    "handshake": credentials.read_handshake,
    "image": files.read_image,
    "json": files.read_json,
    "picture": files.read_picture,
    "token": credentials.read_token,
    "update": wire.read_update,
}
MAX_BYTES = {"image": 4096, "drawing": 4096}
"""Of an input that is generated; 1,024 for the others."""
