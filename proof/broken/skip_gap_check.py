"""Updates are taken although they build on something that nobody has."""

from typing import Any

from sync.document import document

_module: Any = document


def apply() -> None:
    _module.is_closed = lambda parsed, clocks: True
