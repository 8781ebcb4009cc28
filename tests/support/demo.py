"""The demo as anybody starts it, `tongxi demo --quiet`: product, shop and seed, as real processes."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import psycopg

PASSWORD = "nuancang-2026"
START_SECONDS = 90


class Demo:
    """Product and shop; `url` and `shop` are their addresses."""

    def __init__(self, database_url: str | None, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.shop = ""
        self.said = ""
        """What it printed at its last start."""
        self.database_url = database_url
        self.data = data
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TONGXI_")},
            **({"TONGXI_DATABASE_URL": database_url} if database_url else {}),
            "TONGXI_DATA": str(data),
            "TONGXI_PORT": str(self.port),
            "TONGXI_LOG_LEVEL": "WARNING",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running product."""
        assert self._process is not None
        return self._process

    def start(self, *options: str) -> float:
        """Start it; return once it answers. Gives the seconds that took."""
        begin = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tongxi.cli", "demo", *(options or ("--quiet",))],
            env=self._environment,
            stdout=subprocess.PIPE,
        )
        self.said = self._listen(begin + START_SECONDS)
        found = re.search(r"Shop with the widget +(http\S+)/", self.said)
        assert found, self.said
        self.shop = found[1]
        while True:
            try:
                httpx2.get(f"{self.url}/api/v1/auth/status", timeout=5).raise_for_status()
            except httpx2.TransportError:
                assert self.process.poll() is None, f"the demo ended with {self.process.returncode}"
                assert time.monotonic() < begin + START_SECONDS, "the demo does not answer"
                time.sleep(0.05)
            else:
                return time.monotonic() - begin

    def kill(self) -> None:
        """Take it away without a word; its shop ends by itself."""
        if self._process is None:
            return
        self.process.kill()
        self.process.wait()
        self._close()

    def stop(self) -> int:
        """Ctrl-C; gives the exit status."""
        self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._close()
        return status

    def call(self, method: str, path: str, body: Any = None, *, who: str = "owner") -> Any:
        """Call the product's API as a colleague of the shop: `owner`, `zhou`, …"""
        with httpx2.Client(
            base_url=f"{self.url}/api/v1", headers={"X-Tongxi": "1", "Origin": self.url}, timeout=20
        ) as http:
            login = http.post("/auth/login", json={"email": f"{who}@nuancang.example", "password": PASSWORD})
            login.raise_for_status()
            answer = http.request(method, path, json=body)
            answer.raise_for_status()
            return answer.json() if answer.content else None

    def query(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """Look into the database, or change what only time would change."""
        assert self.database_url is not None
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    def _listen(self, until: float) -> str:
        """What it prints up to the last line of its greeting."""
        assert self.process.stdout is not None
        pipe, said = self.process.stdout.fileno(), b""
        while b"Ctrl-C" not in said:
            ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"no greeting in time: {said.decode()}"
            piece = os.read(pipe, 65536)
            assert piece, f"the demo ended: {said.decode()}"
            said += piece
        return said.decode()

    def _close(self) -> None:
        if self.process.stdout is not None:
            self.process.stdout.close()
