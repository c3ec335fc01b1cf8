"""The socket of a board, through the whole ASGI application: what arrives, and what is recorded."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from audit.models import AuditLog
from boards.models import Board
from sync.models import DocumentUpdate
from sync.tests import hostile
from sync.tests.conftest import Open
from sync.tests.yclient import YClient, close_code_of, token_query
from sync.wire import frames
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


# --- frames that break a rule close their own socket and nobody else's


async def test_a_text_frame_closes_the_socket(board: Board, alice: User, connect: Open) -> None:
    client = await connect(board, alice)
    await client.communicator.send_to(text_data="hello")
    assert await client.until_closed() == CloseCode.MALFORMED


async def test_a_malformed_frame_closes_the_socket(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    a, b = await connect(board, alice), await connect(board, bob)
    await a.send(b"\x07\x07\x07")
    assert await a.until_closed() == CloseCode.MALFORMED
    assert a.close_reason == "Not accepted: unknown message type."
    await b.draw("e1", type="rectangle")
    await b.until_saved()


async def test_an_oversized_frame_is_named_as_such(
    board: Board, alice: User, connect: Open, settings: pytest.FixtureRequest
) -> None:
    settings.CANVAS_MAX_FRAME_BYTES = 1000  # type: ignore[attr-defined]
    client = await connect(board, alice)
    await client.send(frames.encode_update(b"x" * 1001))
    assert await client.until_closed() == CloseCode.TOO_BIG


@pytest.mark.parametrize("name", hostile.CORPUS)
async def test_a_hostile_update_reaches_nobody(
    board: Board, alice: User, bob: User, connect: Open, name: str
) -> None:
    attacker, honest = await connect(board, alice), await connect(board, bob)
    await honest.draw("e1", type="rectangle", pos=[0, 0])
    await honest.until_saved()
    await attacker.send(frames.encode_update(hostile.CORPUS[name]()))
    assert await attacker.until_closed() in (CloseCode.MALFORMED, CloseCode.TOO_BIG)
    await honest.draw("e1", pos=[1, 1])
    await honest.until_saved()
    assert await DocumentUpdate.objects.acount() == 2
    late = await connect(board, alice)
    assert late.content() == honest.content()


@pytest.mark.parametrize("name", hostile.GAPS)
async def test_a_gap_is_answered_with_a_step_1_and_kept_nowhere(
    board: Board, alice: User, connect: Open, name: str
) -> None:
    client = await connect(board, alice)
    client.step1s.clear()
    await client.send(frames.encode_update(hostile.GAPS[name]()))
    await client.until(lambda: bool(client.step1s), "step 1")
    assert await DocumentUpdate.objects.acount() == 0
    await client.draw("e1", type="rectangle")
    await client.until_saved()


@pytest.mark.parametrize("name", hostile.STATE_VECTORS)
async def test_a_hostile_state_vector_of_a_viewer_closes_his_socket_alone(
    board: Board, alice: User, bob: User, connect: Open, name: str
) -> None:
    viewer, editor = await connect(board, bob), await connect(board, alice)
    await viewer.send(frames.encode_step1(hostile.STATE_VECTORS[name]))
    assert await viewer.until_closed() == CloseCode.MALFORMED
    await editor.draw("e1", type="rectangle")
    await editor.until_saved()


# --- what arrives


async def test_two_people_see_what_the_other_draws(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    a, b = await connect(board, alice), await connect(board, bob)
    await a.draw("e1", type="rectangle", pos=[1, 2])
    await b.until(lambda: "e1" in b.elements)
    await b.draw("e1", strokeColor="#f00")
    await a.until(lambda: a.content()["e1"].get("strokeColor") == "#f00")
    assert a.content() == b.content()
    assert [row.seq async for row in DocumentUpdate.objects.order_by("seq")] == [1, 2]


async def test_colour_by_one_and_move_by_the_other_at_the_same_moment_both_stay(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    a, b = await connect(board, alice), await connect(board, bob)
    await a.draw("e1", type="rectangle", pos=[0, 0], strokeColor="#000")
    await b.until(lambda: "e1" in b.elements)
    move, colour = a.edit("e1", pos=[9, 9]), b.edit("e1", strokeColor="#f00")
    await a.send(frames.encode_update(move))
    await b.send(frames.encode_update(colour))
    expected = {"type": "rectangle", "pos": [9, 9], "strokeColor": "#f00"}
    for client in (a, b):
        await client.until(lambda client=client: client.content()["e1"] == expected)


async def test_work_done_offline_is_merged(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    """The client's step 2 carries what it did alone; it is asked for after it got the rest."""
    a = await connect(board, alice)
    await a.draw("e1", type="rectangle", pos=[0, 0])
    await a.until_saved()
    b = await connect(board, bob)
    offline = [b.edit("e1", pos=[5, 5]), b.edit("e2", type="ellipse")]
    assert len(offline) == 2
    asked = frames.decode_state_vector(b.step1s[0])
    assert b.doc.client_id not in asked
    await b.send(frames.encode_step2(b.doc.get_update(b.step1s[0])))
    await a.until(lambda: a.content() == b.content())
    await b.until_saved()


