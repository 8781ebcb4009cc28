"""Start what belongs to the demo beside the product, and keep what they must know: keys, the demo password."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, SecretStr

from tongxi.kit.errors import AppError
from tongxi.settings import Settings

INBOX_KEY = "nuancang"
"""Inbox of the shop's pages: real visitors."""
PEOPLE_INBOX_KEY = "nuancang-people"
"""Inbox of the simulated customers."""
SHOP_NAME = "暖仓订单系统"
LOCAL_PASSWORD = "nuancang-2026"  # noqa: S105 - easy to type, and only used when nobody but this machine can reach us


class DemoShopFailed(AppError):
    """The demo shop did not start."""

    code = "demo_shop_failed"
    status = 503


def _is_local(settings: Settings) -> bool:
    """Nobody but this machine can reach us."""
    return settings.host in ("127.0.0.1", "::1", "localhost") and settings.public_url is None


class DemoKeys(BaseModel):
    """Made once, kept in `demo.json` of the data folder (mode 0600)."""

    model_config = ConfigDict(frozen=True)

    shop_key: str
    inbox_secret: str
    password: str
    """Of every demo account."""

    @classmethod
    def load(cls, settings: Settings) -> DemoKeys:
        """Read them, or make them. The password is hard to guess as soon as other machines can reach the server."""
        file = settings.data / "demo.json"
        is_local = _is_local(settings)
        keys = cls.model_validate_json(file.read_bytes()) if file.exists() else None
        if keys is None or (not is_local and keys.password == LOCAL_PASSWORD):
            keys = cls(
                shop_key=secrets.token_urlsafe(24),
                inbox_secret=keys.inbox_secret if keys else secrets.token_urlsafe(36),
                password=LOCAL_PASSWORD if is_local else secrets.token_urlsafe(9),
            )
            settings.data.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(keys.model_dump_json())
        return keys


@dataclass(frozen=True, slots=True)
class DemoShop:
    """The running shop."""

    url: str
    """On this machine."""
    port: int
    keys: DemoKeys
    is_local: bool = True
    """False when other machines can reach it."""

    def settings(self, settings: Settings) -> Settings:
        """The product's settings with this shop connected, and room for many customers on this machine."""
        told = {
            "shop_url": self.url,
            "shop_key": SecretStr(self.keys.shop_key),
            "shop_name": SHOP_NAME,
            "shop_actions": True,
            "rate_limit_factor": 100 * settings.rate_limit_factor,
        }
        return settings.model_copy(update=told)


@contextmanager
def start_shop(settings: Settings, *, port: int | None = None) -> Iterator[DemoShop]:
    """Run the shop as a child process while in the block.

    `port`: the one after the product's own when left out; another free one when it is taken.
    Raises: `DemoShopFailed`.
    """
    keys = DemoKeys.load(settings)
    told = {
        "host": settings.host,
        "port": settings.port + 1 if port is None else port,
        "database": str((settings.data / "demo-shop.sqlite").absolute()),
        "key": keys.shop_key,
        "inbox": INBOX_KEY,
        "secret": keys.inbox_secret,
        "desk_port": settings.port,
        "desk_url": settings.public_url,
    }
    with _child("tongxi.demo.shop", told) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        if not said:
            raise DemoShopFailed(f"the demo shop ended with status {process.wait()}")
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
        yield DemoShop(url=f"http://{host}:{int(said)}", port=int(said), keys=keys, is_local=_is_local(settings))


@contextmanager
def start_people(settings: Settings, shop: DemoShop) -> Iterator[None]:
    """Run the simulated customers and agents as a child process while in the block; they wait for the server."""
    told = {"url": settings.local_url, "shop_url": shop.url} | shop.keys.model_dump()
    with _child("tongxi.demo.people", told):
        yield


@contextmanager
def _child(module: str, told: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module that reads `told` from its standard input and ends when that closes, however we end."""
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is ours to handle
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(orjson.dumps(told) + b"\n")
        process.stdin.flush()
        yield process
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
