"""A database on a network file system is reported, as SQLite is not safe there."""

from pathlib import Path

import pytest

from canvas_project import checks
from canvas_project.file_systems import NETWORK_KINDS, kind_in, kind_of

MOUNTS = r"""/dev/sda1 / ext4 rw 0 0
server:/export /srv nfs4 rw 0 0
/dev/sdb1 /srv/local xfs rw 0 0
//nas/a\040share /mnt/my\040share cifs rw 0 0
/dev/sda1 /srv/again ext4 rw 0 0
server:/other /srv/again nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/srvs/canvas", "ext4"),
        ("/srv/canvas/not/made/yet", "nfs4"),
        ("/srv/local/canvas", "xfs"),
        ("/mnt/my share/canvas", "cifs"),
        ("/srv/again", "nfs"),
    ],
)
def test_the_nearest_and_newest_mount_counts(path: str, kind: str) -> None:
    assert kind_in(MOUNTS, Path(path)) == kind


def test_it_is_reported_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite = {"ENGINE": "canvas_project.sqlite3", "NAME": tmp_path / "canvas.sqlite3"}
    assert kind_of(tmp_path) not in NETWORK_KINDS
    assert checks.in_unsafe_place(sqlite) == []
    monkeypatch.setattr(checks, "NETWORK_KINDS", {kind_of(tmp_path)})
    (warning,) = checks.in_unsafe_place(sqlite)
    assert warning.id == "canvas.W021"
    assert "DATABASE_URL" in warning.msg
    postgresql = {"ENGINE": "django.db.backends.postgresql", "NAME": "canvas"}
    assert checks.in_unsafe_place(postgresql) == []
