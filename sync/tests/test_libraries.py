"""Libraries by REST: whose they are, what goes in and comes out, and what is refused."""

import base64
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from audit.tests.actors import by
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.libraries.selectors import seen_library
from boards.libraries.services import NewItem, item_put, items_add
from boards.models import Library, LibraryItem, Space
from boards.quotas.checks import QuotaError
from boards.spaces.members import space_permission_grant
from boards.spaces.services import space_create
from boards.tests.factories import client_of, make_user
from boards.tests.uploads import image_bytes
from canvas_project.asgi import is_import, max_body_bytes

ADDRESS = "/api/v1/libraries"
BOX: dict[str, Any] = {"id": "a", "type": "rectangle", "x": 0, "y": 0, "width": 9, "height": 9}


def put(user: User | None, library: str, item: UUID | None = None, **fields: Any) -> Any:
    body = {"elements": [BOX], **fields}
    address = f"{ADDRESS}/{library}/items/{item or uuid4()}"
    return client_of(user).put(address, body, "application/json")


def items_of(user: User, library: str = "mine") -> list[dict[str, Any]]:
    answer = client_of(user).get(f"{ADDRESS}/{library}/items")
    assert answer.status_code == 200
    items: list[dict[str, Any]] = json.loads(answer.content)["items"]
    return items


def sent(user: User, file: Any, library: str = "mine") -> Any:
    return client_of(user).post(f"{ADDRESS}/{library}/import", file, "application/json")


@pytest.fixture
def space(alice: User, bob: User) -> Space:
    made = space_create(owner=alice, name="Design", by=by(alice))
    subject = Subject(user=bob)
    space_permission_grant(space=made, subject=subject, level=AccessLevel.EDIT, by=by(alice))
    return made


def test_nobody_reads_or_changes_what_another_person_keeps(
    alice: User, bob: User, charlie: User, space: Space
) -> None:
    item = uuid4()
    assert put(alice, "mine", item, name="Secret").status_code == 201
    assert items_of(bob) == []
    # The same id in a library of one's own is another item.
    assert put(bob, "mine", item, name="Own").status_code == 201
    client_of(bob).delete(f"{ADDRESS}/mine/items/{item}")
    assert [one["name"] for one in items_of(alice)] == ["Secret"]
    library = Library.objects.get(owner=alice)
    for key in (str(library.pk), str(alice.pk), "alice", str(uuid4()), str(space.pk)):
        for address in ("items", "export"):
            assert client_of(charlie).get(f"{ADDRESS}/{key}/{address}").status_code == 404
        assert put(charlie, key).status_code == 404
    assert put(None, "mine").status_code == 401
    for address in ("", "/mine/items", "/everybody/items"):
        assert client_of(None).get(f"{ADDRESS}{address}").status_code == 401


def test_shared_libraries_are_changed_by_owners_and_administrators_alone(
    alice: User, bob: User, space: Space
) -> None:
    root = make_user("root", is_superuser=True)
    of_space = str(space.pk)
    assert put(bob, of_space).status_code == 403
    assert put(alice, "everybody").status_code == 403
    assert LibraryItem.objects.count() == 0
    assert put(alice, of_space, name="Ours").status_code == 201
    assert put(root, "everybody", name="All").status_code == 201
    assert [one["name"] for one in items_of(bob, of_space)] == ["Ours"]
    assert [one["name"] for one in items_of(bob, "everybody")] == ["All"]
    listed = {one["id"]: one for one in client_of(bob).get(ADDRESS).json()}
    assert [(one["can_change"], one["items"]) for one in listed.values()] == [
        (True, 0),
        (False, 1),
        (False, 1),
    ]
    assert listed[of_space]["name"] == "Design"
    assert {one["can_change"] for one in client_of(root).get(ADDRESS).json()} == {True}


def test_changes_of_shared_libraries_leave_rows_and_those_of_ones_own_none(
    alice: User, space: Space
) -> None:
    for library in ("mine", str(space.pk)):
        item = uuid4()
        put(alice, library, item, name="Box")
        address = f"{ADDRESS}/{library}/items/{item}"
        client_of(alice).patch(address, {"name": "Chest"}, "application/json")
        client_of(alice).patch(address, {"name": "Chest"}, "application/json")
        client_of(alice).patch(address, {"position": 7}, "application/json")
        put(alice, library, item, name="Chest")
        client_of(alice).delete(address)
        client_of(alice).delete(address)
        sent(alice, {"type": "excalidrawlib", "library": [[BOX], [BOX]]}, library)
    rows = AuditLog.objects.filter(action="library_update").order_by("pk")
    assert [(row.data["change"], row.data["item"], row.data["count"]) for row in rows] == [
        ("add", "Box", 1),
        ("rename", "Chest", 1),
        ("move", "Chest", 1),
        ("replace", "Chest", 1),
        ("delete", "Chest", 1),
        ("import", "", 2),
    ]
    assert {(row.actor, row.data["space"]) for row in rows} == {(alice, "Design")}


