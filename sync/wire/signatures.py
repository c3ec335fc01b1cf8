"""Refuses changes signed with another person's name.

Pure: knows no framework. Pages write names into the document: the author behind a client id
(`authors`), who deleted an element (`del`), and whose the values of a conflict are (`conflicts`).
The sender of an update and the owner of a client id are known, so any other claim is refused.

A write that follows another does not name its key. There the shape of the value decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sync.wire.frames import PROTOCOL, MalformedError
from sync.wire.lib0 import NO_LIMITS, Reader
from sync.wire.parsed import Parsed, Signed

_OBJECT, _ARRAY, _STRING, _NULL, _UNDEFINED = 118, 117, 119, 126, 127
_MAX_DEPTH = 3
"""A record, its sides, one side. Nothing deeper is a signature."""
_OPAQUE = object()

FORGED: Final[str] = PROTOCOL["foreignReasons"]["SIGNATURE"]


@dataclass(frozen=True, slots=True)
class Signer:
    """The sender of an update: the owner of their client ids, and their name."""

    owner: int | None
    """A user id, or below zero a guest."""
    names: frozenset[str]
    guest_names: frozenset[str]
    """What people without an account are called, in every language."""

    @property
    def user(self) -> str | None:
        """The account as named in documents; None for guests."""
        return user_of(self.owner)


def user_of(owner: int | None) -> str | None:
    """The owner of a client id as named in documents; None for guests."""
    return None if owner is None or owner < 0 else str(owner)


@dataclass(frozen=True, slots=True)
class Known:
    """What a document knows about client ids, for checking one update by `signer`."""

    owner_of: Callable[[int], int | None]
    """The owner of a client id that has one. Raises KeyError."""
    is_in_document: Callable[[int], bool]
    """Whether a client id has written at all."""
    may_write: Callable[[int], bool]
    """Whether a client id is the signer's, or would be."""


def check_signatures(parsed: Parsed, signer: Signer, known: Known) -> None:
    """Checks all signatures in an update.

    Raises:
        MalformedError: something is signed with a name other than the sender's.
    """
    for signed in parsed.signed:
        value = _read(signed.value)
        if isinstance(value, dict) and not _is_honest(signed, value, signer, known):
            raise MalformedError(FORGED)


def _is_honest(signed: Signed, value: dict[str, Any], signer: Signer, known: Known) -> bool:
    if signed.root == b"authors":
        client = _client_of(signed.key)
        return (client is None or known.may_write(client)) and _is_author(value, signer)
    if signed.root == b"conflicts":
        return _are_sides(value, signer, known)
    if signed.key == b"del":
        return _is_own(value.get("by"), signer)
    # It has the same key as the write before it.
    if "by" in value and "at" in value and not _is_own(value["by"], signer):
        return False
    if "user" in value and "name" in value:
        is_own_entry = signed.origin is None or known.may_write(signed.origin)
        return is_own_entry and _is_author(value, signer)
    return _are_sides(value, signer, known)


def _is_own(user: object, signer: Signer) -> bool:
    return user is None or user == signer.user


def _is_author(value: dict[str, Any], signer: Signer) -> bool:
    return value.get("user") == signer.user and value.get("name") in signer.names


def _are_sides(record: dict[str, Any], signer: Signer, known: Known) -> bool:
    sides = record.get("sides")
    if not isinstance(sides, list):
        return True
    return all(_is_side(side, signer, known) for side in sides if isinstance(side, dict))


def _is_side(side: dict[str, Any], signer: Signer, known: Known) -> bool:
    """Whether a side names the owner of the client id that wrote its value, or nobody.

    Names of accounts at the time are not known here: pages look them up in `authors`.
    """
    user, write = side.get("user"), side.get("id")
    if user is None:
        return side.get("name", "") in ("", *signer.guest_names)
    client = _client_of(write.partition(":")[0].encode()) if isinstance(write, str) else None
    if client is None:
        return False
    try:
        return bool(user == user_of(known.owner_of(client)))
    except KeyError:
        # From before client ids had owners, or brought back after a backup was restored.
        return known.is_in_document(client) or user == signer.user


def _client_of(text: bytes | None) -> int | None:
    return int(text) if text is not None and text.isdigit() and len(text) <= 16 else None


def _read(data: bytes) -> Any:
    """The (validated) value, decoded down to the depth of signatures."""
    return _Values(data, NO_LIMITS).read(0)


class _Values(Reader):
    """Reads objects, lists and strings; every other value is `_OPAQUE`."""

    __slots__ = ()

    def read(self, depth: int) -> Any:
        tag = self.data[self.at]
        if tag == _STRING:
            self.at += 1
            return self.text().decode()
        if tag in (_OBJECT, _ARRAY) and depth <= _MAX_DEPTH:
            self.at += 1
            count = self.varuint()
            if tag == _ARRAY:
                return [self.read(depth + 1) for _ in range(count)]
            return {self.text().decode(): self.read(depth + 1) for _ in range(count)}
        self.value()
        return None if tag in (_NULL, _UNDEFINED) else _OPAQUE
