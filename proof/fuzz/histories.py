"""Hostile editors push every limit of a board; afterwards its own clients still sync and save.

    python -m proof.fuzz.histories --count 100000 --seed 1

Each history mixes the edits of honest people with those of hostile ones, who write deletions,
client ids, garbage, values and references that no honest client would, on a board with small
budgets. Whatever is accepted is applied as a room would. Then a stock client opens the board,
repeats everything it was given, draws and deletes, and someone who was there before continues to
draw. Both must be saved, and every replica must read the same; for some histories Yjs too.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")

from pycrdt import Map

from proof.fuzz.judge import normal, run_workers, yjs_judge
from proof.fuzz.mutants import mutate
from sync.document.document import RESERVE_TIMES, Document
from sync.document.splitting import parts
from sync.document.yjs import DocumentError
from sync.rooms.limits import CLIENT_LIMITS, Followers, limits_for
from sync.tests import hostile
from sync.tests.histories import Author, random_history
from sync.wire.budgets import REPEATED_TIMES, BoardFullError, Budgets, encode_deletions
from sync.wire.frames import EMPTY_UPDATE, MalformedError, write_varuint
from sync.wire.lib0 import Limits
from sync.wire.update import parse

BUDGETS = Budgets(clients=60, clients_each=25, deletions=120)
LIMITS = replace(CLIENT_LIMITS, delete_ranges=150)
HOSTILE, HONEST, STOCK, SECOND = 666, 1, 2, 667
STEPS = 25
JUDGED = 50
"""One history in this many is also read by Yjs."""
HISTORIES_PER_PROCESS = 2_000
CHEAP = [make() for name, make in hostile.CORPUS.items() if len(make()) < 5_000]
Step = Callable[["World"], bytes]


class World:
    """A board in one process, without sockets and storage, and its attackers."""

    def __init__(self, seed: int) -> None:
        self.rnd = random.Random(seed)
        self.document = Document()
        self.accepted: list[bytes] = []
        self.counts: Counter[str] = Counter()
        self.followers: dict[int, Followers] = {}
        self.honest = Author(4_000_000_000)

    def limits(self) -> Limits:
        """The limits of a room, with small numbers."""
        limits = limits_for(self.document.most_deletions)
        repeated = max(LIMITS.delete_ranges, REPEATED_TIMES * self.document.most_deletions)
        return replace(limits, delete_ranges=repeated)

    def offer(self, update: bytes, owner: int) -> str:
        """Accepts or refuses an update, as a room would; returns the outcome."""
        try:
            outcome = self._take(update, owner)
        except BoardFullError:
            outcome = "board full"
        except MalformedError:
            outcome = "refused"
        except DocumentError:
            outcome = "refused by pycrdt"
            self.document = Document.load(self.accepted)
        self.counts[outcome] += 1
        return outcome

    def _take(self, update: bytes, owner: int) -> str:
        parsed = parse(update, self.limits(), known=self.document.clocks)
        self.followers.setdefault(owner, Followers()).count(parsed.places)
        for part, of_part in parts(update, parsed):
            taken = self.document.take(part, of_part, owner, budgets=BUDGETS)
            if taken is None:
                return "gap"
            if taken.update != EMPTY_UPDATE:
                self.document.apply(taken.update)
                self.accepted.append(taken.update)
                self.document.size_bytes += len(taken.update)
        return "taken"

    def some_id(self) -> tuple[int, int]:
        """A client that is known, and one of its clocks."""
        clocks = self.document.clocks
        client = self.rnd.choice(list(clocks)) if clocks else 7
        return client, self.rnd.randrange(max(clocks.get(client, 1), 1))


def _next_clock(world: World, client: int) -> int:
    return world.document.clocks.get(client, 0)


def _own(world: World) -> int:
    return 1000 + world.rnd.randrange(30)


def new_clients(world: World) -> bytes:
    """Many client ids, each with one piece of garbage."""
    first = world.rnd.randrange(5_000, 2**48)
    count = world.rnd.randrange(1, 20)
    return hostile._update(*(hostile._section(first + n * 7, 0, b"\x00\x01") for n in range(count)))


def garbage(world: World) -> bytes:
    """A run of deleted clocks under an own id."""
    client = _own(world)
    length = write_varuint(world.rnd.choice((1, 5, 1000)))
    return hostile._update(hostile._section(client, _next_clock(world, client), b"\x00" + length))


def values(world: World) -> bytes:
    """Plain values under keys of their own, which can be deleted one by one."""
    client = _own(world)
    start = _next_clock(world, client)
    root = world.rnd.choice(("files", "meta", "conflicts", "elements"))
    structs = (
        hostile._set(root, f"{client}.{start + n}", hostile.NULL)
        for n in range(world.rnd.randrange(1, 80))
    )
    return hostile._update(hostile._section(client, start, *structs))


def every_other(world: World) -> bytes:
    """Deletions that make as many ranges as possible."""
    client, _ = world.some_id()
    end = _next_clock(world, client)
    return encode_deletions((client, at, at + 1) for at in range(end % 2, end, 2))


def any_deletion(world: World) -> bytes:
    """Deletes something that may be an element with everything in it."""
    client, clock = world.some_id()
    return encode_deletions([(client, clock, clock + world.rnd.choice((1, 1, 3)))])


def crossed_elements(world: World) -> bytes:
    """Two elements written alternately, so that deleting one leaves holes everywhere."""
    client = _own(world)
    start = _next_clock(world, client)
    structs = [hostile._type("elements", f"x{client}.{start + n}", 1) for n in range(2)]
    for n in range(world.rnd.randrange(2, 60)):
        parent = write_varuint(client) + write_varuint(start + n % 2)
        key = hostile._text(f"k{n}")
        structs.append(b"\x28\x00" + parent + key + b"\x01" + hostile.NULL)
    return hostile._update(
        hostile._section(client, start, *structs),
        deletes=encode_deletions([(client, start, start + 1)])[1:]
        if world.rnd.random() < 0.5
        else b"\x00",
    )


def stale(world: World) -> bytes:
    """Many writes that follow the same one, each by another client."""
    origin = world.some_id()
    first = world.rnd.randrange(10_000, 2**40)
    return hostile._update(
        *(hostile._section(first + n, 0, hostile._after(*origin)) for n in range(8))
    )


def stolen(world: World) -> bytes:
    """The next write of someone else's client id."""
    client, _ = world.some_id()
    key = f"s{world.rnd.randrange(9)}"
    struct = hostile._set("elements", key, hostile.NULL)
    return hostile._update(hostile._section(client, _next_clock(world, client), struct))


