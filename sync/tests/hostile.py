"""Updates made to crash, hang, bloat or split a Yjs server, each of them seen to do so somewhere.

`CLIENT` is the id of a client that a test may make known first, so that updates meant to hit an
existing client do.
"""

from collections.abc import Callable

from sync.wire.frames import write_varuint

CLIENT = 7
MAX_CLOCK = 2**31 - 1


def _text(value: str) -> bytes:
    raw = value.encode()
    return write_varuint(len(raw)) + raw


def _update(*sections: bytes, deletes: bytes = b"\x00") -> bytes:
    return write_varuint(len(sections)) + b"".join(sections) + deletes


def _section(client: int, clock: int, *structs: bytes) -> bytes:
    return (
        write_varuint(len(structs))
        + write_varuint(client)
        + write_varuint(clock)
        + b"".join(structs)
    )


def _set(root: str, key: str, any_value: bytes) -> bytes:
    """A plain value at a key of a root map."""
    return b"\x28\x01" + _text(root) + _text(key) + b"\x01" + any_value


def _type(root: str, key: str, type_ref: int) -> bytes:
    return b"\x27\x01" + _text(root) + _text(key) + bytes((type_ref,))


def _type_in(parent_client: int, parent_clock: int, key: str) -> bytes:
    parent = write_varuint(parent_client) + write_varuint(parent_clock)
    return b"\x27\x00" + parent + _text(key) + b"\x01"


NULL = b"\x7e"


def _value_in(parent_client: int, parent_clock: int, key: str) -> bytes:
    parent = write_varuint(parent_client) + write_varuint(parent_clock)
    return b"\x28\x00" + parent + _text(key) + b"\x01" + NULL


def _after(client: int, clock: int) -> bytes:
    """A plain value at the key of another write, as its successor."""
    return b"\x88" + write_varuint(client) + write_varuint(clock) + b"\x01" + NULL


def _nested_arrays(depth: int) -> bytes:
    return b"\x75\x01" * depth + NULL


def _one(root: str, key: str, any_value: bytes, client: int = 9) -> bytes:
    return _update(_section(client, 0, _set(root, key, any_value)))


CORPUS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "one byte": lambda: b"\x01",
    "a megabyte of 0xff": lambda: b"\xff" * 1_000_000,
    "empty section of a known client": lambda: b"\x01\x00" + write_varuint(CLIENT) + b"\x00\x00",
    "clock at the end of the range": lambda: _update(
        _section(9, 0xFFFFFFF0, _set("elements", "a", NULL), _set("elements", "b", NULL))
    ),
    "a hundred million clients": lambda: write_varuint(100_000_000),
    "2^62 array items": lambda: _one("elements", "a", b"\x75" + b"\xff" * 8 + b"\x3f"),
    "2^30 array items": lambda: _one("elements", "a", b"\x75" + write_varuint(2**30)),
    "2^30 object keys": lambda: _one("elements", "a", b"\x76" + write_varuint(2**30)),
    "arrays nested 26,500 deep": lambda: _one("elements", "a", _nested_arrays(26_500)),
    "arrays nested 5,000 deep": lambda: _one("elements", "a", _nested_arrays(5_000)),
    "88,000 empty sections": lambda: (
        write_varuint(88_000)
        + b"".join(b"\x00" + write_varuint(client) + b"\x00" for client in range(88_000))
        + b"\x00"
    ),
    "maps nested 5,000 deep": lambda: _update(
        _section(
            9, 0, _type("elements", "a", 1), *(_type_in(9, clock, "a") for clock in range(5_000))
        )
    ),
    "client id 2^64-1": lambda: b"\x01\x01" + b"\xff" * 9 + b"\x01\x00" + b"\x00",
    "client id 2^53": lambda: _update(_section(2**53, 0, _set("elements", "a", NULL))),
    "key that is not UTF-8": lambda: _update(
        _section(9, 0, b"\x28\x01" + _text("elements") + b"\x02\xc3\x28\x01" + NULL)
    ),
    "value that is not UTF-8": lambda: _one("elements", "a", b"\x77\x02\xc3\x28"),
    "embed": lambda: _update(
        _section(9, 0, b"\x25\x01" + _text("elements") + b"\x01a" + _text("{}"))
    ),
    "struct whose origin is itself": lambda: _update(
        _section(9, 0, b"\x88" + write_varuint(9) + b"\x00\x01" + NULL)
    ),
    "struct whose parent is itself, as the one before names it": lambda: _update(
        _section(8, 0, _value_in(9, 0, "a")), _section(9, 0, _value_in(9, 0, "a"))
    ),
    "struct whose parent is itself": lambda: _update(_section(9, 0, _type_in(9, 0, "a"))),
    "same client twice": lambda: _update(
        _section(9, 0, _set("elements", "a", NULL)), _section(9, 1, _set("elements", "b", NULL))
    ),
    "bytes after the end": lambda: _one("elements", "a", NULL) + b"\x00",
    "garbage of 2^32-1 clocks": lambda: _update(
        _section(9, 0, b"\x00" + write_varuint(0xFFFFFFFF))
    ),
    "subdocument": lambda: _update(
        _section(9, 0, b"\x29\x01" + _text("elements") + _text("a") + _text("guid") + b"\x76\x00")
    ),
    "__proto__ as a key": lambda: _one("elements", "__proto__", NULL),
    "__proto__ inside a value": lambda: _one(
        "elements", "a", b"\x76\x01" + _text("__proto__") + NULL
    ),
    "32,000 writes of one key": lambda: _update(
        _section(9, 0, *(_set("elements", "k", NULL) for _ in range(32_000)))
    ),
    "16,000 writes of one client that follow on one": lambda: _update(
        _section(9, 0, *(_after(CLIENT, 0) for _ in range(16_000))),
        _section(8, 0, *(_after(CLIENT, 0) for _ in range(16_000))),
    ),
    "500 clients that follow on one": lambda: _update(
        *(_section(100 + n, 0, _after(CLIENT, 0)) for n in range(500))
    ),
    "text": lambda: _update(_section(9, 0, b"\x04\x01" + _text("elements") + _text("x" * 1000))),
    "text type": lambda: _update(_section(9, 0, _type("elements", "a", 2))),
    "array type": lambda: _update(_section(9, 0, _type("elements", "a", 0))),
    "list item": lambda: _update(_section(9, 0, b"\x08\x01" + _text("elements") + b"\x01" + NULL)),
    "right origin": lambda: _update(
        _section(
            9, 0, b"\xc4" + write_varuint(CLIENT) + b"\x01" + write_varuint(CLIENT) + b"\x00\x01x"
        )
    ),
    "unknown root": lambda: _one("secrets", "a", NULL),
    "map under another root": lambda: _update(_section(9, 0, _type("meta", "a", 1))),
    "a value with a big integer": lambda: _one("elements", "a", b"\x7a" + b"\x01" * 8),
    "two values under one key": lambda: _update(
        _section(9, 0, b"\x28\x01" + _text("elements") + b"\x01a\x02" + NULL + NULL)
    ),
    "skip": lambda: _update(_section(9, 0, b"\x0a\x05", _set("elements", "a", NULL))),
    "deleted run of length zero": lambda: _update(
        _section(9, 0, b"\x21\x01" + _text("elements") + b"\x01a\x00")
    ),
    "2^31 deletions": lambda: b"\x00\x01\x07" + write_varuint(2**31),
    "a million empty objects": lambda: _one(
        "elements", "a", b"\x75" + write_varuint(2_100_000) + b"\x76\x00" * 2_100_000
    ),
}
"""Updates that break a rule by themselves: each must be refused."""

