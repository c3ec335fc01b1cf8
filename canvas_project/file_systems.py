"""On what kind of file system a path is, and on which kinds SQLite is not safe."""

import re
from pathlib import Path

NETWORK_KINDS = frozenset(
    {"afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs"}
)
"""SQLite's write-ahead log does not work there: https://sqlite.org/wal.html#overview"""
MOUNTS = Path("/proc/self/mounts")


def kind_of(path: Path) -> str:
    """The kind of file system that a path is or would be on; empty if the system does not say."""
    try:
        mounts = MOUNTS.read_text(errors="replace")
    except OSError:
        return ""
    return kind_in(mounts, path.resolve())


def kind_in(mounts: str, path: Path) -> str:
    """The same, of an absolute path and the text of `/proc/self/mounts`; a later mount hides an
    earlier one.
    """
    best, kind = Path(), ""
    for line in mounts.splitlines():
        _, place, found, *_ = (*line.split(), "", "", "")
        mounted = Path(_unescaped(place))
        if path.is_relative_to(mounted) and len(mounted.parts) >= len(best.parts):
            best, kind = mounted, found
    return kind


def _unescaped(place: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), place)
