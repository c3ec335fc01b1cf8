"""One update in 20 is sent after the next one."""

from proof.broken import one_in
from sync.rooms.member import Member
from sync.rooms.room import Room


def apply() -> None:
    real = Room._fan_out

    def broken(self: Room, update: bytes, authors: set[Member]) -> None:
        held = self.__dict__.pop("held_back", None)
        if held is None and one_in(20, update):
            self.__dict__["held_back"] = update, authors
            return
        real(self, update, authors)
        if held is not None:
            real(self, *held)

    Room._fan_out = broken  # type: ignore[method-assign]
