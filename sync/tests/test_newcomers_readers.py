"""Nothing that was deleted before people came is in anything they can read, images neither."""

import io
from collections.abc import Callable, Iterable
from typing import Any, cast

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from PIL import Image

from audit.tests.actors import by
from boards.access.subjects import PUBLIC, Subject
from boards.files.storage import file_store
from boards.levels import AccessLevel
from boards.lifecycle.copies import board_duplicate
from boards.models import Board, BoardFile
from boards.sharing.permissions import permission_grant
from boards.spaces.members import space_permission_grant
from boards.spaces.placing import boards_place
from boards.spaces.services import space_create, space_transfer
from sync.drawing.scene import Roots, elements_create, elements_delete
from sync.models import DocumentUpdate, Version
from sync.programs.versions import version_create, version_restore
from sync.programs.writes import document_change
from sync.tests.conftest import Open
from sync.tests.test_newcomers import KEPT, text

SECRET = "zanzibarword"
GONE, SHOWN, BOTH = "gone-image", "shown-image", "image-of-both"
STROKE = "#12ab9f"


def png(colour: str) -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(stream, "PNG")
    stream.seek(0)
    return stream


def image(element_id: str, file_id: str) -> dict[str, object]:
    return {
        "id": element_id,
        "type": "image",
        "x": 1,
        "y": 1,
        "width": 9,
        "height": 9,
        "fileId": file_id,
        "status": "saved",
    }


@pytest.fixture
def past(board: Board, alice: User) -> Version:
    """A board with a past: texts, images and a shape of a colour of its own, some deleted again."""
    for file_id, colour in ((GONE, "red"), (SHOWN, "blue"), (BOTH, "green")):
        file_store(board=board, file_id=file_id, stream=cast(Any, png(colour)), user=alice)

    def draw(roots: Roots) -> None:
        shape = {"id": "box", "type": "rectangle", "x": 0, "y": 0, "width": 50, "height": 50}
        elements_create(
            roots,
            [
                text("t1", SECRET),
                text("t2", KEPT),
                image("i1", GONE),
                image("i2", SHOWN),
                image("i3", BOTH),
                image("i4", BOTH),
                {**shape, "strokeColor": STROKE, "link": f"https://example.org/{SECRET}"},
            ],
        )
        for file_id in (GONE, SHOWN, BOTH):
            roots["files"][file_id] = {"mime": "image/png", "size": 1, "width": 4, "height": 4}

    document_change(board=board, user=alice, change=draw)
    version = version_create(board=board, name="before", author=alice)
    erased = ["t1", "i1", "i3", "box"]
    document_change(
        board=board, user=alice, change=lambda roots: elements_delete(roots, erased, alice.pk)
    )
    return version


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def by_public_link(board: Board, bob: User) -> Client:
    permission_grant(board=board, subject=PUBLIC, level=AccessLevel.VIEW, by=by(board.owner))
    return Client()


def by_name(board: Board, bob: User) -> Client:
    permission_grant(
        board=board, subject=Subject(user=bob), level=AccessLevel.COMMENT, by=by(board.owner)
    )
    return signed_in(bob)


def by_space(board: Board, bob: User) -> Client:
    """The board is in a space already; he joins it."""
    board.permissions.filter(user=bob).delete()
    space = space_create(owner=board.owner, name="Design", by=by(board.owner))
    boards_place(boards=[board], space=space, by=by(board.owner))
    space_permission_grant(
        space=space, subject=Subject(user=bob), level=AccessLevel.COMMENT, by=by(board.owner)
    )
    return signed_in(bob)


def by_moving_it(board: Board, bob: User) -> Client:
    """He is in the space already; the board comes to it."""
    board.permissions.filter(user=bob).delete()
    space = space_create(owner=bob, name="Design", by=by(bob))
    boards_place(boards=[board], space=space, by=by(board.owner))
    return signed_in(bob)


def by_getting_the_space(board: Board, bob: User) -> Client:
    """The space of the board becomes his."""
    board.permissions.filter(user=bob).delete()
    space = space_create(owner=board.owner, name="Design", by=by(board.owner))
    boards_place(boards=[board], space=space, by=by(board.owner))
    space_transfer(space=space, new_owner=bob, by=by(board.owner))
    return signed_in(bob)


def by_joining_a_group_of_the_space(board: Board, bob: User) -> Client:
    board.permissions.filter(user=bob).delete()
    team = Group.objects.create(name="team")
    space = space_create(owner=board.owner, name="Design", by=by(board.owner))
    boards_place(boards=[board], space=space, by=by(board.owner))
    space_permission_grant(
        space=space, subject=Subject(group=team), level=AccessLevel.EDIT, by=by(board.owner)
    )
    bob.groups.add(team)
    return signed_in(bob)


def by_joining_a_group(board: Board, bob: User) -> Client:
    """The group was given the board when he was not in it."""
    board.permissions.filter(user=bob).delete()
    team = Group.objects.create(name="team")
    permission_grant(
        board=board, subject=Subject(group=team), level=AccessLevel.COMMENT, by=by(board.owner)
    )

    def draw(roots: Roots) -> None:
        elements_create(roots, [text("t3", SECRET)])

    def erase(roots: Roots) -> None:
        elements_delete(roots, ["t3"], board.owner.pk)

    for change in (draw, erase):
        document_change(board=board, user=board.owner, change=change)
    bob.groups.add(team)
    return signed_in(bob)