async def test_joining_and_leaving_writes_no_row(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    """Every client answers the server's step 1 with its whole delete set."""
    a = await connect(board, alice)
    await a.draw("e1", type="rectangle", pos=[0, 0])
    for step in range(5):
        await a.draw("e1", pos=[step, step])
    await a.until_saved()
    rows = await DocumentUpdate.objects.acount()
    for _ in range(3):
        b = await connect(board, bob)
        await b.until(lambda b=b: bool(b.step1s))
        await b.send(frames.encode_step2(b.doc.get_update(b.step1s[0])))
        await b.send(frames.encode_update(b.doc.get_update()))
        await b.until_saved()
        await b.close()
    assert await DocumentUpdate.objects.acount() == rows


async def test_the_same_update_twice_is_one_row(board: Board, alice: User, connect: Open) -> None:
    client = await connect(board, alice)
    update = client.edit("e1", type="rectangle")
    for _ in range(3):
        await client.send(frames.encode_update(update))
    await client.until_saved()
    await client.draw("e2", type="ellipse")
    await client.until_saved()
    late = await connect(board, alice)
    assert late.content() == client.content()
    assert await DocumentUpdate.objects.acount() <= 2


# --- levels


async def test_viewers_and_commenters_see_everything_and_change_nothing(
    board: Board, alice: User, charlie: User, connect: Open
) -> None:
    editor = await connect(board, alice)
    await editor.draw("e1", type="rectangle", pos=[0, 0])
    await editor.until_saved()
    for level in ("view", "comment"):
        await board.permissions.aupdate_or_create(user=charlie, defaults={"level": level})
        viewer = await connect(board, charlie)
        assert viewer.content() == editor.content()
        assert not viewer.step1s, "a viewer is never asked for what it has"
        update = viewer.edit("e1", pos=[9, 9])
        for frame in (
            frames.encode_update(update),
            frames.encode_step2(update),
            frames.encode_step1(b"\x00") + frames.encode_update(update),
        ):
            await viewer.send(frame)
        await editor.draw("e2", type="ellipse")
        await viewer.until(lambda viewer=viewer: "e2" in viewer.elements)
    late = await connect(board, alice)
    assert late.content()["e1"]["pos"] == [0, 0]


@pytest.mark.parametrize(
    ("public", "query", "may_edit"),
    [
        ("view", "public=1", False),
        ("view", "public=1&edit=true", False),
        ("edit", "public=1", False),
        ("edit", "public=1&edit=true", True),
        ("edit", "", True),
    ],
)
async def test_a_public_link_never_gives_more_than_its_level(
    board: Board, alice: User, connect: Open, public: str, query: str, may_edit: bool
) -> None:
    await board.permissions.acreate(is_public=True, level=public)
    guest = await connect(board, None, query)
    await guest.draw("e1", type="rectangle")
    await guest.send(frames.encode_step1(b"\x00"))
    owner = await connect(board, alice)
    await owner.draw("e2", type="ellipse")
    await guest.until(lambda: "e2" in guest.elements)
    late: YClient = await connect(board, alice)
    assert ("e1" in late.elements) is may_edit


async def test_the_public_address_gives_the_owner_no_more(
    board: Board, alice: User, connect: Open
) -> None:
    await board.permissions.acreate(is_public=True, level="view")
    owner = await connect(board, alice, "public=1&edit=true")
    await owner.draw("e1", type="rectangle")
    late = await connect(board, alice)
    assert late.content() == {}


async def test_every_socket_is_in_the_audit_log(
    board: Board, alice: User, charlie: User, connect: Open
) -> None:
    await connect(board, alice)
    query = await sync_to_async(token_query)(charlie)
    await close_code_of(board_id=board.pk, query=query, headers=[(b"user-agent", b"curl/8")])
    rows = [row async for row in AuditLog.objects.filter(board_id=board.pk).order_by("id")]
    opened, denied = rows[-2], rows[-1]
    assert (opened.action, opened.actor_id, opened.level) == ("room_access", alice.pk, "owner")
    assert (denied.action, denied.actor_id, denied.outcome) == (
        "room_access_denied",
        charlie.pk,
        "denied",
    )
    assert denied.user_agent == "curl/8"
    assert query not in str(denied.data)


async def test_the_end_of_a_socket_says_how_long_and_how_much(
    board: Board, alice: User, connect: Open
) -> None:
    client = await connect(board, alice)
    await client.draw("e1", type="rectangle")
    await client.until_saved()
    await client.communicator.send_to(text_data="not allowed")
    await client.until_closed()
    await client.close()
    row = await AuditLog.objects.aget(action="room_leave")
    assert row.actor_id == alice.pk
    assert row.data["updates_sent"] == 1
    assert row.data["bytes_in"] > 20
    assert row.data["close_code"] == CloseCode.MALFORMED