def test_items_are_in_their_order_and_readers_ask_for_news_alone(alice: User) -> None:
    first, second = uuid4(), uuid4()
    put(alice, "mine", first, name="First")
    put(alice, "mine", second, name="Second")
    assert [one["id"] for one in items_of(alice)] == [str(first), str(second)]
    address = f"{ADDRESS}/mine/items"
    etag = client_of(alice).get(address)["ETag"]
    assert client_of(alice).get(address, headers={"If-None-Match": etag}).status_code == 304
    position = items_of(alice)[0]["position"] - 1
    body = {"position": position}
    moved = client_of(alice).patch(f"{address}/{second}", body, "application/json")
    again = client_of(alice).patch(f"{address}/{second}", body, "application/json")
    assert client_of(alice).get(address)["ETag"] == moved["ETag"] == again["ETag"] != etag
    assert client_of(alice).get(address, headers={"If-None-Match": etag}).status_code == 200
    assert [one["name"] for one in items_of(alice)] == ["Second", "First"]
    gone = client_of(alice).delete(f"{address}/{second}")
    assert gone["ETag"] == client_of(alice).get(address)["ETag"] != moved["ETag"]
    for bad in ("x", 1e300, None):
        answer = client_of(alice).patch(f"{address}/{first}", {"position": bad}, "application/json")
        assert answer.status_code == 400


def test_elements_of_any_age_come_in_and_unknown_ones_stay_whole(alice: User) -> None:
    old = {"id": "o", "type": "draw", "x": 0, "y": 0, "width": 1, "height": 1}
    old["points"] = [[0, 0], [1, 1]]
    unknown = {**BOX, "id": "u", "type": "hologram", "depth": {"far": [1, 2.5]}}
    gone = {**BOX, "id": "g", "isDeleted": True}
    put(alice, "mine", elements=[old, unknown, gone])
    (item,) = items_of(alice)
    assert [one["id"] for one in item["elements"]] == ["o", "u"]
    assert item["elements"][0]["type"] == "freedraw" or item["elements"][0]["type"] == "line"
    assert item["elements"][1]["depth"] == {"far": [1, 2.5]}


@pytest.mark.parametrize(
    "fields",
    [
        {"elements": []},
        {"elements": [7]},
        {"elements": [{"x": 1}]},
        {"elements": [{**BOX, "x": "far"}]},
        {"elements": [{**BOX, "isDeleted": True}]},
        {"name": "a\nb"},
        {"name": "a" * 101},
        {"files": []},
        {"other": 1},
    ],
)
def test_what_is_no_item_is_refused(alice: User, fields: dict[str, Any]) -> None:
    assert put(alice, "mine", **fields).status_code == 400
    assert LibraryItem.objects.count() == 0


def test_images_come_with_the_item_and_only_those_that_it_shows(alice: User) -> None:
    image = {**BOX, "id": "i", "type": "image", "fileId": "abc"}
    url = f"data:image/png;base64,{_base64(image_bytes())}"
    files = {
        "abc": {"id": "abc", "mimeType": "image/png", "dataURL": url, "more": 1},
        "other": {"id": "other", "mimeType": "image/png", "dataURL": url},
    }
    put(alice, "mine", elements=[image], files=files)
    (item,) = items_of(alice)
    assert item["files"] == {"abc": {"id": "abc", "mimeType": "image/png", "dataURL": url}}
    # What a board would not take is left out; there it is a placeholder.
    svg = {"id": "abc", "mimeType": "image/svg+xml", "dataURL": "data:image/svg+xml;base64,AAAA"}
    put(alice, "mine", elements=[image], files={"abc": svg})
    assert items_of(alice)[1]["files"] == {}
    for bad in ("data:text/html;base64,AAAA", "javascript:1", "data:image/png;base64,~~", None):
        broken = {"abc": {"mimeType": "image/png", "dataURL": bad}}
        assert put(alice, "mine", elements=[image], files=broken).status_code == 400


def _base64(data: bytes) -> str:

    return base64.b64encode(data).decode()


def test_files_of_both_versions_come_in_and_go_out(alice: User, bob: User) -> None:
    label = {**BOX, "id": "t", "type": "text", "text": "a", "containerId": "a"}
    old = {"type": "excalidrawlib", "version": 1, "library": [[BOX], [], [BOX, label]]}
    items = [
        {"id": "1", "status": "published", "name": "One", "elements": [BOX]},
        {"id": "2", "name": "Two\u202e\x00" + "x" * 200, "elements": [BOX, label]},
    ]
    new = {"type": "excalidrawlib", "version": 2, "libraryItems": items}
    assert sent(alice, old).json() == {"created": 2, "left_out": [], "left_out_count": 0}
    assert sent(alice, new).json()["created"] == 2
    names = [one["name"] for one in items_of(alice)]
    assert names[:3] == ["", "", "One"]
    assert names[3].startswith("Two  x")
    assert len(names[3]) == 100
    answer = client_of(alice).get(f"{ADDRESS}/mine/export")
    assert answer["Content-Type"] == "application/vnd.excalidrawlib+json"
    file = json.loads(answer.content)
    assert (file["type"], file["version"]) == ("excalidrawlib", 2)
    assert [len(one["elements"]) for one in file["libraryItems"]] == [1, 2, 1, 2]
    assert sent(bob, file).json()["created"] == 4
    kept = [(one["name"], one["elements"]) for one in items_of(alice)]
    assert [(one["name"], one["elements"]) for one in items_of(bob)] == kept


