"""The service worker is served at the root and always revalidated."""

from pathlib import Path
from typing import Any

from django.test import Client


def test_the_worker_is_open_to_all_and_never_cached(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    assert Client().get("/sw.js").status_code == 404
    (tmp_path / "board").mkdir()
    (tmp_path / "board" / "sw.js").write_text("self")
    answer = Client().get("/sw.js")
    assert (answer.content, answer["Cache-Control"]) == (b"self", "no-cache")
    assert answer["Content-Type"] == "text/javascript"
    assert Client().post("/sw.js").status_code == 405
