"""Numbers that the documentation states are those of the settings and of the code."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from accounts.sign_in.passwords import (
    DAY_SECONDS,
    KNOWN_ADDRESS_SECONDS,
    MAX_FAILURES_PER_ADDRESS,
    MAX_FAILURES_PER_NAME,
)
from boards.access.people import FEW_BOARDS, NAMED_LIKE
from boards.api.throttles import CommentThrottle, SuggestionThrottle, WorkshopThrottle
from boards.comments.services import MAX_COMMENTS, MAX_THREADS
from boards.models import BODY_MAX_LENGTH
from boards.workshop.shapes import LEAD_SECONDS
from boards.workshop.voting import MAX_DOTS, MAX_GUESTS_OF_NETWORK, MAX_OBJECTS
from sync.drawing.model import BOUNDS
from sync.rooms.presence_register import EXPIRY_SECONDS
from sync.sockets.inbox import LARGE_FRAME_BYTES

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "deploy" / "README.md"])
_NUMBER = r"\d[\d,]*(?: MB)?"
_BESIDE = (
    re.compile(rf"`(?P<name>CANVAS_\w+)` \((?P<number>{_NUMBER})[;)]"),
    re.compile(rf"`(?P<name>CANVAS_\w+)`, (?P<number>{_NUMBER})\)"),
    re.compile(rf"(?P<number>{_NUMBER}) (?:seconds|times|clients) \(`(?P<name>CANVAS_\w+)`\)"),
)
STATED = {
    "comments": (
        ("up to {} characters", BODY_MAX_LENGTH),
        ("{} comments in a thread", MAX_COMMENTS),
        ("{} threads on a board", MAX_THREADS),
        ("{} writes a minute", int(CommentThrottle.rate.partition("/")[0])),
    ),
    "workshop": (
        ("1 to {} dots", MAX_DOTS),
        ("up to {} objects", MAX_OBJECTS),
        ("at most {} guests", MAX_GUESTS_OF_NETWORK),
        ("after {} seconds of silence", LEAD_SECONDS),
        ("{} commands a minute", int(WorkshopThrottle.rate.partition("/")[0])),
    ),
    "sharing": (
        ("{} times a minute", int(SuggestionThrottle.rate.partition("/")[0])),
        ("more than {} boards, the first", FEW_BOARDS),
        ("the first {} people with such a name", NAMED_LIKE),
    ),
    "permissions": (
        ("| for one account, or one link, from one address | {} |", MAX_FAILURES_PER_NAME),
        ("| from one address | {} |", MAX_FAILURES_PER_ADDRESS),
        ("is known for {} days", KNOWN_ADDRESS_SECONDS // DAY_SECONDS),
    ),
    "presence": (("not heard from for {} seconds", int(EXPIRY_SECONDS)),),
    "protocol": (("Above {} kB it is", LARGE_FRAME_BYTES / 1000),),
    "document": (
        ("{} points of a path", BOUNDS["properties"]["points"]["maxItems"]),
        ("{} characters of a text", BOUNDS["properties"]["text"]["maxLength"]),
        ("{} groups, ids", BOUNDS["properties"]["groupIds"]["maxItems"]),
    ),
}
"""By page: sentences with a number, and where it comes from."""


@cache
def defaults() -> dict[str, object]:
    """What each variable is without the environment, as far as it is written as one value."""
    found: dict[str, object] = {}
    for path in (ROOT / "canvas_project" / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            given = [*node.args[1:2], *(one.value for one in node.keywords if one.arg == "default")]
            if node.func.id in {"env_int", "env_str", "env_bool"} and len(given) == 1:
                name, value = node.args[0], given[0]
                if isinstance(name, ast.Constant) and isinstance(value, ast.Constant):
                    found[str(name.value)] = value.value
    return found


def number(text: str) -> int:
    """`10,000` or `400 MB`."""
    return int(text.removesuffix(" MB").replace(",", "")) * (1_000_000 if "MB" in text else 1)


def described(text: str) -> object:
    """A default as the table writes it: a number, or a word in backticks. None: a description."""
    if re.fullmatch(r"\d[\d,]*", text):
        return number(text)
    word = re.fullmatch(r"`([^`]*)`", text)
    if word is None:
        return "" if text == "none" else None
    return {"true": True, "false": False}.get(word[1], word[1])


def same(stated: object, default: object) -> bool:
    return str(stated) == str(default)  # numbers may be in backticks


def test_every_default_in_the_table_is_the_one_of_the_settings() -> None:
    text, compared, wrong = (ROOT / "docs" / "configuration.md").read_text(), 0, []
    for names, stated in re.findall(r"^\| (`CANVAS_[^|]*) \| ([^|]*) \|", text, re.MULTILINE):
        variables, values = re.findall(r"`(CANVAS_\w+)`", names), stated.strip().split("; ")
        for name, value in zip(variables, values, strict=False):
            written = described(value)
            if len(variables) == len(values) and written is not None and name in defaults():
                compared += 1
                wrong += [] if same(written, defaults()[name]) else [(name, value)]
    assert wrong == []
    assert compared > 120


def test_every_number_beside_a_variable_is_its_default() -> None:
    found = [
        (page.name, match["name"], match["number"])
        for page in PAGES
        for pattern in _BESIDE
        for match in pattern.finditer(page.read_text())
    ]
    assert len(found) >= 10
    assert [one for one in found if not same(number(one[2]), defaults().get(one[1]))] == []


@pytest.mark.parametrize("page", STATED)
def test_every_limit_that_a_page_states_is_the_one_of_the_code(page: str) -> None:
    text = " ".join((ROOT / "docs" / f"{page}.md").read_text().split())
    sentences = [sentence.format(f"{value:,}") for sentence, value in STATED[page]]
    assert [one for one in sentences if not re.search(rf"(?<![\d,]){re.escape(one)}", text)] == []