def corpus(world: World) -> bytes:
    """Bytes that are known to harm some client."""
    return world.rnd.choice(CHEAP)


def mutant(world: World) -> bytes:
    """An accepted update with some bytes changed."""
    return mutate(world.rnd.choice(world.accepted), world.rnd) if world.accepted else b"\x00"


ATTACKS: list[Step] = [
    new_clients,
    garbage,
    values,
    values,
    every_other,
    every_other,
    any_deletion,
    crossed_elements,
    stale,
    stolen,
    corpus,
    mutant,
]


def play(seed: int) -> World:
    """Plays one history to its end; raises AssertionError with the broken promise."""
    world = World(seed)
    rnd = world.rnd
    world.honest.elements["first"] = Map({"type": "rectangle", "pos": [0, 0]})
    assert world.offer(world.honest.updates.pop(), HONEST) == "taken"
    others = iter(random_history(seed, steps=12))
    for _ in range(STEPS):
        if rnd.random() < 0.2:
            world.offer(next(others, EMPTY_UPDATE), HONEST)
        else:
            world.offer(rnd.choice(ATTACKS)(world), rnd.choice((HOSTILE, HOSTILE, SECOND)))
    for promise in (stock_client, somebody_from_before, replicas):
        promise(world, f"seed {seed}")
    return world


def stock_client(world: World, seed: str) -> None:
    """Opens the board as y-protocols does, repeats all of it, draws and deletes."""
    stock = Author(3_999_999_999)
    server_vector = world.document.state_vector()
    stock.doc.apply_update(world.document.diff(stock.doc.get_state()))
    assert stock.doc.get_update(server_vector)[0] == 0, f"{seed}: something is new"
    for repeated in (stock.doc.get_update(server_vector), stock.doc.get_update()):
        assert world.offer(repeated, STOCK) == "taken", f"{seed}: repeating is refused"
    stock.updates.clear()
    stock.elements["stock"] = Map({"type": "ellipse", "pos": [1, 1]})
    step2 = stock.doc.get_update(server_vector)
    outcome = world.offer(step2, STOCK)
    assert outcome == "taken", f"{seed}: a newcomer is refused: {outcome}"
    world.counts[f"stock client: {outcome}"] += 1


def somebody_from_before(world: World, seed: str) -> None:
    """Someone whose client id is known continues to draw and is saved, however full the board
    is.
    """
    honest = world.honest
    honest.doc.apply_update(world.document.diff(honest.doc.get_state()))
    honest.updates.clear()
    honest.elements["last"] = Map({"type": "diamond", "pos": [2, 2]})
    update = honest.doc.get_update(world.document.state_vector())
    assert world.offer(update, HONEST) == "taken", f"{seed}: an honest edit is refused"
    honest.updates.clear()
    del honest.elements["last"]
    outcome = world.offer(honest.updates[-1], HONEST)
    is_full = world.document.deletions.count >= RESERVE_TIMES * BUDGETS.deletions
    assert outcome == "taken" or (is_full and outcome == "board full"), f"{seed}: {outcome}"
    world.counts[f"deleting: {outcome}"] += 1


def replicas(world: World, seed: str) -> None:
    """The rows, a snapshot and the document itself read the same."""
    document = world.document
    live, again = Document.load(world.accepted), Document.load([document.diff()])
    assert live.clocks == again.clocks == document.clocks, f"{seed}: clocks"
    expected = normal(document.content())
    assert normal(live.content()) == normal(again.content()) == expected, f"{seed}: content"
    known = parse(again.diff(again.state_vector())).deletes
    assert again.deletions.count == len(known), f"{seed}: deletions are miscounted"
    assert len(document.clocks) <= RESERVE_TIMES * BUDGETS.clients, (
        f"{seed}: client ids above the budget"
    )


def work(first: int, count: int) -> Counter[str]:
    """Plays histories, shows some to Yjs; returns the counts."""
    counts: Counter[str] = Counter()
    with yjs_judge() as judge:
        for seed in range(first, first + count):
            world = play(seed)
            counts += world.counts
            counts["histories"] += 1
            if seed % JUDGED == 0:
                judge(seed, world.document, world.accepted)
                counts["histories equal in Yjs"] += 1
    return counts


if __name__ == "__main__":
    run_workers(
        "proof.fuzz.histories",
        __doc__,
        work,
        default=1_000,
        per_process=HISTORIES_PER_PROCESS,
        good="0 broken promises",
    )
