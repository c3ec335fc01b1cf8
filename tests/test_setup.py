"""What an interrupted `make` left behind is made anew by the next one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What `make` looks at, of a fresh clone."""
    for name in (
        "Makefile",
        "requirements.lock",
        "requirements-dev.lock",
        "frontend/package-lock.json",
        "sync/drawing/element_bounds.json",
        "sync/wire/protocol.json",
        "boards/shared.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(clone: Path, *arguments: str) -> str:
    result = subprocess.run(
        ["make", f"PYTHON={sys.executable}", *arguments],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_half_made_environment_is_made_anew(clone: Path) -> None:
    broken = clone / ".venv" / "bin"
    broken.mkdir(parents=True)
    (broken / "python").symlink_to(sys.executable)
    make(clone, ".venv/.made")
    done = subprocess.run(
        [broken / "python", "-m", "pip", "--version"], capture_output=True, text=True, check=True
    )
    assert str(clone) in done.stdout


def test_a_whole_environment_is_kept(clone: Path) -> None:
    kept = clone / ".venv" / "bin" / "kept"
    kept.parent.mkdir(parents=True)
    kept.touch()
    kept.with_name("python").symlink_to(Path(sys.executable).resolve())
    (clone / ".venv" / ".dev").touch()
    make(clone, ".venv/.made")
    assert kept.exists()


def test_a_half_made_build_is_made_anew(clone: Path) -> None:
    modules, dist = clone / "frontend" / "node_modules", clone / "frontend" / "dist"
    modules.mkdir()
    (modules / ".installed").touch()
    dist.mkdir()
    (dist / "manifest.json").touch()
    assert "run build" in make(clone, "-n", "frontend/dist/.built")
    (dist / ".built").touch()
    assert "run build" not in make(clone, "-n", "frontend/dist/.built")


def test_packages_that_were_being_installed_are_installed_again(clone: Path) -> None:
    planned = make(clone, "-n", ".venv/.runtime")
    begun, ended = (
        planned.index("touch .venv/.installing"),
        planned.index("rm -f .venv/.installing"),
    )
    assert begun < planned.index("pip install") < ended < planned.rindex("touch .venv/.runtime")
    assert "--force-reinstall" in planned
