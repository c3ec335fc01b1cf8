"""Bots change boards on which people draw; `python -m tests.programs_while_drawing` measures it."""

from tests.cluster_people import many_people
from tests.programs_while_drawing import changed_by_a_bot
from tests.server import Server


def test_a_bot_is_not_refused_because_people_draw(server: Server) -> None:
    with many_people() as people:
        told = changed_by_a_bot(server, people, 500)
    assert told.statuses == {200: len(told.seconds)}
