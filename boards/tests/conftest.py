"""Files of the tests lie in a directory of their own, and their webhooks lead to this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from boards.tests.hooks import LOOPBACK
from boards.tests.listening import Listener, listening


@pytest.fixture(autouse=True)
def files_dir(settings: Settings, tmp_path: Path) -> Path:
    """Where uploads lie during this test."""
    settings.CANVAS_FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def listener(settings: Settings) -> Iterator[Listener]:
    """A receiver of webhooks that may be called."""
    settings.CANVAS_WEBHOOK_NETWORKS = LOOPBACK
    settings.CANVAS_ADDRESS = "https://canvas.example"
    with listening() as one:
        yield one