@pytest.mark.parametrize(
    ("file", "code", "reason"),
    [
        ({"type": "excalidraw", "elements": [BOX]}, 400, "not a library"),
        ({"library": [[BOX]]}, 400, "not a library"),
        ({"type": "excalidrawlib", "library": [[BOX], 7]}, 400, "Item 2 of this library"),
        ({"type": "excalidrawlib", "library": [[BOX], [{**BOX, "x": "y"}]]}, 400, "Element 1"),
        ({"type": "excalidrawlib", "library": [[BOX]] * 1001}, 413, "1001 items; 1000"),
        ({"type": "excalidrawlib", "library": [[BOX], [BOX] * 30_000]}, 413, "2 MB"),
    ],
)
def test_a_file_comes_in_whole_or_not_at_all(
    alice: User, file: dict[str, Any], code: int, reason: str
) -> None:
    answer = sent(alice, file)
    assert (answer.status_code, reason in answer.json()["detail"]) == (code, True)
    assert LibraryItem.objects.count() == 0


def test_a_library_has_bounds_and_names_them(alice: User, settings: Settings) -> None:
    settings.CANVAS_MAX_LIBRARY_ITEMS = 2
    kept = uuid4()
    assert [put(alice, "mine", kept).status_code, put(alice, "mine").status_code] == [201, 201]
    answer = put(alice, "mine")
    assert (answer.status_code, answer.json()["code"]) == (429, "quota")
    assert "2 items" in answer.json()["detail"]
    # What is there already can be replaced.
    assert put(alice, "mine", kept, name="Again").status_code == 200
    settings.CANVAS_MAX_LIBRARY_ITEMS = 100
    settings.CANVAS_MAX_LIBRARY_BYTES = 10_000
    many = [{**BOX, "id": str(n)} for n in range(60)]
    place = seen_library(alice, "mine")
    item = NewItem.of("", many, {})
    with pytest.raises(QuotaError, match=r"0\.01 MB"):
        items_add(place=place, items=[item] * 5, by=by(alice))
    assert LibraryItem.objects.count() == 2
    settings.CANVAS_MAX_LIBRARY_ITEM_BYTES = 1_000
    answer = put(alice, "mine", kept, elements=many)
    assert (answer.status_code, "0.001 MB" in answer.json()["detail"]) == (413, True)


def test_bodies_are_bounded_before_they_are_read(settings: Settings) -> None:
    path = f"{ADDRESS}/mine/import"
    assert is_import(path)
    assert max_body_bytes(path) == settings.CANVAS_MAX_LIBRARY_BYTES
    item = max_body_bytes(f"{ADDRESS}/{uuid4()}/items/{uuid4()}")
    assert settings.CANVAS_MAX_LIBRARY_ITEM_BYTES < item < 2_100_000
    assert max_body_bytes(f"{ADDRESS}/mine/items") == settings.CANVAS_MAX_BODY_BYTES


def test_a_library_ends_with_its_person_or_space(alice: User, bob: User, space: Space) -> None:
    put(alice, str(space.pk))
    put(bob, "mine")
    bob.delete()
    assert [item.library.space for item in LibraryItem.objects.all()] == [space]
    space.delete()
    assert LibraryItem.objects.count() == Library.objects.count() == 0


def test_shared_libraries_are_kept_and_those_of_people_are_nobodys_business(alice: User) -> None:
    root = make_user("root", is_superuser=True)
    item = NewItem.of("Secret", [{"id": "a"}], {})
    shared = NewItem.of("Shared", [{"id": "a"}], {})
    for user, library, one in ((alice, "mine", item), (root, "everybody", shared)):
        place = seen_library(user, library)
        item_put(place=place, key=uuid4(), item=one, position=None, by=by(user))
    address = "/admin/boards/libraryitem/"
    client = client_of(root)
    text = client.get(address).content.decode()
    assert "Shared" in text
    assert "Secret" not in text
    row, own = LibraryItem.objects.get(name="Shared"), LibraryItem.objects.get(name="Secret")
    assert client.get(f"{address}{own.pk}/change/").status_code == 302
    client.post(f"{address}{own.pk}/delete/", {"post": "yes"})
    client.post(f"{address}{row.pk}/change/", {"name": "For all"})
    assert client.get(f"{address}{row.pk}/change/").status_code == 200
    client.post(f"{address}{row.pk}/delete/", {"post": "yes"})
    assert [one.name for one in LibraryItem.objects.all()] == ["Secret"]
    rows = AuditLog.objects.filter(action="library_update", via="admin").order_by("pk")
    assert [row.data["change"] for row in rows] == ["rename", "delete"]
