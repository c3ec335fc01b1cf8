"""Copies of elements with ids of their own, and every reference among them kept. Pure but for
random ids.

Ids are never reused: two boards that exchange drawings would otherwise create the same key twice,
and one of the elements would be lost. A fresh id is made of the old one with a secret of this copy,
so that references need no list of all ids.
"""

import base64
import hashlib
import secrets
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from sync.drawing.elements import Element

_REFERENCES = ("containerId", "frameId")
_BINDINGS = ("startBinding", "endBinding")
_ID_BYTES, _GROUP_BYTES = 15, 9


class FreshIds:
    """The ids of the elements that come to another place together."""

    def __init__(self, old: Iterable[str]) -> None:
        """Of several that share an id, references mean the last."""
        self._secret = secrets.token_bytes(16)
        hashes = sorted(map(self._hash, old))
        self._known = array("Q", hashes)
        self._shared = Counter(one for one, following in pairwise(hashes) if one == following)

    def refreshed(self, element: Element) -> Element:
        """A copy without a place in the order of a board yet; to be called once for each element,
        in their order."""
        fresh = {**element, "id": self._next(element["id"]), "index": None}
        for key in _REFERENCES:
            if isinstance(fresh.get(key), str):
                fresh[key] = self._of(fresh[key])
        for key in _BINDINGS:
            binding = fresh.get(key)
            if isinstance(binding, dict) and isinstance(binding.get("elementId"), str):
                target = self._of(binding["elementId"])
                fresh[key] = {**binding, "elementId": target} if target else None
        groups = fresh.get("groupIds") or []
        if isinstance(groups, list) and all(isinstance(group, str) for group in groups):
            fresh["groupIds"] = [self._made("group", group, _GROUP_BYTES) for group in groups]
        bound = fresh.get("boundElements") or []
        if isinstance(bound, list) and all(map(_is_bound, bound)):
            fresh["boundElements"] = [
                {**one, "id": bound_id} for one in bound if (bound_id := self._of(one["id"]))
            ] or None
        return fresh

    def _next(self, old: str) -> str:
        key = self._hash(old)
        left = self._shared.get(key, 0)
        if left == 0:
            return self._made("id", old, _ID_BYTES)
        self._shared[key] = left - 1
        return secrets.token_urlsafe(_ID_BYTES)

    def _of(self, old: str) -> str | None:
        """What an element is called here; None for one that does not come along."""
        key = self._hash(old)
        at = bisect_left(self._known, key)
        is_known = at < len(self._known) and self._known[at] == key
        return self._made("id", old, _ID_BYTES) if is_known else None

    def _hash(self, old: str) -> int:
        digest = hashlib.blake2b(old.encode(), key=self._secret, digest_size=8)
        return int.from_bytes(digest.digest())

    def _made(self, kind: str, old: str, size: int) -> str:
        person = kind.encode()
        digest = hashlib.blake2b(old.encode(), key=self._secret, digest_size=size, person=person)
        return base64.urlsafe_b64encode(digest.digest()).decode()


def _is_bound(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str)


def with_fresh_ids(elements: list[Element]) -> list[Element]:
    """Copies for another board, without places in its order yet."""
    ids = FreshIds(element["id"] for element in elements)
    return [ids.refreshed(element) for element in elements]
