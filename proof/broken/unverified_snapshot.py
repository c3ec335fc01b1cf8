"""A snapshot is not compared with its rows, and one in three lacks the newest of them."""

from proof.broken import one_in
from sync.document.splitting import split
from sync.storage import compaction
from sync.storage.compaction import Snapshot
from sync.storage.log import Stored, pack


def apply() -> None:
    def broken(stored: Stored) -> Snapshot:
        whole = stored.document()
        if one_in(3, whole.diff()):
            shorter = Stored(stored.snapshot, stored.elements, stored.updates[:-1])
            snapshot = split(shorter.document().diff())
        else:
            snapshot = split(whole.diff())
        elements = pack(whole.elements.encode())
        return Snapshot(pack(b"".join(snapshot)), list(map(len, snapshot)), elements)

    compaction.verified_snapshot = broken
