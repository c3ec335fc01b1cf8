"""docs/asvs.md goes through every requirement of the standard, and what it says is there."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "asvs.md"
SECTIONS = {
    **{"1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1},
    **{"3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4},
    **{"5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5},
    **{"6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2},
    **{"8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4},
    **{"10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4},
    **{"11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2},
    **{"13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1},
    **{"16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2},
}
"""How many requirements of levels 1 and 2 each section of version 5.0.0 has; their numbers begin
at 1 and have no gaps.
"""
VERDICTS = ("met", "set up", "partly", "not met", "n/a")
_ROW = re.compile(r"^\| (\d+\.\d+)\.(\d+) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)

_CODE = re.compile(r"`([\w./-]+\.(?:py|html|json|ts|yaml)|deploy/[\w./-]+)`")


def test_every_requirement_of_levels_1_and_2_is_there_once() -> None:
    assert sum(SECTIONS.values()) == 253
    found = [(section, int(number)) for section, number, *_ in _ROW.findall(PAGE.read_text())]
    assert found == [
        (section, number) for section, count in SECTIONS.items() for number in range(1, count + 1)
    ]
    assert len(found) == len(re.findall(r"^\| \d", PAGE.read_text(), re.MULTILINE))


def test_every_verdict_is_one_and_says_why() -> None:
    rows = _ROW.findall(PAGE.read_text())
    assert {verdict for *_, verdict, _ in rows} == set(VERDICTS)
    missing = [row for row in rows if row[3] in ("partly", "not met") and len(row[4]) < 50]
    assert missing == [("12.3", "4", "certificates inside", "partly", "As 12.3.1")]


def test_the_files_that_are_named_exist() -> None:
    named = _CODE.findall(PAGE.read_text())
    assert len(named) > 30
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        *(("password1", False), ("qwertyuiop", False), ("iloveyou1", False), ("short7!", False)),
        *(("correct horse battery staple " * 4, True), ("ääääääää", True)),
    ],
)
def test_a_common_password_is_refused_and_a_long_one_taken(password: str, is_taken: bool) -> None:
    if is_taken:
        validate_password(password)
    else:
        with pytest.raises(ValidationError):
            validate_password(password)


def test_trace_repeats_nothing(db: None) -> None:
    for path in ("/login", "/api/v1/boards", "/healthz"):
        answer = Client().generic("TRACE", path, HTTP_X_SECRET="hidden", HTTP_COOKIE="a=hidden")
        assert answer.status_code >= 400, path
        assert b"hidden" not in answer.content
