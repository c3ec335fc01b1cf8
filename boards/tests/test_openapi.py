"""The description of the REST interface is complete and the committed copy is current."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from boards.tests.factories import client_of, make_board


def test_schema_has_no_warnings_and_the_committed_copy_is_current(tmp_path: Path) -> None:
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
    committed = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
    assert fresh.read_text() == committed.read_text(), (
        "docs/openapi.yaml is stale: run manage.py spectacular --file docs/openapi.yaml"
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("boards", {"title": ""}, 400),
        ("boards", {"banana": 1}, 400),
        ("boards", [1], 400),
        ("boards/{board}/permissions", {"level": "view"}, 400),
        ("boards/{board}/elements", {"create": [{"x": 1}]}, 400),
        ("boards/{board}/elements", {"create": [{"type": "rectangle", "colour": 1}]}, 400),
        ("boards/{board}/comments", {"body": "b", "anchor": 7}, 400),
        ("boards/{board}/leave", {}, 400),
        ("boards/{board}/versions/1", {}, 405),
        ("boards/{other}/transfer", {"user": "alice"}, 404),
        ("nothing", {}, 404),
        ("auth/token", {"username": "x", "password": "y"}, 401),
    ],
)
def test_every_refusal_says_what_is_wrong_at_one_place(
    alice: User, path: str, body: Any, status: int
) -> None:
    address = "/api/v1/" + path.format(board=make_board(alice).pk, other=uuid4())
    answer = client_of(alice).post(address, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    detail = answer.json()["detail"]
    assert isinstance(detail, str)
    assert detail


@pytest.mark.django_db
def test_schema_is_served_to_everybody() -> None:
    for path in ("/api/schema", "/api/schema/"):
        response = Client().get(path)
        assert response.status_code == 200
        assert b"/api/v1/boards/{board_id}" in response.content
        assert b"/api/v1/boards/{board_id}/:" not in response.content
