"""Pages in English and German: complete, chosen by the browser or by the person."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import PASSWORD, client_of, make_board
from canvas_project.tests.catalogue import messages_in_sources, read_mo, read_po

CATALOGUES = sorted(Path(settings.BASE_DIR).glob("locale/*/LC_MESSAGES/django.po"))
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def language_of(content: str) -> str:
    match = re.search(r'<html lang="(\w+)"', content)
    assert match, content[:200]
    return match[1]


def test_every_language_that_is_offered_has_a_catalogue() -> None:
    found = {path.parts[-3] for path in CATALOGUES}
    assert found == {code for code, _ in settings.LANGUAGES} - {settings.LANGUAGE_CODE}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_catalogue_says_everything_the_pages_say(path: Path) -> None:
    """After a change of words: `make words`, then fill in what is empty, then `make words`."""
    entries = read_po(path)
    assert {entry.msgid for entry in entries} == messages_in_sources()
    for entry in entries:
        assert not entry.is_fuzzy, entry.msgid
        assert sorted(entry.texts) == ([0, 1] if entry.plural else [0]), entry.msgid
        for text in entry.texts.values():
            assert text.strip(), entry.msgid
            assert sorted(re.findall(r"%\(\w+\)\w", text)) == sorted(
                re.findall(r"%\(\w+\)\w", entry.msgid)
            ), entry.msgid


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_compiled_catalogue_is_the_written_one(path: Path) -> None:
    written: dict[str | tuple[str, int], str] = {}
    for entry in read_po(path):
        for number, text in entry.texts.items():
            written[(entry.msgid, number) if entry.plural else entry.msgid] = text
    assert read_mo(path.with_suffix(".mo")) == written


def test_the_browser_says_which_language(db: None) -> None:
    english = Client().get("/login").content.decode()
    german = Client().get("/login", headers=GERMAN).content.decode()
    assert (language_of(english), language_of(german)) == ("en", "de")
    assert ">Username<" in english
    assert ">Benutzername<" in german
    other = Client().get("/login", headers={"Accept-Language": "fr"}).content.decode()
    assert language_of(other) == "en"


def test_a_choice_is_remembered_and_beats_the_browser(alice: User) -> None:
    client = client_of(alice)
    response = client.post("/language", {"language": "de", "next": "/?page=1"})
    assert (response.status_code, response["Location"]) == (302, "/?page=1")
    cookie = response.cookies["canvas_language"]
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)
    assert "Alle Boards" in client.get("/").content.decode()
    client.post("/language", {"language": "en"})
    assert "All boards" in client.get("/", headers=GERMAN).content.decode()


def test_a_language_that_is_not_offered_changes_nothing(db: None) -> None:
    client = Client()
    client.post("/language", {"language": "../../etc", "next": "/login"})
    assert "canvas_language" not in client.cookies
    client.cookies["canvas_language"] = "../../etc"
    assert language_of(client.get("/login").content.decode()) == "en"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_choosing_a_language_never_leads_to_another_site(db: None, target: str) -> None:
    response = Client().post("/language", {"language": "de", "next": target})
    assert response["Location"] == "/"


def test_a_foreign_site_cannot_choose_and_a_link_neither(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/language", {"language": "de"}).status_code == 403
    assert Client().get("/language", {"language": "de"}).status_code == 405


def test_a_token_in_the_address_does_not_get_into_the_form(board: Board) -> None:
    content = Client().get(f"/board/{board.pk}?token=not.a.token").content.decode()
    assert "not.a.token" not in content
    assert f'name="next" value="/board/{board.pk}"' in content


def test_a_page_that_answers_a_form_is_left_for_the_list(alice: User) -> None:
    content = client_of(alice).post("/boards", {"title": "a" * 201}).content.decode()
    assert 'name="next" value="/"' in content


def test_board_page_says_its_language_and_offers_the_others(alice: User, board: Board) -> None:
    content = client_of(alice).get(f"/board/{board.pk}", headers=GERMAN).content.decode()
    assert language_of(content) == "de"
    match = re.search(r'id="board-config" type="application/json">(.*?)</script>', content)
    assert match
    config = json.loads(match[1])
    assert config["languages"] == [["en", "English"], ["de", "Deutsch"]]
    assert config["languageUrl"] == "/language"


def test_what_forms_and_services_refuse_is_said_in_german(alice: User, bob: User) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.VIEW})
    client = client_of(alice)
    client.cookies["canvas_language"] = "de"
    grant = {"operation": "grant", "user": "alice", "level": "edit"}
    assert "alice gehört dieses Board bereits" in (
        client.post(f"/board/{board.pk}/share", grant).content.decode()
    )
    page = client.post(f"/board/{board.pk}/rename", {"title": " "}, follow=True).content.decode()
    assert "Gib dem Board einen Titel" in page
    page = client_of(bob).post(f"/board/{board.pk}/trash", headers=GERMAN).content.decode()
    assert "Das kann nur die Person, der dieses Board gehört" in page
    wrong = {"username": "alice", "password": f"not {PASSWORD}"}
    page = Client().post("/login", wrong, headers=GERMAN).content.decode()
    assert "passen nicht zusammen" in page


def test_times_are_declined(alice: User, board: Board) -> None:
    Board.objects.update(last_activity_at=board.created_at - timedelta(days=3))
    assert "geändert vor 3 Tagen" in client_of(alice).get("/", headers=GERMAN).content.decode()
    assert "changed 3 days ago" in client_of(alice).get("/").content.decode()


def test_error_pages_speak_german_too(db: None) -> None:
    client = Client(raise_request_exception=False)
    assert "Hier gibt es nichts zu sehen" in client.get("/no/such", headers=GERMAN).content.decode()
    strict = Client(enforce_csrf_checks=True)
    assert "zu lange geöffnet" in strict.post("/login", headers=GERMAN).content.decode()
