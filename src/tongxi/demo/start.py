"""Start the demo shop beside the product, and keep what both must know: keys and the demo password."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, SecretStr

from tongxi.kit.errors import AppError
from tongxi.settings import Settings

INBOX_KEY = "nuancang"
SHOP_NAME = "暖仓订单系统"
PASSWORD = "tongxi-demo"  # noqa: S105 - printed by `tongxi demo`, for the demo's own people only


class DemoShopFailed(AppError):
    """The demo shop did not start."""

    code = "demo_shop_failed"
    status = 503


class DemoKeys(BaseModel):
    """Made once, kept in `demo.json` of the data folder (mode 0600)."""

    model_config = ConfigDict(frozen=True)

    shop_key: str
    inbox_secret: str

    @classmethod
    def load(cls, data: Path) -> DemoKeys:
        """Read them, or make them."""
        file = data / "demo.json"
        if not file.exists():
            data.mkdir(parents=True, exist_ok=True)
            made = cls(shop_key=secrets.token_urlsafe(24), inbox_secret=secrets.token_urlsafe(36))
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(made.model_dump_json())
        return cls.model_validate_json(file.read_bytes())


@dataclass(frozen=True, slots=True)
class DemoShop:
    """The running shop."""

    url: str
    """On this machine."""
    port: int
    keys: DemoKeys

    def settings(self, settings: Settings) -> Settings:
        """The product's settings with this shop connected."""
        told = {"shop_url": self.url, "shop_key": SecretStr(self.keys.shop_key), "shop_name": SHOP_NAME}
        return settings.model_copy(update=told)


@contextmanager
def start_shop(settings: Settings, *, port: int | None = None) -> Iterator[DemoShop]:
    """Run the shop as a child process while in the block.

    `port`: the one after the product's own when left out; another free one when it is taken.
    Raises: `DemoShopFailed`.
    """
    keys = DemoKeys.load(settings.data)
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
    process = subprocess.Popen(
        [sys.executable, "-m", "tongxi.demo.shop"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is ours to handle
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(orjson.dumps(told) + b"\n")
        process.stdin.flush()
        said = process.stdout.readline().strip()
        if not said:
            raise DemoShopFailed(f"the demo shop ended with status {process.wait()}")
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
        yield DemoShop(url=f"http://{host}:{int(said)}", port=int(said), keys=keys)
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
