"""The demo's child processes end with whoever started them, also when that one is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tongxi.demo.start import start_shop
from tongxi.settings import Settings

_PARENT = """
import sys, time
from pathlib import Path
from tongxi.demo.start import start_shop
from tongxi.settings import Settings
with start_shop(Settings(data=Path(sys.argv[1])), port=0) as shop:
    print(shop.url, flush=True)
    time.sleep(60)
"""


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/_health", timeout=2, trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False


def wait_until_gone(url: str) -> bool:
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        if not answers(url):
            return True
        time.sleep(0.05)
    return False


def test_the_shop_runs_while_in_the_block(tmp_path: Path) -> None:
    with start_shop(Settings(data=tmp_path), port=0) as shop:
        assert answers(shop.url)
    assert wait_until_gone(shop.url)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_the_shop_does_not_outlive_a_killed_parent(tmp_path: Path, sign: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        url = parent.stdout.readline().strip()
        assert answers(url)
        os.kill(parent.pid, sign)
        parent.wait(10)
    assert wait_until_gone(url)


def test_a_taken_port_is_not_the_end(tmp_path: Path) -> None:
    with (
        start_shop(Settings(data=tmp_path / "a"), port=0) as first,
        start_shop(Settings(data=tmp_path / "b"), port=first.port) as second,
    ):
        assert second.port != first.port
        assert answers(first.url)
        assert answers(second.url)
