"""How bytes are changed: a few of them, or by cutting, repeating and joining."""

import random


def mutate(update: bytes, rnd: random.Random) -> bytes:
    """Changes a few bytes, or cuts, repeats or inserts some; what is left is not empty."""
    data = bytearray(update)
    for _ in range(rnd.randrange(1, 4)):
        if not data:
            return b"\x00"
        at = rnd.randrange(len(data))
        kind = rnd.randrange(6)
        if kind == 0:
            data[at] ^= 1 << rnd.randrange(8)
        elif kind == 1:
            data[at] = rnd.choice((0, 1, 127, 128, 255))
        elif kind == 2:
            del data[at : at + rnd.randrange(1, 4)]
        elif kind == 3:
            data[at:at] = data[at : at + rnd.randrange(1, 8)]
        else:
            data[at] = rnd.randrange(256)
    return bytes(data) or b"\x00"


def crossed(one: bytes, other: bytes, rnd: random.Random) -> bytes:
    """The beginning of one input and the end of another."""
    return one[: rnd.randrange(len(one) + 1)] + other[rnd.randrange(len(other) + 1) :]
