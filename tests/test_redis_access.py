"""Someone who loses access on one process is closed on the other within seconds, even without
Redis.

One process handles the change, the other has the sockets. Redis is frozen or gone, so the news can
only come from the rows.
"""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import psycopg
import pytest
from pycrdt import Doc, Map
from websockets.sync.client import connect

from tests.access_endings import ACCOUNTS, ENDINGS, Case, Shell
from tests.conftest import MakeServer, shared_settings
from tests.patience import Stopwatch, patient
from tests.server import PASSWORD, Server, SignedIn
from tests.services import Service
from tests.writers import Sockets

pytestmark = [pytest.mark.timeout(180), pytest.mark.alone]

ACT_SECONDS = 5.0
"""A request that revokes access answers within this time."""
CLOSE_SECONDS = 5.0
"""Sockets of both kinds are closed within this time after it began."""
QUICK_SECONDS = 1.0
"""The same while Redis works."""
BOARDS_OF_ONE = 20
"""Boards that one account or group has been given: telling of each must not take its own time."""

PEOPLE = ("ann", "ben", "cleo", "dan", "eve", "fay", "gus", "hal")


@pytest.fixture(scope="module")
def servers(redis: Service, postgres_url: str, make_server: MakeServer) -> list[Server]:
    """The process that is told, and the one that holds the sockets."""
    shared = shared_settings(postgres_url, redis.url)
    return [make_server(**shared) for _ in range(2)]


@pytest.fixture(scope="module")
def people(servers: list[Server]) -> None:
    """Accounts for one run each; one and a group have been given many boards."""
    code = ACCOUNTS.format(names=PEOPLE, password=PASSWORD, many=BOARDS_OF_ONE)
    servers[0].manage("shell", "--no-imports", "-c", code)


def _by_rest(servers: list[Server], stack: ExitStack) -> list[Case]:
    """What owners do, and signing out."""
    told, other = servers
    owner = told.token("alice")
    cases = []

    def add(name: str, act: Callable[[], object], code: int, board: str, **who: str) -> None:
        sockets = Sockets(other, board, **who)
        stack.callback(sockets.close)
        cases.append(Case(name, act, sockets, code))

    bob = f"?token={told.token('bob')}"
    board = told.new_board(bob="edit")
    rows = told.call("GET", f"boards/{board}/permissions", None, owner)[1]
    found = rows["results"] if isinstance(rows, dict) else rows
    path = f"boards/{board}/permissions/{next(row['id'] for row in found if row['user'] == 'bob')}"
    add("permission", lambda: told.call("DELETE", path, None, owner), 4003, board, query=bob)

    shared = told.new_board()
    _, link = told.call("POST", f"boards/{shared}/links", {"level": "edit"}, owner)
    gone = f"boards/{shared}/links/{link['id']}"
    query = f"?token={link['url'].partition('token=')[2]}"
    add("link", lambda: told.call("DELETE", gone, None, owner), 4001, shared, query=query)

    trashed = told.new_board(bob="edit")
    add(
        "trash", lambda: told.call("DELETE", f"boards/{trashed}", None, owner), 4404, trashed,
        query=bob,
    )  # fmt: skip

    _by_token(told, add)
    person = SignedIn(told, "ann")
    signed = told.new_board(ann="edit")
    add("sign-out", lambda: person.post("logout"), 4001, signed, session=person.session_key)

    # Not by Bob: his tokens would end with his sessions.
    left = SignedIn(told, "hal")
    here = SignedIn(told, "hal")
    signed = told.new_board(hal="edit")
    add(
        "sign-out elsewhere",
        lambda: here.post("account/sessions/end"),
        4001,
        signed,
        session=left.session_key,
    )
    return cases


def _by_token(told: Server, add: Callable[..., None]) -> None:
    """A token of a program ends, loses the space it is for, and its person loses theirs."""
    owner, bob = told.token("alice"), told.token("bob")

    def program(who: str, scope: str) -> tuple[str, str]:
        body = {"name": f"bot {time.monotonic_ns()}", "scopes": [scope]}
        code, made = told.call("POST", "tokens", body, who)
        assert code == 201, made
        return made["id"], f"?token={made['token']}"

    def board_in_space() -> tuple[str, str]:
        space = told.call("POST", "spaces", {"name": "Plans"}, owner)[1]["id"]
        code, board = told.call("POST", "boards", {"title": "In it", "space": space}, owner)
        assert code == 201, board
        return space, board["id"]

    board = told.new_board(bob="edit")
    token, query = program(bob, f"board:{board}:edit")
    add(
        "token", lambda: told.call("DELETE", f"tokens/{token}", None, bob), 4001, board, query=query
    )

    space, moved = board_in_space()
    query = program(owner, f"space:{space}:edit")[1]
    out = {"space": None}
    add(
        "space of a token", lambda: told.call("PATCH", f"boards/{moved}", out, owner), 4003, moved,
        query=query,
    )  # fmt: skip

    space, inside = board_in_space()
    body = {"user": "bob", "level": "edit"}
    code, member = told.call("POST", f"spaces/{space}/permissions", body, owner)
    assert code == 201, member
    path = f"spaces/{space}/permissions/{member['id']}"
    query = program(bob, "boards:edit")[1]
    add("space", lambda: told.call("DELETE", path, None, owner), 4003, inside, query=query)


def _by_admin(servers: list[Server], shell: Shell, stack: ExitStack) -> list[Case]:
    told, other = servers
    owner = told.token("alice")
    kicked = SignedIn(told, "dan").session_key
    who = {
        "deactivated": ("ben", 4001),
        "another password": ("cleo", 4001),
        "session removed": ("dan", 4001),
        "out of the group": ("eve", 4003),
        "account deleted": ("fay", 4001),
        "group deleted": ("gus", 4003),
        "disconnected": ("bob", 4500),
    }
    cases = []
    for name, (person, code) in who.items():
        group = {"eve": "team", "gus": "wide"}.get(person)
        board = told.new_board(**({} if group else {person: "edit"}))
        if group:
            body = {"group": group, "level": "edit"}
            assert told.call("POST", f"boards/{board}/permissions", body, owner)[0] == 201
        session = kicked if person == "dan" else ""
        query = "" if session else f"?token={told.token(person)}"
        sockets = Sockets(other, board, query=query, session=session)
        stack.callback(sockets.close)
        line = ENDINGS[name].format(session=kicked, board=board)
        cases.append(Case(name, partial(shell.run, line), sockets, code))
    return cases


def _check(cases: list[Case], postgres_url: str) -> None:
    for case in cases:
        case.sockets.until_closed(case.began_at + case.took + CLOSE_SECONDS)
    for case in cases:
        ended = case.sockets.closed_at
        assert ended.keys() == {"canvas", "events"}, f"{case.name}: {ended}"
        assert case.sockets.codes == {case.code}, f"{case.name}: {case.sockets.codes}"
    with psycopg.connect(postgres_url) as database:
        for case in cases:
            rows = "SELECT payload FROM sync_documentupdate WHERE board_id = %s ORDER BY seq"
            doc: Doc[Map[object]] = Doc()
            for (payload,) in database.execute(rows, [case.sockets.board]):
                doc.apply_update(payload)
            elements: Map[object] = doc.get("elements", type=Map)
            stored = set(elements.keys())
            assert "before" in stored, case.name
            assert not stored & set(case.drawn), f"{case.name}: committed after it was taken away"


def _check_times(cases: list[Case], within: float = CLOSE_SECONDS) -> None:
    for case in cases:
        assert case.took < ACT_SECONDS, f"{case.name}: {case.took:.1f} s"
        late = max(case.sockets.closed_at.values()) - case.began_at
        assert late < within, f"{case.name}: closed after {late:.1f} s"


def test_what_is_taken_away_while_redis_stands_still(
    servers: list[Server], people: None, redis: Service, postgres_url: str
) -> None:
    with ExitStack() as stack:
        shell = stack.enter_context(Shell(servers[0]))
        cases = [*_by_rest(servers, stack), *_by_admin(servers, shell, stack)]
        with redis.standing_still():
            for case in cases:
                case.run()
            _check(cases, postgres_url)
        _check_times(cases)


def test_what_is_taken_away_while_redis_works(servers: list[Server], postgres_url: str) -> None:
    with ExitStack() as stack:
        cases = _by_rest(servers, stack)
        for case in cases:
            case.run()
        _check(cases, postgres_url)
        _check_times(cases, within=QUICK_SECONDS)


def test_what_is_taken_away_while_redis_is_gone(
    servers: list[Server], redis: Service, postgres_url: str
) -> None:
    with ExitStack() as stack:
        cases = _by_rest(servers, stack)
        redis.stop()
        try:
            for case in cases:
                case.run()
            _check(cases, postgres_url)
        finally:
            redis.start()
        _check_times(cases)


def test_pages_hear_of_the_title_and_of_comments_while_redis_stands_still(
    servers: list[Server], redis: Service
) -> None:
    told, other = servers
    owner = told.token("alice")
    board = told.new_board()
    address = f"{other.socket_base.replace('/ws/canvas', '/ws/events')}/{board}?token={owner}"
    with connect(address, open_timeout=patient(20)) as socket:
        assert json.loads(socket.recv(timeout=patient(20)))["comments"] == 0
        with redis.standing_still():
            body = {"anchor": {"x": 0, "y": 0}, "body": "Look"}
            assert told.call("POST", f"boards/{board}/comments", body, owner)[0] == 201
            path, title = f"boards/{board}", {"title": "Plan B"}
            assert told.call("PATCH", path, title, owner)[0] == 200
            watch = Stopwatch()
            heard: dict[str, object] = {}
            while (heard.get("title"), heard.get("comments")) != ("Plan B", 1):
                heard = json.loads(socket.recv(timeout=patient(20)))
            assert watch.seconds < CLOSE_SECONDS
