"""The root file systems of the image's stages, made on a bare Debian without a container engine."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.server import ROOT

DOCKERFILE = ROOT / "deploy" / "image" / "Dockerfile"
MIRROR = "http://deb.debian.org/debian"
SUITE = "bookworm"
_FORWARDED = re.compile(r"(pip|npm_config|node_extra)_|.*(ssl|bundle|cert|proxy)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Image:
    """What the last stage of the Dockerfile says."""

    user: str
    environment: dict[str, str]
    workdir: str
    command: list[str]
    health: list[str]
    steps: list[list[str]]
    """The arguments of build.sh, by stage."""


def read_dockerfile(text: str) -> Image:
    """Reads the instructions that a run depends on. Raises AssertionError if a step is not a call
    of build.sh.
    """
    lines = [line for line in re.sub(r"\\\n", " ", text).splitlines() if line and line[0] != "#"]
    stages: list[list[str]] = []
    for line in lines:
        if line.startswith("FROM "):
            stages.append([])
        stages[-1].append(line)
    steps: list[list[str]] = []
    for stage in stages:
        runs = [line.removeprefix("RUN ") for line in stage if line.startswith("RUN ")]
        words = [json.loads(run) if run[0] == "[" else shlex.split(run) for run in runs]
        assert all(len(one) == 2 and one[0].endswith("/build.sh") for one in words), words
        steps.append([one[1] for one in words])

    def only(name: str) -> str:
        (found,) = [line for line in stages[-1] if line.startswith(name)]
        return found.removeprefix(name).strip()

    return Image(
        user=only("USER "),
        environment=dict(one.split("=", 1) for one in shlex.split(only("ENV "))),
        workdir=only("WORKDIR "),
        command=json.loads(only("ENTRYPOINT ")) + json.loads(only("CMD ")),
        health=json.loads(only("HEALTHCHECK ").split("CMD", 1)[1]),
        steps=steps,
    )


def can_build() -> str:
    """Why images can't be built here; empty if they can."""
    if os.geteuid() != 0:
        return "it needs root, for chroot and mounts"
    if shutil.which("debootstrap") is None:
        return "debootstrap is missing: `apt-get install debootstrap`"
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    if subprocess.run(probe, check=False, capture_output=True).returncode != 0:
        return "mounting is not allowed here"
    return ""


def build(directory: Path) -> tuple[Image, Path]:
    """Builds both stages below `directory`; returns the image and the root that serves."""
    image = read_dockerfile(DOCKERFILE.read_text())
    bare = directory / "bare"
    if not (directory / "bare.done").exists():
        shutil.rmtree(bare, ignore_errors=True)
        say("A bare Debian")
        command = ["debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE]
        quietly([*command, str(bare), MIRROR])
        (directory / "bare.done").touch()
    builder, runner = directory / "build", directory / "run"
    for root in (builder, runner):
        shutil.rmtree(root, ignore_errors=True)
        quietly(["cp", "-a", str(bare), str(root)])
    _copy_sources(builder / "sources")
    (runner / "tmp" / "build.sh").write_bytes((ROOT / "deploy/image/build.sh").read_bytes())
    (runner / "tmp" / "build.sh").chmod(0o755)
    with _registries(builder):
        for step in image.steps[0]:
            say(f"build.sh {step}")
            quietly(_chroot(builder, "/sources/deploy/image/build.sh", step))
    with _registries(runner):
        for step in image.steps[1]:
            say(f"build.sh {step}")
            quietly(_chroot(runner, "/tmp/build.sh", step))
    shutil.move(builder / "opt" / "canvas", runner / "opt" / "canvas")
    shutil.rmtree(builder)
    return image, runner


def _copy_sources(target: Path) -> None:
    """What the Dockerfile's list lets through, without anybody's leftovers."""
    ignored = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text().splitlines()
    parts = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *parts],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


@contextmanager
def _registries(root: Path) -> Iterator[None]:
    """Lets a root use this machine's configuration of package registries; takes it away again."""
    given: list[Path] = []
    home = Path.home()
    files = [Path("/etc/resolv.conf"), Path("/etc/hosts"), Path("/etc/pip.conf")]
    files += [home / ".npmrc", home / ".config" / "pip" / "pip.conf"]
    files += [Path(value) for value in _forwarded().values() if value.startswith("/")]
    npmrc = (home / ".npmrc").read_text() if (home / ".npmrc").exists() else ""
    files += [Path(path) for path in re.findall(r"^cafile\s*=\s*(\S+)", npmrc, re.MULTILINE)]
    before: dict[Path, bytes | None] = {}
    for file in files:
        target = root / file.relative_to("/")
        if file.is_file() and target not in before:
            target.parent.mkdir(parents=True, exist_ok=True)
            before[target] = target.read_bytes() if target.is_file() else None
            target.unlink(missing_ok=True)
            target.write_bytes(file.read_bytes())
            given.append(target)
    try:
        yield
    finally:
        for target in given:
            target.unlink()
            content = before[target]
            if content is not None:
                target.write_bytes(content)


def _forwarded() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if _FORWARDED.match(name)}


def _chroot(root: Path, *command: str) -> list[str]:
    environment = {
        **_forwarded(),
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(Path.home()),
    }
    words = [f"{name}={value}" for name, value in environment.items()]
    # With /proc, as in a container; the mount ends with the process.
    script = 'mount -t proc none "$1/proc" && exec chroot "$@"'
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh"]
    return [*unshare, str(root), "/usr/bin/env", "-i", *words, *command]


def quietly(command: list[str]) -> None:
    """Runs it; shows its output only if it fails."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.stderr.write((done.stdout + done.stderr)[-4000:])
        raise SystemExit(f"failed: {' '.join(command[:3])} … {command[-1]}")


def say(text: str) -> None:
    """One line of progress."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