GAPS: dict[str, Callable[[], bytes]] = {
    "clock that is not next": lambda: _update(_section(9, 5, _type("elements", "a", 1))),
    "origin that nobody knows": lambda: _update(
        _section(9, 0, b"\x88" + write_varuint(12345) + b"\x07\x01" + NULL)
    ),
    "parent that nobody knows": lambda: _update(
        _section(9, 0, b"\x28\x00" + write_varuint(12345) + b"\x00" + _text("a") + b"\x01" + NULL)
    ),
    "deletion of another client's future": lambda: (
        b"\x00\x01\x07\x01" + write_varuint(1_000) + write_varuint(1_000)
    ),
    "20,000 unknown clients": lambda: _update(
        *(_section(100 + i, 3, _type("elements", f"k{i}", 1)) for i in range(20_000))
    ),
}
"""Updates with a gap: they must be answered with a step 1 and leave nothing pending."""

STATE_VECTORS: dict[str, bytes] = {
    "50 million clients": write_varuint(50_000_000),
    "200 million clients": write_varuint(200_000_000),
    "cut off": b"\x02\x01\x01",
    "bytes after the end": b"\x00\x00",
    "an endless number": b"\xff" * 100_000,
}
"""State vectors made to reserve memory or time, which even a viewer can send."""


def author_of(element_id: str) -> bytes:
    """A valid update that makes one element: hostile only from people who may not edit."""
    return _update(_section(424242, 0, _type("elements", element_id, 1)))


def value_in(parent_client: int, parent_clock: int, key: str, *, client: int) -> bytes:
    """A plain value under the item with the given id."""
    return _update(_section(client, 0, _value_in(parent_client, parent_clock, key)))


def successor(of_client: int, of_clock: int, *, client: int, clock: int) -> bytes:
    """A write that follows on another."""
    return _update(_section(client, clock, _after(of_client, of_clock)))


def many_clients(count: int) -> bytes:
    """One value by each of many clients."""
    return _update(*(_section(100 + n, 0, _set("meta", f"k{n}", NULL)) for n in range(count)))


def element_and_value_in_it(client: int) -> bytes:
    """Three structs of one client: the second, where others know a value, is called an element."""
    structs = (
        _type("elements", "e", 1),
        _type("elements", "lie", 1),
        _value_in(client, 1, "x"),
    )
    return _update(_section(client, 0, *structs))


def junk_of(client: int, clock: int, count: int) -> bytes:
    """A valid update of some values under a client id: hostile under that of another person."""
    return _update(
        _section(client, clock, *(_set("meta", f"junk{index}", NULL) for index in range(count)))
    )
