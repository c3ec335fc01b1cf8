"""Which edits people have to decide about, worked out from what each person knew at the time."""

import json
from dataclasses import dataclass
from typing import Any

# What people choose (docs/document.md). The editor can repair everything else by itself.
# fmt: off
CHOSEN = frozenset((
    "pos", "size", "angle", "path", "text", "strokeColor", "backgroundColor", "fillStyle",
    "strokeWidth", "strokeStyle", "roughness", "opacity", "roundness", "startArrowhead",
    "endArrowhead", "fontSize", "fontFamily", "textAlign", "verticalAlign", "lineHeight",
    "groupIds", "frameId", "crop", "name", "link", "locked",
))
# fmt: on


@dataclass(frozen=True, slots=True)
class Write:
    """One value that a person gave to one group of one element."""

    element: str
    key: str
    client: int
    clock: int
    value: Any
    knew: dict[int, int]
    user: str
    derived: bool
    """Whether the editor computed it from other elements."""

    @classmethod
    def noted(cls, note: dict[str, Any], user: str) -> "Write":
        """The write as the page recorded it."""
        knew = {int(client): clock for client, clock in note.pop("knew").items()}
        return cls(**note, knew=knew, user=user)

    def knows(self, other: "Write") -> bool:
        """Whether the person had seen the other value."""
        return self.knew.get(other.client, 0) > other.clock

    @property
    def meaning(self) -> str:
        """The same for values that mean the same to people."""
        if self.key == "text":
            return str(self.value["originalText"])
        return canonical(self.value)


def canonical(value: Any) -> str:
    """Equal for equal values."""
    return json.dumps(value, sort_keys=True)


def open_conflicts(writes: list[Write], deleted: set[str]) -> dict[str, list[Write]]:
    """`element/group` of what nobody has decided yet, with the values to choose from.

    The open values of a group are those that nobody has knowingly replaced; `deleted` are the
    elements that are gone in the end, about which nobody is asked.
    """
    found: dict[str, list[Write]] = {}
    for (element, key), history in _by_group(writes).items():
        if element in deleted or key not in CHOSEN:
            continue
        newest = _newest(history)
        if len({write.meaning for write in newest}) > 1:
            found[f"{element}/{key}"] = newest
    for element in {write.element for write in writes}:
        sides = _deletion_against_edit([write for write in writes if write.element == element])
        if sides:
            found[f"{element}/del"] = sides
    return found


def unjudged(writes: list[Write]) -> set[str]:
    """Groups that the editor computed at least once: whether anyone is asked depends on timing."""
    return {f"{write.element}/{write.key}" for write in writes if write.derived}


def _by_group(writes: list[Write]) -> dict[tuple[str, str], list[Write]]:
    groups: dict[tuple[str, str], list[Write]] = {}
    for write in writes:
        groups.setdefault((write.element, write.key), []).append(write)
    return groups


def _newest(history: list[Write]) -> list[Write]:
    return [write for write in history if not any(other.knows(write) for other in history)]


def _deletion_against_edit(writes: list[Write]) -> list[Write]:
    """Edits that no deletion's author had seen, and deletions that their authors had not seen."""
    decisions = _newest([write for write in writes if write.key == "del"])
    deletions = [write for write in decisions if write.value]
    edits = [
        write
        for write in writes
        if write.key in CHOSEN
        and not write.derived
        and not any(decision.knows(write) for decision in decisions)
    ]
    return [
        side
        for deletion in deletions
        for edit in edits
        if not edit.knows(deletion) and edit.user != deletion.user
        for side in (deletion, edit)
    ]
