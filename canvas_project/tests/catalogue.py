"""Reads translations without gettext's own tools, which not every machine has."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

PACKAGES = ("accounts", "audit", "boards", "canvas_project", "sync")
FUNCTIONS = {"gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
_TEMPLATE_CALL = re.compile(
    r"""(?<![\w.])(?:n?gettext|_)\(\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
)
_LINE = re.compile(r'(msgid|msgid_plural|msgstr(?:\[\d\])?|msgctxt)? ?(".*")')


@dataclass
class Entry:
    """One message of a `.po` file."""

    msgid: str = ""
    plural: str = ""
    is_fuzzy: bool = False
    texts: dict[int, str] = field(default_factory=dict)


def read_po(path: Path) -> list[Entry]:
    """The messages of a catalogue without its header. Obsolete ones are left out."""
    entries, entry, place = [], Entry(), ""
    for line in [*path.read_text().splitlines(), ""]:
        if not line:
            entries.append(entry)
            entry, place = Entry(), ""
        elif line.startswith("#,"):
            entry.is_fuzzy = "fuzzy" in line
        elif match := _LINE.match(line):
            place, text = match[1] or place, ast.literal_eval(match[2])
            if place == "msgid":
                entry.msgid += text
            elif place == "msgid_plural":
                entry.plural += text
            else:
                number = int(place[7]) if "[" in place else 0
                entry.texts[number] = entry.texts.get(number, "") + text
    return [one for one in entries if one.msgid]


def read_mo(path: Path) -> dict[str | tuple[str, int], str]:
    """The messages of a compiled catalogue without its header."""
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalogue.items() if key != ""}


def messages_in_sources() -> set[str]:
    """Every message that code and templates of this project want translated."""
    root = Path(settings.BASE_DIR)
    found = set()
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            if "tests" not in path.parts:
                found |= set(_in_python(path.read_text(), path))
    for kind in ("*.html", "*.txt"):
        for path in (root / "templates").rglob(kind):
            found |= set(_in_template(path.read_text(), path))
    return found


def _in_python(source: str, path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in FUNCTIONS:
            first = node.args[0]
            is_literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
            assert is_literal, f"{path}:{node.lineno}: not a literal"
            yield first.value  # type: ignore[attr-defined]


def _in_template(source: str, path: Path) -> Iterator[str]:
    # Django's own step before xgettext: a template becomes calls of `_` and `gettext`.
    for match in _TEMPLATE_CALL.finditer(templatize(source, origin=str(path))):
        yield ast.literal_eval(match[1])
