"""Processes of the embedded PostgreSQL: ends with its owner, and what an owner that was killed left behind."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tongxi.kit.errors import AppError

SOCKET = ".s.PGSQL.5432"
LINUX: bool = sys.platform == "linux"


class PostgresFailed(AppError):
    """The embedded PostgreSQL did not start."""

    code = "postgres_failed"
    status = 503


def die_with_parent() -> Callable[[], None]:
    """Make the function that asks the kernel, in the child, for a fast shutdown when the parent thread ends."""
    prctl, parent, set_parent_death_signal = ctypes.CDLL(None).prctl, os.getpid(), 1

    def ask() -> None:
        prctl(set_parent_death_signal, signal.SIGINT)
        if os.getppid() != parent:  # it ended before we asked
            os._exit(1)

    return ask


_WATCHDOG = "import os, sys; os.read(0, 1) or os.kill(int(sys.argv[1]), 2)"


def watch(pid: int) -> subprocess.Popen[bytes]:
    """Start a helper that ends the server when this process, and with it the pipe, is gone."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _WATCHDOG, str(pid)],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_for_orphan(cluster: Path, end: float) -> None:
    """Wait for the server of an owner that was killed, pressing it harder each third of the time; we hold the lock,
    so it is nobody's.
    """
    if not (lines := pid_file(cluster)):
        return
    pid = int(lines[0])
    if not serves(pid, cluster):
        if _is_alive(pid):  # another program has the number by now, or nobody reaped it; PostgreSQL would not start
            for name in ("postmaster.pid", f"{SOCKET}.lock"):
                (cluster / name).unlink(missing_ok=True)
        return
    step = (end - time.monotonic()) / 4
    for signal_ in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        patience = time.monotonic() + step
        try:
            os.kill(pid, signal_)
            while time.monotonic() < patience:
                os.kill(pid, 0)
                if not serves(pid, cluster):
                    return
                time.sleep(0.02)
        except ProcessLookupError:
            return
    raise PostgresFailed(f"process {pid}, a PostgreSQL left over in {cluster}, does not end; stop it by hand")


def pid_file(cluster: Path) -> list[str]:
    """Lines of `postmaster.pid`: pid, folder, start, port, sockets, addresses, memory key, status; or none."""
    try:
        lines = (cluster / "postmaster.pid").read_text().split("\n")
    except (FileNotFoundError, PermissionError):
        return []
    return lines if re.fullmatch(r"\d+", lines[0]) else []


def is_ready(cluster: Path, pid: int) -> bool:
    lines = pid_file(cluster)
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def serves(pid: int, cluster: Path) -> bool:
    """True if `pid` is a live server of this cluster."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        if LINUX:
            return False
        words = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, check=False).stdout
    return os.fsencode(cluster) in words


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
