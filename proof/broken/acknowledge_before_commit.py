"""Authors are told that an edit is saved as soon as it is queued."""

from sync.rooms.edit import Edit
from sync.rooms.room import Room
from sync.wire.frames import encode_saved, encode_state_vector


def apply() -> None:
    real = Room._enqueue

    def broken(self: Room, edit: Edit) -> None:
        real(self, edit)
        if edit.member.admission.request.wants_saved:
            edit.member.offer(encode_saved(encode_state_vector(self.document.clocks)))

    Room._enqueue = broken  # type: ignore[method-assign]
