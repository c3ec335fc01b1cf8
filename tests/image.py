"""Builds the image's root file systems on a bare Debian, and serves from them as a container would.

    python -m tests.image [--directory DIR]

Takes about three minutes and needs root, debootstrap and the package registries, but no container
engine. With a directory, the bare Debian in it is used again. The stages, the account, the
environment, the command and the health check are those of the Dockerfile.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.image_roots import Image, build, can_build, quietly, say
from tests.patience import patient
from tests.ports import free_port
from tests.server import until

BUILD_TOOLS = ("gcc", "cc", "make", "node", "npm", "npx", "pip", "pip3", "git", "curl", "wget")


@contextmanager
def serving(image: Image, root: Path, data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Runs the image's command in it as its user, with everything but /data and /tmp read-only."""
    uid, gid = map(int, image.user.split(":"))
    data.mkdir()
    os.chown(data, uid, gid)
    command = [word if word != "8000" else str(port) for word in image.command]
    process = subprocess.Popen(inside(image, root, data, command), start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def inside(image: Image, root: Path, data: Path, command: list[str]) -> list[str]:
    """The command line that runs a command as the container would."""
    # A mount namespace of its own; it ends with the process, and the mounts with it.
    script = """set -e
        mount --bind "$1" "$1"
        mount --bind "$2" "$1/data"
        mount -t tmpfs -o mode=1777,size=256m none "$1/tmp"
        mount -t proc none "$1/proc"
        mount -o remount,ro,bind "$1"
        cd "$1"
        uid=${3%:*} gid=${3#*:}
        shift 3
        exec chroot . setpriv --reuid="$uid" --regid="$gid" --clear-groups --no-new-privs \\
            --bounding-set=-all --inh-caps=-all "$@"
    """
    words = [f"{name}={value}" for name, value in image.environment.items()]
    go = ["/usr/bin/env", "-i", "-C", image.workdir, *words, "PATH=/usr/bin:/bin", *command]
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child=SIGTERM"]
    return [*unshare, "sh", "-c", script, "sh", str(root), str(data), image.user, *go]


def check(image: Image, root: Path, directory: Path) -> None:
    """Fails if the image is not what `deploy/README.md` says."""
    uid = int(image.user.split(":")[0])
    assert uid > 0, "the image runs as root"
    found = [
        str(path)
        for tool in BUILD_TOOLS
        for path in (root / "usr/bin" / tool, root / "opt/canvas/venv/bin" / tool)
        if path.exists() or path.is_symlink()
    ]
    assert found == [], f"tools that building needs are in the image: {found}"
    own = root / "opt" / "canvas"
    writable = [
        path for path in own.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o022
    ]
    assert writable == [], f"others may write {writable[:3]}"
    assert not [path for path in own.rglob("*") if path.lstat().st_uid == uid], "it owns its code"
    data, port = directory / "data", free_port()
    with serving(image, root, data, port) as process:
        url = f"http://127.0.0.1:{port}"
        _until_healthy(process, url)
        assert _get(f"{url}/readyz") == (200, "ready\n")
        status, page = _get(f"{url}/login")
        assert status == 200
        assert "csrfmiddlewaretoken" in page
        (script,) = re.findall(r'src="(/static/board/assets/site-[^"]+\.js)"', page)[:1]
        with urllib.request.urlopen(f"{url}{script}", timeout=patient(10)) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
        assert _get(f"{url}/sw.js")[0] == 200
        uids = {line.split()[1] for line in _processes(process.pid) if "manage.py" in line}
        assert uids == {str(uid)}, f"it runs as {uids}"
        for path in ("/x", "/opt/canvas/x", "/opt/canvas/app/x", "/etc/x", "/var/x"):
            assert not _can_write(image, root, data, path), f"{path} can be written"
        assert _can_write(image, root, data, "/data/x")
        assert _can_write(image, root, data, "/tmp/x")
        health = [word.replace("8000", str(port)) for word in image.health]
        quietly(inside(image, root, data, health))
        wrong = [word.replace("8000", str(free_port())) for word in image.health]
        ill = subprocess.run(inside(image, root, data, wrong), check=False, capture_output=True)
        assert ill.returncode != 0, "the health check says yes without a server"
        (server,) = [
            int(line.split()[0]) for line in _processes(process.pid) if " serve " in f"{line} "
        ]
        began = time.monotonic()
        os.kill(server, signal.SIGTERM)
        assert process.wait(timeout=patient(30)) == 0
        say(f"It stopped in {time.monotonic() - began:.1f} s")
    assert (data / "canvas.sqlite3").is_file()


def _can_write(image: Image, root: Path, data: Path, path: str) -> bool:
    command = inside(image, root, data, ["touch", path])
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _processes(ancestor: int) -> list[str]:
    """Id, account and command line of every process below one."""
    text = subprocess.run(
        ["ps", "-e", "-o", "pid=,uid=,ppid=,args="], check=True, capture_output=True, text=True
    ).stdout
    rows = [line.split(None, 3) for line in text.splitlines()]
    below = {ancestor}
    for _ in rows:
        grown = below | {int(pid) for pid, _, parent, _ in rows if int(parent) in below}
        if grown == below:
            break
        below = grown
    return [f"{pid} {uid} {args}" for pid, uid, _, args in rows if int(pid) in below - {ancestor}]


def _until_healthy(process: subprocess.Popen[bytes], url: str) -> None:
    def answer() -> int:
        assert process.poll() is None, "it ended at once; its output is above"
        try:
            return _get(f"{url}/healthz")[0]
        except OSError:
            return 0

    until(answer, lambda status: status == 200, 60, 0.1)


def _get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=patient(10)) as answer:
        return answer.status, answer.read().decode()


def main() -> None:
    """Builds, checks, and says what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--directory", type=Path, help="where the roots are, and stay")
    directory: Path | None = parser.parse_args().directory
    reason = can_build()
    if reason:
        say(f"The image is not built: {reason}.")
        sys.exit(bool(os.environ.get("CI")))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="canvas-image-") as temporary:
        where = directory or Path(temporary)
        where.mkdir(parents=True, exist_ok=True)
        image, root = build(where)
        with tempfile.TemporaryDirectory(prefix="canvas-image-data-") as data:
            check(image, root, Path(data))
        size = subprocess.run(
            ["du", "-sm", str(root)], check=True, capture_output=True, text=True
        ).stdout.split()[0]
    say(f"The image serves: {size} MB, built and checked in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
