"""Nobody is taken off who is not heard from any more."""

from sync.rooms.peers import Peers
from sync.rooms.presence_register import Register


def apply() -> None:
    Register.expire = lambda self: None  # type: ignore[method-assign]
    Peers.expire = lambda self: []  # type: ignore[method-assign]
