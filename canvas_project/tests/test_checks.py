"""Contradicting or unsafe settings are reported when the server starts."""

from typing import Any

import pytest
from django.test import override_settings

from canvas_project.checks import limits_make_sense
from canvas_project.security_checks import check_safety


def test_the_defaults_make_sense() -> None:
    assert limits_make_sense() == []
    assert check_safety() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CANVAS_MAX_UPDATE_BYTES", 33_000_000),
        ("CANVAS_MAX_VALUE_DEPTH", 5_000),
        ("CANVAS_MAX_WRITERS_PER_KEY", 2_000_000),
    ],
)
def test_limits_that_contradict_others_are_refused(name: str, value: int) -> None:
    with override_settings(**{name: value}):
        (error,) = limits_make_sense()
    assert name in error.msg


SAFE: dict[str, Any] = {
    "ALLOWED_HOSTS": ["canvas.example.org"],
    "CANVAS_HTTPS": True,
    "CANVAS_TRUSTED_PROXY_HOPS": 1,
}


@pytest.mark.parametrize(
    ("name", "value", "id"),
    [
        ("ALLOWED_HOSTS", ["*"], "canvas.W001"),
        ("DEBUG", True, "canvas.W002"),
        ("CANVAS_HTTPS", False, "canvas.W003"),
        ("CANVAS_TRUSTED_PROXY_HOPS", 0, "canvas.W004"),
        ("SECRET_KEY", "short", "canvas.W005"),
        ("CANVAS_JWT_KEYS", {"a": "k" * 40, "b": "k" * 40}, "canvas.W006"),
        ("CANVAS_METRICS_TOKEN", "guess", "canvas.W007"),
        ("CSRF_TRUSTED_ORIGINS", ["https://*.example.org"], "canvas.W008"),
        ("CANVAS_RECOVERY", "2026-11-23", "canvas.W009"),
        ("EMAIL_HOST", "mail.example.org", "canvas.W010"),
        ("CANVAS_EMBED_ORIGINS", ["*"], "canvas.E010"),
        ("CANVAS_EMBED_ORIGINS", ["https://a.example; script-src *"], "canvas.E010"),
        ("CANVAS_EMBED_ORIGINS", ["https://a.example/path"], "canvas.E010"),
    ],
)
def test_settings_that_open_a_door_are_told(name: str, value: Any, id: str) -> None:
    with override_settings(**SAFE):
        assert check_safety() == []
    with override_settings(**{**SAFE, name: value}):
        (problem,) = check_safety()
    assert (problem.id, name.removeprefix("CSRF_") in problem.msg) == (id, True)


def test_mail_with_an_address_is_no_problem() -> None:
    mailed = {"EMAIL_HOST": "mail.example.org", "CANVAS_ADDRESS": "https://canvas.example.org"}
    with override_settings(**SAFE, **mailed):
        assert check_safety() == []
