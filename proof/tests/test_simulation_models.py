"""The models of the simulation do what the real database, layer and threads do."""

import asyncio
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer

from proof.simulation.layer import Layer, LayerOfProcess
from proof.simulation.loops import SimulatedLoop
from proof.simulation.scheduler import Scheduler
from proof.tests.test_simulation import run
from tests.conftest import NewData, service
from tests.own_loop import run_apart
from tests.prepared import run_program
from tests.services import Service, postgres_server

FAITHFULNESS = "proof.simulation.faithfulness"
CAPACITY = 3


@pytest.fixture(scope="module")
def on_model() -> list[str]:
    """What the model answers to random calls."""
    done = run(FAITHFULNESS)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) >= 300
    for kind in (
        "compact",
        "load",
        "leave",
        "rolled_back",
        "failed_attempt",
        "claims",
        "connected",
    ):
        assert sum(line.startswith(f'["{kind}"') for line in lines) > 5, kind
    return lines


@pytest.fixture
def postgres(prepared_postgres: Path) -> Iterator[Service]:
    """One for each test."""
    with service(partial(postgres_server, prepared_postgres)) as running:
        yield running


def answers(data: Path, url: str) -> list[str]:
    lines = run_program(FAITHFULNESS, data, url).splitlines()
    return [line for line in lines if line.startswith("[")]


def test_sqlite_answers_what_the_model_does(
    on_model: list[str],
    new_data: NewData,
) -> None:
    assert answers(new_data(), "") == on_model


def test_postgresql_answers_what_the_model_does(
    on_model: list[str],
    new_data: NewData,
    postgres: Service,
) -> None:
    assert answers(new_data(with_rows=False), postgres.url) == on_model


@pytest.mark.parametrize("seed", range(5))
def test_the_layer_does_what_channels_does_in_memory(seed: int) -> None:
    run_apart(_compare_layers(seed))


async def _compare_layers(seed: int) -> None:
    layer = Layer(Scheduler(seed))
    layer.capacity = CAPACITY
    model = LayerOfProcess(layer, cast(SimulatedLoop, None))
    real = InMemoryChannelLayer(capacity=CAPACITY)
    assert await layer_answers(model, seed) == await layer_answers(real, seed)


async def layer_answers(layer: Any, seed: int) -> list[Any]:
    """What a layer says to random calls."""
    chance, found = random.Random(seed), list[Any]()
    channels = [await layer.new_channel("canvas") for _ in range(3)]
    for number in range(300):
        channel, group = chance.choice(channels), chance.choice(("a", "b"))
        match chance.randrange(6):
            case 0:
                await layer.group_add(group, channel)
            case 1:
                await layer.group_discard(group, channel)
            case 2:
                await layer.group_send(group, {"type": "one", "number": number})
            case 3:
                try:
                    await layer.send(channel, {"type": "one", "number": number})
                except ChannelFull:
                    found.append("full")
            case _:
                found.append(await received(layer, channel))
    return found


async def received(layer: Any, channel: str) -> Any:
    """The next message, or that there is none."""
    waiting = asyncio.ensure_future(layer.receive(channel))
    for _ in range(5):
        await asyncio.sleep(0)
    if waiting.done():
        return waiting.result()["number"]
    waiting.cancel()
    await asyncio.wait({waiting})
    return "nothing"
