"""One update in 1,000 is stored, but sent to nobody."""

from proof.broken import one_in
from sync.rooms.member import Member
from sync.rooms.room import Room


def apply() -> None:
    real = Room._fan_out

    def broken(self: Room, update: bytes, authors: set[Member]) -> None:
        if not one_in(1000, update):
            real(self, update, authors)

    Room._fan_out = broken  # type: ignore[method-assign]
