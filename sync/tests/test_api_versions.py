"""Versions and copies by REST: kept, shown, restored, named, and thinned."""

import itertools
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from audit.tests.actors import by
from boards.lifecycle.basics import board_create
from boards.models import Board
from boards.signals import board_event
from boards.tests.factories import make_board
from sync.models import DocumentUpdate, Version
from sync.programs.new_boards import document_copy_prepare
from sync.programs.versions import automatic_version, boards_needing_version, superfluous
from sync.tests.histories import Author
from sync.tests.rest import BINARY, JSON, RECTANGLE, call, elements_on, write


@pytest.mark.django_db
def test_a_version_is_kept_shown_and_restored(board: Board, alice: User) -> None:
    write(alice, board, "elements", {"create": [{**RECTANGLE, "id": "a"}]})
    kept = write(alice, board, "versions", {"name": "First"}).json()
    assert (kept["name"], kept["author"], kept["seq"]) == ("First", "alice", 1)
    assert kept["author_name"] == "alice"
    body = {"change": [{"id": "a", "x": 500}], "create": [{**RECTANGLE, "id": "later"}]}
    write(alice, board, "elements", body)
    shown = call(alice, "get", board.pk, f"versions/{kept['id']}").json()
    assert [element["x"] for element in shown["elements"]] == [10]
    assert write(alice, board, f"versions/{kept['id']}/restore", {}).status_code == 200
    elements = elements_on(board)
    assert set(elements) == {"a"}
    assert elements["a"]["x"] == 10
    listed = call(alice, "get", board.pk, "versions").json()
    assert [version["name"] for version in listed] == ["", "First"], "what was there is kept too"
    write(alice, board, f"versions/{listed[0]['id']}/restore", {})
    assert elements_on(board)["a"]["x"] == 500
    assert set(elements_on(board)) == {"a", "later"}
    assert AuditLog.objects.filter(action="room_snapshot_restore").count() == 2


@pytest.mark.django_db
def test_a_version_is_named_later_and_everybody_is_told(
    board: Board, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    write(alice, board, "elements", {"create": [RECTANGLE]})
    automatic = automatic_version(board.pk)
    assert automatic is not None
    heard: list[Any] = []

    def listen(board_id: Any, event: Any, **_: Any) -> None:
        heard.append(event)

    board_event.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        path = f"versions/{automatic.pk}"
        named = call(alice, "patch", board.pk, path, {"name": "Signed off"}, JSON)
    board_event.disconnect(listen)
    assert named.json()["name"] == "Signed off"
    assert call(alice, "get", board.pk, path).json()["name"] == "Signed off"
    assert heard == [{"type": "versions"}]


@pytest.mark.django_db
def test_an_offline_copy_does_not_undo_a_restore(board: Board, alice: User) -> None:
    write(alice, board, "elements", {"create": [{**RECTANGLE, "id": "a"}]})
    kept = write(alice, board, "versions", {"name": "First"}).json()
    write(alice, board, "elements", {"change": [{"id": "a", "x": 500}]})
    offline = Author()
    offline.doc.apply_update(call(alice, "get", board.pk, "document").content)
    offline.elements["a"]["strokeColor"] = "#f00"
    write(alice, board, f"versions/{kept['id']}/restore", {})
    write(alice, board, "document", offline.doc.get_update(), BINARY)
    element = elements_on(board)["a"]
    assert (element["x"], element["strokeColor"]) == (10, "#f00"), "his own edit merges, no more"


@pytest.mark.django_db
def test_a_version_of_another_board_is_not_found(board: Board, alice: User) -> None:
    other = make_board(alice, title="Other")
    kept = write(alice, other, "versions", {"name": "x"}).json()
    for path in (f"versions/{kept['id']}", f"versions/{kept['id']}/restore"):
        method = "post" if path.endswith("restore") else "get"
        assert call(alice, method, board.pk, path).status_code == 404


@pytest.mark.django_db
def test_automatic_versions_are_made_when_due_and_thinned(board: Board, alice: User) -> None:
    from datetime import timedelta

    from django.utils import timezone

    assert boards_needing_version() == []
    write(alice, board, "elements", {"create": [RECTANGLE]})
    assert boards_needing_version() == [board.pk]
    write(alice, board, "versions", {"name": "young"})
    assert boards_needing_version() == []
    Version.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert boards_needing_version() == [board.pk]

    now = timezone.now()
    times = {n: now - timedelta(minutes=10 * n) for n in range(24 * 6 * 100)}
    kept = times.keys() - set(superfluous(times, now))
    assert 0 in kept
    assert len(kept) <= 13 + 48 + 60
    ages = sorted(now - times[n] for n in kept)
    assert ages[-1] <= timedelta(days=60)
    gaps = [later - earlier for earlier, later in itertools.pairwise(ages)]
    assert max(gaps) <= timedelta(days=2)


@pytest.mark.django_db
def test_a_copy_of_a_board_has_its_drawing_and_not_its_history(board: Board, alice: User) -> None:
    write(alice, board, "elements", {"create": [{**RECTANGLE, "id": "a"}]})
    for x in range(10):
        write(alice, board, "elements", {"change": [{"id": "a", "x": x}]})
    copy = board_create(owner=alice, title="Copy", by=by(alice))
    document_copy_prepare(board.pk, copy.pk, copy.owner)()
    assert elements_on(copy)["a"]["x"] == 9
    assert DocumentUpdate.objects.filter(board=copy).count() == 1


@pytest.mark.django_db
def test_restoring_and_importing_without_end_is_refused(
    board: Board, alice: User, settings: Settings
) -> None:
    write(alice, board, "elements", {"create": [RECTANGLE]})
    kept = write(alice, board, "versions", {"name": "First"}).json()
    settings.CANVAS_BOARD_CHANGES_PER_HOUR = 2
    drawing = {"type": "excalidraw", "elements": []}
    for path, body in ((f"versions/{kept['id']}/restore", {}), ("import", drawing)):
        answers = [write(alice, board, path, body).status_code for _ in range(4)]
        assert answers in ([200] * 2 + [429] * 2, [429] * 4), (path, answers)
    rows = AuditLog.objects.filter(action__in=["room_snapshot_restore", "room_import"])
    assert rows.count() == 2
    count = board.versions.count()
    assert count == 3, "what is refused keeps no version either"
