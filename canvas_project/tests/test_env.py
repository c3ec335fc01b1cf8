"""Configuration fails loudly, and secrets are created once."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from canvas_project.env import (
    env_bool,
    env_cookie_prefix,
    env_int,
    env_keys,
    env_list,
    env_path_prefix,
    env_secret,
)


@pytest.mark.parametrize("value", ["maybe", "2", "tru"])
def test_a_truth_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="X="):
        env_bool("X", default=False)


@pytest.mark.parametrize("value", ["ten", "1.5", "-1"])
def test_a_number_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="X="):
        env_int("X", 1)


@pytest.mark.parametrize("value", ["canvas", "/a//b", "/a b", "/../x", "/a?b", "https://x/canvas"])
def test_a_path_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="/canvas"):
        env_path_prefix("X")


@pytest.mark.parametrize(
    ("value", "path"),
    [("", ""), ("/", ""), ("/canvas", "/canvas"), ("/team/canvas/", "/team/canvas")],
)
def test_a_path_has_one_form(monkeypatch: pytest.MonkeyPatch, value: str, path: str) -> None:
    monkeypatch.setenv("X", value)
    assert env_path_prefix("X") == path


def test_values_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YES", "On")
    monkeypatch.setenv("TEN", "10")
    monkeypatch.setenv("HOSTS", "a.example, b.example,")
    assert env_bool("YES", default=False)
    assert env_int("TEN", 1) == 10
    assert env_list("HOSTS", []) == ["a.example", "b.example"]
    assert env_list("UNSET", ["x"]) == ["x"]


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key"
    first = env_secret("UNSET", path)
    assert len(first) >= 48
    assert env_secret("UNSET", path) == first
    assert path.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in path.parent.iterdir()] == ["key"]


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mounted").write_text("from a file\n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "mounted"))
    assert env_secret("X", tmp_path / "unused") == "from a file"


@pytest.mark.parametrize(
    ("value", "is_https", "path", "is_taken"),
    [
        *(("", False, "", True), ("__Host-", True, "", True), ("__Secure-", True, "/a", True)),
        *(("__Host-", False, "", False), ("__Host-", True, "/a", False), ("my-", True, "", False)),
    ],
)
def test_a_prefix_of_cookies_is_one_that_browsers_keep(
    monkeypatch: pytest.MonkeyPatch, value: str, is_https: bool, path: str, is_taken: bool
) -> None:
    monkeypatch.setenv("X", value)
    if is_taken:
        assert env_cookie_prefix("X", is_https=is_https, path_prefix=path) == value
    else:
        with pytest.raises(ImproperlyConfigured):
            env_cookie_prefix("X", is_https=is_https, path_prefix=path)


@pytest.mark.parametrize("value", ["short:secret", "no-colon", f":{'s' * 40}"])
def test_weak_or_nameless_keys_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured):
        env_keys("X", tmp_path / "unused")


def test_the_first_key_signs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X", f"new:{'n' * 32}, old:{'o' * 32}")
    assert list(env_keys("X", tmp_path / "unused")) == ["new", "old"]
