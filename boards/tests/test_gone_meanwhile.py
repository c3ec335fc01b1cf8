"""What is deleted after a request has found it, and before it is changed: 404, no 500."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from boards.api.fields import validated
from boards.api.permissions import managed_board, visible_board
from boards.comments import api as comments
from boards.lifecycle import api as boards_api
from boards.lifecycle import api_state
from boards.models import AccessRequest, Board
from boards.sharing import api_board, api_links, api_permissions
from boards.tests.factories import client_of

JSON = "application/json"
VIEWS = (boards_api, api_state, comments, api_board, api_links, api_permissions)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "", {"title": "New"}),
        ("delete", "", None),
        ("put", "/lock", {}),
        ("post", "/transfer", {"user": "bob"}),
        ("post", "/permissions", {"user": "charlie", "level": "view"}),
        ("post", "/links", {"level": "view"}),
        ("post", "/comments", {"body": "b", "anchor": {"x": 1, "y": 1}}),
    ],
)
def test_a_board_that_is_purged_meanwhile_is_not_found(
    board: Board, alice: User, charlie: User, monkeypatch: Any, method: str, path: str, body: Any
) -> None:
    def found(original: Any) -> Any:
        def find(*args: Any, **options: Any) -> Any:
            result = original(*args, **options)
            Board.objects.filter(pk=board.pk).delete()
            return result

        return find

    for views in VIEWS:
        for name, original in (("managed_board", managed_board), ("visible_board", visible_board)):
            monkeypatch.setattr(views, name, found(original), raising=False)
    address = f"/api/v1/boards/{board.pk}{path}"
    answer = getattr(client_of(alice), method)(address, body, content_type=JSON)
    assert answer.status_code == 404, answer.content
    assert answer.json() == {"detail": "Not found."}


@pytest.mark.django_db
def test_a_request_for_access_that_is_gone_is_not_found(
    board: Board, alice: User, charlie: User, monkeypatch: Any
) -> None:
    asked = AccessRequest.objects.create(board=board, user=charlie, level="view")

    def validated_late(serializer: Any) -> Any:
        AccessRequest.objects.all().delete()
        return validated(serializer)

    monkeypatch.setattr(api_links, "validated", validated_late)
    address = f"/api/v1/boards/{board.pk}/access-requests/{asked.pk}"
    answer = client_of(alice).post(address, {"level": "view"}, content_type=JSON)
    assert answer.status_code == 404
