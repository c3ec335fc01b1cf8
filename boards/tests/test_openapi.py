"""The description of the REST interface is complete and the committed copy is current."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client


def test_schema_has_no_warnings_and_the_committed_copy_is_current(tmp_path: Path) -> None:
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
    committed = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
    assert fresh.read_text() == committed.read_text(), (
        "docs/openapi.yaml is stale: run manage.py spectacular --file docs/openapi.yaml"
    )


@pytest.mark.django_db
def test_schema_is_served_to_everybody() -> None:
    for path in ("/api/schema", "/api/schema/"):
        response = Client().get(path)
        assert response.status_code == 200
        assert b"/api/v1/boards/{board_id}" in response.content
        assert b"/api/v1/boards/{board_id}/:" not in response.content
