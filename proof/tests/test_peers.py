"""The comparison with other servers finds what one loses, and nothing where nothing is lost."""

from pathlib import Path

import pytest

from proof.clients.people import People
from proof.peers.own import OwnServer
from proof.peers.run import KILL, STOP, play
from proof.peers.servers import Peer, PeerServer
from tests.conftest import NewData

FORGETFUL = Peer(
    "a server that keeps nothing",
    "",
    "nothing",
    lambda: ["node", str(Path(__file__).with_name("forgetful_server.cjs"))],
)


def test_a_server_that_keeps_nothing_loses_all_that_was_seen(
    people: People, tmp_path: Path
) -> None:
    server = PeerServer(FORGETFUL, tmp_path / "server")
    try:
        server.start()
        outcome = play(server, people, KILL, 1, tmp_path / "run")
    finally:
        server.close()
    assert outcome.lost == outcome.seen > 0
    assert outcome.could_read
    assert outcome.is_lost_to_the_checker
    assert outcome.oldest_lost_seconds > 0.5


@pytest.mark.parametrize("end", [KILL, STOP])
def test_this_server_loses_nothing(
    people: People, new_data: NewData, static_root: Path, tmp_path: Path, end: str
) -> None:
    server = OwnServer(new_data(), static_root)
    try:
        server.start()
        outcome = play(server, people, end, 1, tmp_path / "run")
    finally:
        server.close()
    assert outcome.seen > 0
    assert outcome.lost == 0
    assert not outcome.is_lost_to_the_checker
