"""Checks how a random script ended: the same everywhere, with the right conflicts."""

import urllib.request
from dataclasses import dataclass
from typing import Any

from pycrdt import Doc, Map

from tests.page import BoardPage
from tests.page_truth import Write, canonical, open_conflicts, unjudged
from tests.patience import patient
from tests.server import Server, until

ROOTS = ("elements", "files", "meta", "authors", "conflicts")


@dataclass(slots=True)
class Figures:
    """What happened in one or in many scripts."""

    scripts: int = 0
    steps: int = 0
    writes: int = 0
    offline_spells: int = 0
    reloads: int = 0
    races: int = 0
    holds: int = 0
    conflicts: int = 0
    missed: int = 0
    false: int = 0
    twice: int = 0

    def add(self, other: "Figures") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def __str__(self) -> str:
        return ", ".join(f"{getattr(self, name)} {name}" for name in self.__slots__)


def compare(
    stored: dict[str, Any], tabs: list[BoardPage], writes: list[Write], figures: Figures
) -> None:
    """Compares everyone's document, canvas and conflicts; raises AssertionError and adds to
    `figures`.
    """
    for tab in tabs:
        assert tab.page.evaluate("() => boardScript.content()") == stored
    _compare_scenes(tabs)
    elements = stored["elements"]
    deleted = {id for id, element in elements.items() if element.get("del")}
    scene = tabs[0].page.evaluate("() => boardScript.scene()")
    assert {element["id"] for element in scene} == set(elements) - deleted
    _compare_conflicts(tabs, writes, deleted, figures)


def stored_document(server: Server, board: str) -> dict[str, Any]:
    """The server's document."""
    doc: Doc[Any] = Doc()
    roots = {root: doc.get(root, type=Map) for root in ROOTS}
    doc.apply_update(stored_update(server, board, server.token("alice")))
    return {name: root.to_py() for name, root in roots.items()}


def stored_update(server: Server, board: str, token: str) -> bytes:
    """The server's document as one update."""
    request = urllib.request.Request(
        f"{server.url}/api/v1/boards/{board}/document",
        headers={"Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=patient(20)) as response:
        return bytes(response.read())


def _compare_scenes(tabs: list[BoardPage]) -> None:
    def differences() -> list[Any]:
        scenes = [tab.page.evaluate("() => boardScript.scene()") for tab in tabs]
        ids = [[element["id"] for element in scene] for scene in scenes]
        return [other for other in ids if other != ids[0]] + [
            (mine, theirs)
            for scene in scenes
            for mine, theirs in zip(scenes[0], scene, strict=False)
            if mine != theirs
        ]

    until(differences, lambda found: found == [], 5)


def _compare_conflicts(
    tabs: list[BoardPage], writes: list[Write], deleted: set[str], figures: Figures
) -> None:
    truth = open_conflicts(writes, deleted)
    apart = unjudged(writes)
    lists = [tab.page.evaluate("() => boardScript.conflicts()") for tab in tabs]
    for found in lists:
        assert sorted(c["key"] for c in found) == sorted(c["key"] for c in lists[0])
    found = {conflict["key"]: conflict for conflict in lists[0]}
    expected, seen = set(truth) - apart, set(found) - apart
    missed, false = sorted(expected - seen), sorted(seen - expected)
    figures.conflicts = len(expected)
    figures.missed, figures.false = len(missed), len(false)
    for key in expected & seen:
        sides = found[key]["sides"]
        figures.twice += len(sides) - len({side["id"] for side in sides})
        shown = {_meaning(key, side["value"]) for side in sides}
        wanted = {_meaning(key, write.value) for write in truth[key]}
        assert wanted <= shown, f"{key}: {wanted} against {shown}"
    about = "\n".join(_history(key, writes, found.get(key)) for key in (*missed, *false))
    assert (missed, false) == ([], []), about
    assert figures.twice == 0


def _history(key: str, writes: list[Write], found: Any) -> str:
    """What was written to a group, for debugging a failure."""
    element, group = key.rsplit("/", 1)
    about = [write for write in writes if write.element == element and group in ("del", write.key)]
    return "\n".join([f"{key}:", *(f"  {write}" for write in about), f"  {found}"])


def _meaning(key: str, value: Any) -> str:
    if key.endswith("/del"):
        return "deleted" if isinstance(value, dict) else "kept"
    return str(value["originalText"]) if key.endswith("/text") else canonical(value)
