"""Versions are thinned out while someone asks for them: the answer is 404."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from boards.models import Board
from boards.tests.factories import client_of
from sync.api import views_versions
from sync.models import Version
from sync.programs import version_pages
from sync.programs.versions import version_create, version_restore


def gone(version: Version) -> Version:
    """The version as it was found, a moment before it was thinned."""
    found = Version.objects.defer("payload").select_related("board", "author").get(pk=version.pk)
    Version.objects.filter(pk=version.pk).delete()
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("get", "", None), ("patch", "", {"name": "x"}), ("post", "/restore", {})],
)
def test_a_version_thinned_meanwhile_is_not_found(
    board: Board, alice: User, monkeypatch: Any, method: str, path: str, body: Any
) -> None:
    version = version_create(board=board, name="", author=None)
    monkeypatch.setattr(views_versions, "_version_of", lambda *_: gone(version))
    address = f"/api/v1/boards/{board.pk}/versions/{version.pk}{path}"
    args = () if body is None else (body, "application/json")
    answer = getattr(client_of(alice), method)(address, *args)
    assert answer.status_code == 404
    assert answer.json() == {"detail": "This board has no such version."}


@pytest.mark.django_db
def test_the_page_of_versions_says_so_too(board: Board, alice: User, monkeypatch: Any) -> None:
    version = version_create(board=board, name="", author=None)

    def thinned(**given: Any) -> None:
        version_restore(**{**given, "version": gone(version)})

    monkeypatch.setattr(version_pages, "version_restore", thinned)
    address = f"/board/{board.pk}/versions/{version.pk}/restore"
    assert client_of(alice).post(address).status_code == 404
