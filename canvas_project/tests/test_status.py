"""The status page of the admin: what is wrong comes first, with what to do."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django.fixtures import Settings

from boards.models import Board
from boards.tests.factories import client_of, make_user
from canvas_project import health
from sync.models import DocumentUpdate, LoadAttempt
from sync.tests.test_every_action import draw

STATUS = "/admin/status"


def page_for(user: User | None) -> str:
    content: str = client_of(user).get(STATUS).content.decode()
    return content


def test_staff_without_permission_is_refused(db: None) -> None:
    helper = make_user("helper")
    helper.is_staff = True
    helper.save()
    assert client_of(helper).get(STATUS).status_code == 403


def test_a_healthy_installation_says_so(board: Board, alice: User, dana: User) -> None:
    draw(board, alice)
    page = page_for(dana)
    assert "Nothing needs to be done." in page
    for name in ("Database", "Channel layer", "Connected now", "Snapshots", "Audit log", "Django"):
        assert f">{name}<" in page, name
    assert STATUS in client_of(dana).get("/admin/").content.decode()


def test_problems_come_first_with_what_to_do(
    board: Board,
    alice: User,
    dana: User,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> None:
        raise ConnectionError("redis://secret@host")

    draw(board, alice)
    settings.CANVAS_COMPACT_ROWS = 1
    DocumentUpdate.objects.update(created_at=timezone.now() - timedelta(hours=1))
    LoadAttempt.objects.create(board=board, unfinished=5, quarantined_at=timezone.now())
    monkeypatch.setitem(health.PROBES, "channel layer", broken)
    page = page_for(dana)
    warnings = page.split('<ul class="messagelist">')[1].split("</ul>")[0]
    for text in ("Start Redis again", "repair_board", "compact_boards --loop"):
        assert text in warnings
    assert "secret" not in page


def test_a_directory_that_is_gone_hides_nothing_else(
    dana: User, settings: Settings, tmp_path: Path
) -> None:
    settings.CANVAS_DATA_DIR = tmp_path / "gone"
    page = page_for(dana)
    assert "Make room" in page
    assert "See the log of the server." in page
    assert ">Python<" in page
