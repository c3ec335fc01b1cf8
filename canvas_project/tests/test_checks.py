"""Limits that contradict each other are refused when the server starts."""

import pytest
from django.test import override_settings

from canvas_project.checks import limits_make_sense


def test_the_defaults_make_sense() -> None:
    assert limits_make_sense() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CANVAS_MAX_UPDATE_BYTES", 5_000_000),
        ("CANVAS_MAX_VALUE_DEPTH", 5_000),
        ("CANVAS_MAX_WRITERS_PER_KEY", 300_000),
    ],
)
def test_limits_that_contradict_others_are_refused(name: str, value: int) -> None:
    with override_settings(**{name: value}):
        (error,) = limits_make_sense()
    assert name in error.msg