def body_of(response: Any) -> bytes:
    if not response.streaming:
        return cast(bytes, response.content)
    return b"".join(cast(Iterable[bytes], response.streaming_content))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("let_in", [by_public_link, by_name, by_space, by_joining_a_group])
def test_no_reader_gives_what_was_deleted(
    board: Board, past: Version, bob: User, let_in: Callable[[Board, User], Client]
) -> None:
    cache.clear()
    client = let_in(board, bob)
    is_public = let_in is by_public_link
    base, query = f"/api/v1/boards/{board.pk}", {"public": "1"} if is_public else {}
    read = 0
    for path in (
        "",
        "/elements",
        "/document",
        "/export",
        "/files",
        "/comments",
        "/versions",
        f"/versions/{past.pk}",
        "/audit",
    ):
        body = body_of(response := client.get(base + path, query))
        read += response.status_code == 200
        # Yjs keeps the names of keys that are gone: ids, with which nobody gets anything.
        secrets = (SECRET, STROKE) if path == "/document" else (SECRET, STROKE, GONE)
        for secret in secrets:
            assert secret.encode() not in body, f"{path} gives {secret}"
        if path.startswith("/versions") or path == "/audit":
            assert response.status_code in (401, 403, 404), path
    assert read >= 2
    pages = [f"/board/{board.pk}/public"] if is_public else ["/", f"/board/{board.pk}"]
    for page in pages:
        assert SECRET.encode() not in body_of(client.get(page))
    found = client.get("/api/v1/search", {"q": SECRET})
    assert str(board.pk).encode() not in body_of(found)
    thumbnail = client.get(f"/board/{board.pk}/thumbnail.svg", query)
    assert STROKE.encode() not in body_of(thumbnail)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("let_in", [by_public_link, by_name, by_space])
def test_images_of_deleted_elements_are_neither_listed_nor_given(
    board: Board, past: Version, alice: User, bob: User, let_in: Callable[[Board, User], Client]
) -> None:
    client = let_in(board, bob)
    query = {"public": "1"} if let_in is by_public_link else {}
    base = f"/api/v1/boards/{board.pk}/files"
    listed = client.get(base, query)
    assert {row["id"] for row in listed.json()} == {SHOWN, BOTH}
    codes = {name: client.get(f"{base}/{name}", query).status_code for name in (GONE, SHOWN, BOTH)}
    assert codes == {GONE: 404, SHOWN: 200, BOTH: 200}
    owner = Client()
    owner.force_login(alice)
    assert owner.get(f"{base}/{GONE}").status_code == 200, "its versions show it to editors"
    version_restore(board=board, version=past, user=alice, by=by(alice))
    assert client.get(f"{base}/{GONE}", query).status_code == 200, "it is on the board again"


@pytest.mark.django_db(transaction=True)
def test_an_image_that_is_put_back_is_everybodys_again(
    board: Board, past: Version, alice: User, bob: User
) -> None:
    client = by_name(board, bob)
    assert client.get(f"/api/v1/boards/{board.pk}/files/{GONE}").status_code == 404
    file_store(board=board, file_id=GONE, stream=cast(Any, png("red")), user=alice)
    assert client.get(f"/api/v1/boards/{board.pk}/files/{GONE}").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_copy_has_no_image_of_what_was_deleted(
    board: Board, past: Version, alice: User, bob: User
) -> None:
    copy = board_duplicate(board=board, owner=bob, by=by(bob))
    rows = BoardFile.objects.filter(board=copy)
    assert set(rows.values_list("file_id", flat=True)) == {SHOWN, BOTH}
    copy.refresh_from_db()
    assert copy.image_bytes == sum(rows.values_list("size_bytes", flat=True))
    originals = BoardFile.objects.filter(board=board)
    assert all(row.path.is_file() for row in originals), "the original keeps its own"
    assert connection.in_atomic_block is False


@pytest.mark.django_db(transaction=True)
async def test_the_socket_gives_nothing_of_it(
    board: Board, past: Version, alice: User, bob: User, connect: Open
) -> None:
    await connect(board, alice)
    await sync_to_async(by_public_link)(board, bob)
    viewer = await connect(board, None, "public=1")
    data = viewer.doc.get_update()
    for secret in (SECRET, STROKE):
        assert secret.encode() not in data
    assert KEPT.encode() in data


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "let_in",
    [by_space, by_moving_it, by_getting_the_space, by_joining_a_group_of_the_space],
)
@pytest.mark.parametrize("is_open", [True, False])
async def test_the_socket_of_a_member_gives_nothing_of_it(
    board: Board,
    past: Version,
    alice: User,
    bob: User,
    connect: Open,
    let_in: Callable[[Board, User], Client],
    is_open: bool,
) -> None:
    """What goes, goes when the first member comes: a space may have thousands of boards."""
    if is_open:
        await connect(board, alice)
    await sync_to_async(let_in)(board, bob)
    await board.arefresh_from_db()
    assert board.widened_at_version == board.access_version
    member = await connect(board, bob)
    data = member.doc.get_update()
    for secret in (SECRET, STROKE):
        assert secret.encode() not in data
    assert KEPT.encode() in data
    await board.arefresh_from_db()
    assert board.widened_at_version == 0


@pytest.mark.django_db(transaction=True)
def test_nobody_comes_through_a_space_to_a_board_that_cannot_be_read(
    board: Board, past: Version, bob: User
) -> None:
    client = by_moving_it(board, bob)
    DocumentUpdate.objects.filter(board_id=board.pk).update(payload=b"broken")
    for path in (f"/api/v1/boards/{board.pk}", f"/board/{board.pk}"):
        assert client.get(path).status_code == 503
