"""Simulated customers and agents on the real clock, over the public protocol alone, so that the screens live.

They are labelled in their names, write to an inbox of their own, and the agents take nobody else: a real visitor never
waits because of them.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

import orjson
import structlog
import yaml

from tongxi.client import ProtocolError
from tongxi.demo import office
from tongxi.demo.agents import DemoAgent, Words
from tongxi.demo.customers import Persona, visit
from tongxi.kit import logging

log = structlog.get_logger(__name__)

AGENTS = ("xia@nuancang.example", "noah@nuancang.example")
PAUSE_SECONDS = (10.0, 40.0)
"""Between two customers."""
FIRST_PAUSE_SECONDS = (1.5, 5.0)
FIRST = 6
"""So many come quickly, so that a newcomer need not wait for something to look at."""
AT_ONCE = 8
"""Customers talking at the same time."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Where the people go and how they prove who they are."""

    url: str
    """Of the product."""
    shop_url: str
    inbox_secret: str
    password: str


async def run_people(crowd: Crowd, *, pause: tuple[float, float] = PAUSE_SECONDS, seed: int | None = None) -> None:
    """Play until cancelled; waits for the server and survives its restarts. `pause`: seconds between customers."""
    rng = random.Random(seed)
    personas, words = load()
    async with asyncio.TaskGroup() as group:
        for email in AGENTS:
            group.create_task(_on_duty(crowd, email, words, rng))
        group.create_task(_customers(crowd, personas, pause, rng))


async def _customers(crowd: Crowd, personas: list[Persona], pause: tuple[float, float], rng: random.Random) -> None:
    """One customer after the other; who was here comes back when everybody else has been."""
    waiting = rng.sample(personas, len(personas))
    came = 0
    async with asyncio.TaskGroup() as group:
        while True:
            if len(personas) - len(waiting) < AT_ONCE:
                persona = waiting.pop(0)
                group.create_task(_one(crowd, persona, rng, on_leaving=partial(waiting.append, persona)))
                came += 1
            await asyncio.sleep(rng.uniform(*(FIRST_PAUSE_SECONDS if came < FIRST else pause)))


async def _one(crowd: Crowd, persona: Persona, rng: random.Random, on_leaving: Callable[[], None]) -> None:
    try:
        await visit(crowd.url, crowd.shop_url, crowd.inbox_secret, persona, rng)
    except (ProtocolError, OSError, TimeoutError) as error:
        log.info("demo.customer_left", reason=type(error).__name__)
    finally:
        on_leaving()


async def _on_duty(crowd: Crowd, email: str, words: Words, rng: random.Random) -> None:
    """One agent, coming back whenever the server was away."""
    while True:
        try:
            await DemoAgent(crowd.url, email, crowd.password, words, rng).work()
        except (ProtocolError, OSError, TimeoutError) as error:
            log.info("demo.agent_left", reason=type(error).__name__)
        await asyncio.sleep(rng.uniform(4, 8))


def load() -> tuple[list[Persona], Words]:
    """Customers and agents' words of `personas.yaml`."""
    told = yaml.safe_load((files("tongxi.demo") / "personas.yaml").read_text("utf-8"))
    return [Persona.model_validate(one) for one in told["personas"]], told["agents"]


def main() -> None:
    """Play until standard input, on which the configuration came, is closed."""
    told = orjson.loads(sys.stdin.buffer.readline())
    logging.configure("WARNING")
    crowd = Crowd(told["url"], told["shop_url"], told["inbox_secret"], told["password"])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_everybody(crowd))


async def _everybody(crowd: Crowd) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(run_people(crowd))
        group.create_task(office.run(crowd.url, crowd.shop_url, crowd.password, random.Random()))


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
