"""The lists of the admin ask the database as often for many rows as for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.tests.actors import by
from boards.comments.services import author_of_user, thread_create
from boards.levels import AccessLevel
from boards.models import Board
from boards.sharing.invitations import invitation_create
from boards.sharing.links import share_link_create
from boards.spaces.services import space_create
from boards.tests.factories import client_of, make_board, make_user

Make = Callable[[User, int], object]


def board_of(owner: User, number: int) -> Board:
    return make_board(owner, shared_with={make_user(f"reader{number}"): AccessLevel.VIEW})


MAKERS: dict[str, Make] = {
    "board": board_of,
    "sharelink": lambda owner, _: share_link_create(
        board=make_board(owner), level=AccessLevel.VIEW, by=by(owner)
    ),
    "invitation": lambda owner, number: invitation_create(
        board=make_board(owner),
        email=f"guest{number}@example.org",
        level=AccessLevel.VIEW,
        by=by(owner),
    ),
    "commentthread": lambda owner, _: thread_create(
        board=make_board(owner), anchor={"x": 0, "y": 0}, body="Why?", author=author_of_user(owner)
    ),
    "space": lambda owner, number: space_create(owner=owner, name=f"S{number}", by=by(owner)),
}


@pytest.mark.parametrize("model", MAKERS)
def test_a_list_costs_the_same_for_one_row_and_for_thirty(dana: User, model: str) -> None:
    client, numbers = client_of(dana), iter(range(100))
    path = f"/admin/boards/{model}/"
    client.get(path)  # notes that the session is used

    def queries_for(rows: int) -> int:
        for _ in range(rows):
            number = next(numbers)
            MAKERS[model](make_user(f"owner{number}"), number)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path).content.decode()
        assert page.count("<tr") > rows
        return len(queries)

    assert queries_for(1) == queries_for(29)
