"""Files and zips of drawings, brought to the list of boards."""

import json
import zipfile
from io import BytesIO

import pytest
from playwright.sync_api import FilePayload

from sync.tests.test_imported_images import drawing, url
from sync.tests.test_imported_images import svg as vector
from sync.tests.test_pictures import encoded, svg
from tests.conftest import OpenPage
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SHAPE = {"id": "r", "type": "rectangle", "x": 0, "y": 0, "width": 40, "height": 30}
DRAWING = json.dumps({"type": "excalidraw", "elements": [SHAPE]}).encode()


def zip_of(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_zip_of_drawings_becomes_boards_and_the_rest_is_named(
    server: Server, open_page: OpenPage
) -> None:
    alice = open_page(server).sign_in_by_form("alice")
    page = alice.page
    page.get_by_text("Import drawings").click()
    page.get_by_role("button", name="Files or zips").wait_for()
    files = {"a/Arrived.excalidraw": DRAWING, "broken.excalidraw": b"{", "note.txt": b"hello"}
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Files or zips").click()
    zipped = FilePayload(name="team.zip", mimeType="application/zip", buffer=zip_of(files))
    single = FilePayload(name="Single.excalidraw", mimeType="", buffer=DRAWING)
    chosen.value.set_files([zipped, single])
    dialog = page.get_by_role("dialog", name="Import drawings")
    dialog.get_by_text("2 boards were made.").wait_for()
    told = dialog.get_by_role("listitem").all_inner_texts()
    assert told == [
        "team/note.txt — It is no .excalidraw file.",
        "team/broken.excalidraw — This is not an Excalidraw file.",
    ]
    page.keyboard.press("Escape")
    page.locator(".board-card", has_text="team / a / Arrived").wait_for()
    page.locator(".board-card", has_text="Single").wait_for()
    assert page.locator(".board-card", has_text="broken").count() == 0
    (refused,) = alice.errors  # the browser's own word on the one that the server refused
    assert "400 (Bad Request)" in refused
    alice.errors.clear()


def test_in_a_space_the_folders_of_a_zip_become_folders(
    server: Server, open_page: OpenPage
) -> None:
    token = server.token("alice")
    _, space = server.call("POST", "spaces", {"name": "Arrivals"}, token)
    _, top = server.call("POST", f"spaces/{space['id']}/folders", {"name": "team"}, token)
    page = open_page(server).sign_in("alice").page
    page.goto(f"{server.url}/?space={space['id']}")
    page.get_by_text("Import drawings").click()
    names = ["a/One.excalidraw", "a/Two.excalidraw", "Three.excalidraw.svg"]
    bodies = [DRAWING, DRAWING, svg(encoded(DRAWING), before=0)]
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Files or zips").click()
    zipped = zip_of(dict(zip(names, bodies, strict=True)))
    chosen.value.set_files(FilePayload(name="team.zip", mimeType="", buffer=zipped))
    page.get_by_role("dialog", name="Import drawings").get_by_text("3 boards were made.").wait_for()
    _, folders = server.call("GET", f"spaces/{space['id']}/folders", token=token)
    known = {folder["id"]: folder for folder in folders}
    (inner,) = [folder for folder in folders if folder["name"] == "a"]
    assert (len(folders), inner["parent"]) == (2, top["id"])
    _, boards = server.call("GET", f"boards?space={space['id']}", token=token)
    kept = {one["title"]: known[one["folder"]]["name"] for one in boards["results"]}
    assert kept == {"One": "a", "Two": "a", "Three": "team"}


def test_what_a_board_has_not_of_its_file_is_said(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server, locale="de-DE").sign_in("alice")
    alice.page.goto(server.url)
    page = alice.page
    good, damaged = url("image/svg+xml", vector()), url("image/png", b"words")
    files = {"Whole.excalidraw": [("a", good)], "Part.excalidraw": [("a", good), ("b", damaged)]}
    page.get_by_text("Zeichnungen importieren").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Dateien oder Zips").click()
    payloads = [
        FilePayload(name=name, mimeType="", buffer=json.dumps(drawing(*images)).encode())
        for name, images in files.items()
    ]
    chosen.value.set_files(payloads)
    dialog = page.get_by_role("dialog", name="Zeichnungen importieren")
    dialog.get_by_text("2 Boards sind entstanden.").wait_for()
    dialog.get_by_text("1 Board fehlt etwas aus seiner Datei:").wait_for()
    assert dialog.get_by_role("listitem").all_inner_texts() == [
        "Part.excalidraw — 1 Angabe konnte nicht übernommen werden: fileId von Element 3."
    ]
