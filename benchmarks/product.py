"""The product as a process of its own, with its own data folder: start, set up over its API, watch, kill."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx2

ROOT = Path(__file__).parents[1]
TICK = os.sysconf("SC_CLK_TCK")
EMAIL, PASSWORD = "owner@bench.example", secrets.token_urlsafe(16)
UNLIMITED = {
    "TONGXI_LOG_LEVEL": "WARNING",
    "TONGXI_RATE_LIMIT_FACTOR": "1000000",
}
"""Documented settings that let one address be thousands of visitors."""
UNCOMPILED = "PYTHONDONTWRITEBYTECODE"
"""Where it is set, every start would compile all of the source anew; an installed product has it compiled."""


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def allow_many_sockets() -> None:
    """Raise the soft limit of open files to the hard one, for us and what we start."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@dataclass
class Product:
    """`tongxi serve` on 127.0.0.1, in a data folder of its own."""

    data: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    command: Sequence[str] = (sys.executable, "-m", "tongxi.cli", "serve")
    """Another one may plant a fault first."""
    process: subprocess.Popen[bytes] | None = None
    _log: IO[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    # ── life ────────────────────────────────────────────────────────────────────────────────────
    def start(self, timeout: float = 60) -> float:
        """Start and wait until it answers; the seconds that took. Raises: `RuntimeError` with the end of its log."""
        self.data.mkdir(parents=True, exist_ok=True)
        begin = time.perf_counter()
        self.launch()
        self.wait_ready(timeout)
        return time.perf_counter() - begin

    def launch(self) -> None:
        """Start without waiting."""
        assert self.process is None or self.process.poll() is not None, "it is running"
        own = {"TONGXI_DATA": str(self.data), "TONGXI_PORT": str(self.port), "TONGXI_HOST": "127.0.0.1"}
        if self._log is None:
            self._log = self.log.open("ab")
        self.process = subprocess.Popen(
            list(self.command),
            env={key: value for key, value in os.environ.items() if key != UNCOMPILED}
            | UNLIMITED
            | self.environment
            | own,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            cwd=ROOT,
            start_new_session=True,  # a Ctrl-C at the bench is ours to act on
        )

    def wait_ready(self, timeout: float = 60) -> None:
        """Wait until it answers. Raises: `RuntimeError` with the end of its log."""
        assert self.process is not None
        until = time.perf_counter() + timeout
        with httpx2.Client(trust_env=False, timeout=5) as client:
            while time.perf_counter() < until and self.process.poll() is None:
                with contextlib.suppress(httpx2.TransportError):
                    if client.get(f"{self.url}/api/v1/auth/status").is_success:
                        return
                time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"the product does not answer; its log ends:\n{self.said()[-3000:]}")

    def kill(self) -> None:
        """kill -9, without a warning."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to stop, as Ctrl-C does."""
        self._end(signal.SIGTERM)

    def said(self) -> str:
        """Everything it printed."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    # ── what it costs ───────────────────────────────────────────────────────────────────────────
    def rss(self) -> int:
        """Resident memory of the server process, without the database, in bytes."""
        assert self.process is not None
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", text)
        assert found, "no VmRSS in /proc"
        return int(found[1]) * 1024

    def cpu_seconds(self) -> float:
        """CPU time the server process has used, without the database."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK
