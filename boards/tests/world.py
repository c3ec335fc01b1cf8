"""What the tables are about: one board with everything on it, and a browser for every actor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.tests.actors import by
from boards.comments.services import author_of_user, thread_create
from boards.identity.tokens import link_token
from boards.levels import AccessLevel
from boards.models import Board, BoardFile, BoardPermission, Folder, ShareLink, Space
from boards.sharing.invitations import invitation_create
from boards.sharing.links import share_link_create
from boards.sharing.requests import access_request_create
from boards.tests.factories import client_of, make_board, make_user
from boards.tests.matrix import IN_SPACE, LEVELS, STATES, Row
from boards.tests.uploads import image_bytes


@dataclass(frozen=True)
class World:
    """Everybody of the tables, signed in or come by their link, and the board."""

    people: dict[str, User]
    board: Board
    clients: dict[str, Client]
    link_tokens: dict[str, str]


def make_world() -> World:
    """The world of a private board."""
    names = ("stranger", "viewer", "commenter", "editor", "switched off", "extra", "asker")
    people = {name: make_user(name) for name in (*names, *IN_SPACE)}
    people |= {"owner": make_user("alice"), "staff": make_user("dana", is_superuser=True)}
    board = _make_board(people)
    clients = {actor: client_of(people.get(actor)) for actor in LEVELS}
    link_tokens = _open_links(board, people["owner"], clients)
    User.objects.filter(username="switched off").update(is_active=False)
    return World(people, board, clients, link_tokens)


def _make_board(people: dict[str, User]) -> Board:
    shared = {people[name]: AccessLevel(LEVELS[name]) for name in ("viewer", "commenter", "editor")}
    shared[people["switched off"]] = AccessLevel.EDIT
    board = make_board(people["owner"], shared_with=shared, space=make_space(people))
    row = BoardFile.objects.create(
        board=board, file_id="abc", mime="image/png", size_bytes=1, width=1, height=1
    )
    row.path.parent.mkdir(parents=True)
    row.path.write_bytes(image_bytes())
    access_request_create(
        board=board, user=people["asker"], level=AccessLevel.VIEW, by=by(people["asker"])
    )
    inviter = by(people["owner"])
    invitation_create(board=board, email="lee@example.org", level=AccessLevel.VIEW, by=inviter)
    thread_create(
        board=board, anchor={"x": 0, "y": 0}, body="First", author=author_of_user(people["owner"])
    )
    return board


def make_space(people: dict[str, User]) -> Space:
    """The space of the board, with a level of their own for everybody whose name says so."""
    team, _ = Group.objects.get_or_create(name="team")
    people["space commenter"].groups.add(team)
    space = Space.objects.create(owner=people["space owner"], name="Design")
    space.permissions.create(user=people["space viewer"], level="view")
    space.permissions.create(group=team, level="comment")
    space.permissions.create(user=people["space editor"], level="edit")
    if "switched off" in people:
        space.permissions.create(user=people["switched off"], level="edit")
    Folder.objects.create(space=space, name="Drafts")
    return space


def _open_links(board: Board, owner: User, clients: dict[str, Client]) -> dict[str, str]:
    """Those with links have opened them while they worked."""
    tokens = {}
    other = make_board(owner, title="Other")
    for actor in LEVELS:
        if "link" not in actor:
            continue
        where = other if actor == "link of another board" else board
        word = actor.split()[0]
        level = AccessLevel.parse(word) if word in ("view", "comment", "edit") else AccessLevel.EDIT
        link = share_link_create(board=where, level=level, label=actor, by=by(owner))
        tokens[actor] = link_token(link)
        clients[actor].get(f"/board/{where.pk}", {"token": tokens[actor]})
    past = timezone.now() - timedelta(seconds=1)
    ShareLink.objects.filter(label="expired link").update(expires_at=past)
    ShareLink.objects.filter(label="revoked link").update(revoked_at=past)
    return tokens


def enter_state(board: Board, state: str) -> None:
    """Brings the private board into another state."""
    assert state in STATES
    if state.startswith("public"):
        level = state.split()[1]
        BoardPermission.objects.create(board=board, is_public=True, level=level)
    elif state != "private":
        column = {"locked": "locked_at", "trashed": "deleted_at"}[state]
        Board.objects.filter(pk=board.pk).update(**{column: timezone.now()})


def address_of(name: str, board: Board) -> str:
    """An address of the board, with the ids of what is on it."""
    thread = board.comment_threads.get()
    own: dict[str, dict[str, Any]] = {
        "api-invitation": {"invitation_id": board.invitations.get().pk},
        "api-link": {"link_id": board.share_links.get(label="view link").pk},
        "api-permission": {"permission_id": board.permissions.get(user__username="viewer").pk},
        "api-access-request": {"request_id": board.access_requests.get().pk},
        "api-file": {"file_id": "abc"},
        "api-comment-thread": {"thread_id": thread.pk},
        "api-replies": {"thread_id": thread.pk},
        "api-reply": {"thread_id": thread.pk, "comment_id": thread.comments.get().pk},
    }
    return reverse(name, kwargs={"board_id": board.pk, **own.get(name, {})})


def ask(client: Client, row: Row, path: str) -> int:
    """What the address answers."""
    send = getattr(client, row.method.lower())
    if row.content_type:
        code: int = send(path, row.body, content_type=row.content_type).status_code
    elif row.method in ("GET", "DELETE") or not row.name.startswith("api-"):
        code = send(path, row.body).status_code
    else:
        code = send(path, row.body, content_type="application/json").status_code
    return code


def wrong_cells(world: World, state: str, table: list[Row], addresses: dict[str, str]) -> list[Any]:
    """The cells of a state that answer otherwise than the table says; each leaves no trace."""
    enter_state(world.board, state)
    wrong = []
    for row in table:
        for actor in LEVELS:
            cache.clear()  # no cell uses up what another one may do
            with transaction.atomic():
                code = ask(world.clients[actor], row, addresses[row.name])
                transaction.set_rollback(True)
            if code != row.expected(actor, state):
                wrong.append((str(row), actor, code, row.expected(actor, state)))
    return wrong
