"""Settings of the test suite: its own data directory, quick password hashes, no built front end."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("CANVAS_DATA_DIR", tempfile.mkdtemp(prefix="canvas-test-"))

from canvas_project.settings import *  # noqa: F403
from canvas_project.settings import CANVAS_DATA_DIR, DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A file, not memory: the store commits on its own thread and connection.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": Path(CANVAS_DATA_DIR) / "test.sqlite3"}
# Without the built front end: page tests only look at the markup.
DJANGO_VITE = {"default": {"dev_mode": True}}
STATICFILES_DIRS = []
(CANVAS_DATA_DIR / "static").mkdir(exist_ok=True)
CANVAS_FIRST_START = False  # most tests begin without users
