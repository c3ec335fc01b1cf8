"""Fractional indices above all existing ones. Pure.

The scheme of the `fractional-indexing` package: a letter that says how long the integer part is,
the integer in base 62, and a fraction. Only "the next integer" is needed here, and it never needs
the fraction (https://observablehq.com/@dgreensp/implementing-fractional-indexing).
"""

from collections.abc import Iterable, Iterator

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FIRST = "a0"
_MIDDLE = "V"


def indices_above(existing: Iterable[object]) -> Iterator[str]:
    """Endless ascending indices, all above the valid ones among `existing`."""
    valid = [index for index in existing if isinstance(index, str) and _integer_of(index)]
    highest = max(valid, default=None)
    current = None if highest is None else _integer_of(highest)
    while True:
        try:
            current = _FIRST if current is None else _next_integer(current)
        except OverflowError:
            break
        yield current
    # Above the highest integer of the scheme only its fractions are left.
    above = highest if highest is not None and highest > str(current) else str(current)
    while True:
        above += _MIDDLE
        yield above


def _integer_of(index: str) -> str | None:
    """The integer part; None for an index that does not follow the scheme."""
    if not index or any(digit not in _DIGITS for digit in index):
        return None
    head = index[0]
    if "a" <= head <= "z":
        length = ord(head) - ord("a") + 2
    elif "A" <= head <= "Z":
        length = ord("Z") - ord(head) + 2
    else:
        return None
    return index[:length] if len(index) >= length else None


def _next_integer(integer: str) -> str:
    head, digits = integer[0], list(integer[1:])
    for at in range(len(digits) - 1, -1, -1):
        place = _DIGITS.index(digits[at]) + 1
        if place < len(_DIGITS):
            digits[at] = _DIGITS[place]
            return head + "".join(digits)
        digits[at] = _DIGITS[0]
    if head == "Z":
        return _FIRST
    if head == "z":
        raise OverflowError("no index above this one")
    longer = [*digits, _DIGITS[0]] if head >= "a" else digits[:-1]
    return chr(ord(head) + 1) + "".join(longer)
