"""Files of the tests lie in a directory of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def files_dir(settings: Settings, tmp_path: Path) -> Path:
    """Where uploads lie during this test."""
    settings.CANVAS_FILES_DIR = tmp_path / "files"
    return tmp_path / "files"
