"""Which edits people have to decide about, worked out from what each person knew at the time."""

import json
from collections import defaultdict
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
BINDINGS = frozenset(("startBinding", "endBinding"))


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
        sides = Deletions([write for write in writes if write.element == element]).disputed
        if sides:
            found[f"{element}/del"] = sides
    return found


def unjudged(writes: list[Write]) -> set[str]:
    """Groups about which either answer is right.

    The editor computed the value at least once, or whether a deletion is disputed depends on the
    order in which people reconnect. One example: an arrow moves while bound and is then unbound,
    and somebody who has not seen that deletes it. Its computed position counts as a choice then.
    """
    derived = {f"{write.element}/{write.key}" for write in writes if write.derived}
    moved = {write.element for write in writes if write.derived}
    deletions = defaultdict[str, list[Write]](list)
    for write in writes:
        if write.key == "del":
            deletions[write.element].append(write)
    derived |= {
        f"{write.element}/del"
        for write in writes
        if write.key in BINDINGS
        and write.value is None
        and write.element in moved
        and any(one.value and not one.knows(write) for one in deletions[write.element])
    }
    for element in {write.element for write in writes}:
        decisions = Deletions([write for write in writes if write.element == element])
        if decisions.is_unjudged:
            derived.add(f"{element}/del")
        if decisions.disputed:
            # Shape and text go and come back together. Once people have been asked about the shape,
            # its text is no longer deleted, so a later edit of it contradicts nothing.
            derived.add(f"{text_in(element)}/del")
    return derived


def text_in(shape: str) -> str:
    """The id of the text in a shape, as `page_script.js` makes it."""
    return f"{shape}t"


def _by_group(writes: list[Write]) -> dict[tuple[str, str], list[Write]]:
    groups: dict[tuple[str, str], list[Write]] = {}
    for write in writes:
        groups.setdefault((write.element, write.key), []).append(write)
    return groups


def _newest(history: list[Write]) -> list[Write]:
    return [write for write in history if not any(other.knows(write) for other in history)]


class Deletions:
    """What was done to one element, some of it by people who deleted it or took that back."""

    def __init__(self, writes: list[Write]) -> None:
        decisions = [write for write in writes if write.key == "del"]
        newest = _newest(decisions)
        self._deletions = [write for write in newest if write.value]
        self._kept = [write for write in newest if not write.value]
        self._all_kept = [write for write in decisions if not write.value]
        self._edits = [write for write in writes if write.key in CHOSEN and not write.derived]

    @property
    def disputed(self) -> list[Write]:
        """Deletions and edits, by different people, that neither had seen. Who takes back a
        deletion edits, too.
        """
        edits = [pair for pair in self._pairs(self._edits) if not self._is_replaced(*pair)]
        return [side for pair in (*edits, *self._pairs(self._kept)) for side in pair]

    @property
    def is_unjudged(self) -> bool:
        """Whether it may be right to ask and not to ask.

        One person deleted and kept it on two devices; several people kept it at once, and somebody
        deleted it who knew of one of them; or somebody replaced an edit perhaps before, perhaps
        after the deletion met it.
        """
        edits = self._pairs(self._edits)
        if any(one.user == other.user for one in self._kept for other in self._deletions):
            return True
        if any(not self._is_replaced(*pair) for pair in edits):
            return False
        if not self._pairs(self._kept):
            return bool(edits)
        return any(
            not one.knows(other) and not other.knows(one)
            for at, one in enumerate(self._all_kept)
            for other in self._all_kept[:at]
        )

    def _pairs(self, edits: list[Write]) -> list[tuple[Write, Write]]:
        return [
            (deletion, edit)
            for deletion in self._deletions
            for edit in edits
            if edit.user != deletion.user
            and not edit.knows(deletion)
            and not any(one.knows(edit) for one in self._deletions)
        ]

    def _is_replaced(self, deletion: Write, edit: Write) -> bool:
        """Whether somebody replaced it without knowing of the deletion: that is then their edit."""
        return any(
            one.key == edit.key and one.knows(edit) and not one.knows(deletion)
            for one in self._edits
        )
