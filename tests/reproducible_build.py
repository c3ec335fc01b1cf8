"""Two builds of the front end give the same bytes: `python -m tests.reproducible_build`.

In two directories, one of them deep and with a space in its name, in other time zones and
languages, with other file dates, and with other rights for new files. Exits with 1 and the names of
the files that differ. Takes half a minute.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.server import ROOT

SHARED = ("boards/shared.json", "sync/drawing/element_bounds.json", "sync/wire/protocol.json")
"""What the front end reads of the server's."""
BUILT = ("dist", "dist-drawn")
_LEFT_OUT = shutil.ignore_patterns("node_modules", *BUILT)
PLACES = (
    ("one", {"TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "UV_THREADPOOL_SIZE": "1"}, 0o077),
    ("two/a deep place", {"TZ": "America/Lima", "LANG": "C"}, 0o022),
)


def copied(place: Path) -> Path:
    """The sources in another place, with the same packages; returns the front end's folder."""
    frontend = place / "frontend"
    shutil.copytree(ROOT / "frontend", frontend, ignore=_LEFT_OUT, copy_function=shutil.copy)
    for name in SHARED:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, place / name)
    packages = (ROOT / "frontend" / "node_modules").resolve()
    shutil.copytree(packages, frontend / "node_modules", symlinks=True, copy_function=_linked)
    return frontend


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another file system
        shutil.copy2(source, target, follow_symlinks=False)


def build(frontend: Path, variables: dict[str, str], umask: int) -> dict[str, str]:
    """Builds it; the digest of every built file by its name."""
    subprocess.run(
        ["npm", "run", "--silent", "build"],
        cwd=frontend,
        env={**os.environ, **variables},
        umask=umask,
        check=True,
    )
    files = [path for name in BUILT for path in (frontend / name).rglob("*") if path.is_file()]
    return {
        path.relative_to(frontend).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def main() -> None:
    """The command."""
    with tempfile.TemporaryDirectory(prefix="canvas-build-") as directory:
        one, other = (
            build(copied(Path(directory, name)), variables, umask)
            for name, variables, umask in PLACES
        )
    differing = sorted(
        name for name in one.keys() | other.keys() if one.get(name) != other.get(name)
    )
    if differing:
        sys.exit("These files differ between two builds: " + ", ".join(differing))
    whole = hashlib.sha256("".join(map("".join, sorted(one.items()))).encode()).hexdigest()
    print(f"{len(one)} files, the same in both builds: {whole}")


if __name__ == "__main__":
    main()
