"""The embedded PostgreSQL under what happens to servers: kills, second starts, odd folders."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tongxi.kit import postgres_account
from tongxi.kit.postgres import START_SECONDS, DataFolderInUse, EmbeddedPostgres, WrongPostgresVersion, running
from tongxi.kit.server import DatabaseUnreachable, postgres

OWNER = """
import sys, threading, time
from pathlib import Path
import psycopg
from tongxi.kit.postgres import EmbeddedPostgres

server = EmbeddedPostgres(Path(sys.argv[1]))
if sys.argv[2] == "thread":
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()
else:
    server.start()
with psycopg.connect(server.dsn, autocommit=True) as connection:
    connection.execute("create table if not exists kept (n int)")
    connection.execute("insert into kept values (1)")
print(server.pid, flush=True)
time.sleep(600)
"""


def start_owner(data: Path, how: str = "main") -> tuple[subprocess.Popen[str], int]:
    """Start a process that runs a server in `data` and stored a row; give it and the pid of the server."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(data), how], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    return owner, int(owner.stdout.readline())


def kill(owner: subprocess.Popen[str]) -> None:
    owner.kill()
    owner.communicate()


def rows(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        found = connection.execute("select count(*)::int from kept").fetchone()
    assert found is not None
    return int(found[0])


def ends(pid: int, seconds: float = 20) -> bool:
    """True if the process ends in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if f") Z {os.getpid()} " in Path(f"/proc/{pid}/stat").read_text():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("how", ["main", "thread"])
def test_no_server_outlives_a_killed_owner_and_its_rows_stay(data: Path, how: str) -> None:
    owner, server = start_owner(data, how)
    kill(owner)
    assert ends(server)
    with EmbeddedPostgres(data) as embedded:
        assert rows(embedded.dsn) == 1


def test_a_start_right_after_a_kill_waits_for_the_old_server(data: Path) -> None:
    owner, _ = start_owner(data)
    kill(owner)
    with EmbeddedPostgres(data) as embedded:
        assert rows(embedded.dsn) == 1


def test_a_killed_server_starts_again(data: Path) -> None:
    owner, server = start_owner(data)
    os.kill(server, signal.SIGKILL)
    kill(owner)
    with EmbeddedPostgres(data) as embedded:
        assert rows(embedded.dsn) == 1


def test_a_server_that_dies_under_its_owner_is_started_again(data: Path) -> None:
    with EmbeddedPostgres(data) as embedded:
        with psycopg.connect(embedded.dsn, autocommit=True) as connection:
            connection.execute("create table kept as select 1 as n")
        first = embedded.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert ends(first)
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                assert rows(embedded.dsn) == 1, "same address, same rows"
                break
            except psycopg.OperationalError:
                assert time.monotonic() < end
                time.sleep(0.05)
        second = embedded.pid
    assert second is not None
    assert second != first
    assert ends(second)


def test_a_second_start_on_one_folder_is_refused_and_names_the_owner(data: Path) -> None:
    owner, server = start_owner(data)
    try:
        with pytest.raises(DataFolderInUse) as refused:
            EmbeddedPostgres(data).start()
        assert refused.value.fields["pid"] == owner.pid
        assert str(owner.pid) in refused.value.detail
    finally:
        kill(owner)
        assert ends(server)


def test_a_second_command_joins_the_running_server(data: Path) -> None:
    assert running(data) is None
    owner, server = start_owner(data)
    try:
        with postgres(data, join=True) as dsn:
            assert rows(dsn) == 1
        assert running(data) is not None
    finally:
        kill(owner)
        assert ends(server)


def test_rows_survive_a_stop_and_nothing_runs_after_it(data: Path) -> None:
    with EmbeddedPostgres(data) as first:
        server = first.pid
        with psycopg.connect(first.dsn, autocommit=True) as connection:
            connection.execute("create table kept as select 1 as n")
    assert server is not None
    assert ends(server)
    with EmbeddedPostgres(data) as second:
        assert rows(second.dsn) == 1


def test_a_pid_file_that_names_another_program_is_a_leftover(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    (data / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{data / 'pg'}\n0\n5432\n{data / 'pg'}\n\n\n")
    with EmbeddedPostgres(data) as embedded:
        assert embedded.pid


def test_an_interrupted_first_start_leaves_no_half_cluster(data: Path) -> None:
    (data / "pg.new" / "base").mkdir(parents=True)
    with EmbeddedPostgres(data) as embedded:
        assert embedded.pid
    assert not (data / "pg.new").exists()


def test_a_cluster_of_another_major_version_is_refused(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    (data / "pg" / "PG_VERSION").write_text("14\n")
    with pytest.raises(WrongPostgresVersion, match="PostgreSQL 14"):
        EmbeddedPostgres(data).start()
    with pytest.raises(WrongPostgresVersion):  # the refusal gave the folder free again
        EmbeddedPostgres(data).start()


def test_a_path_too_long_for_a_socket_and_full_of_odd_characters_works(data: Path) -> None:
    odd = data / "数据 'and', \"commas\"" / ("long" * 20)
    odd.parent.mkdir(parents=True)
    with EmbeddedPostgres(odd) as embedded, psycopg.connect(embedded.dsn) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        short = connection.info.host
    assert not short.startswith(str(data))
    assert not Path(short).exists()


def test_the_server_is_durable_and_listens_on_its_socket_only(data: Path) -> None:
    with EmbeddedPostgres(data) as embedded, psycopg.connect(embedded.dsn) as connection:
        says: dict[str, str] = dict(connection.execute("select name, setting from pg_settings").fetchall())
        assert (says["fsync"], says["synchronous_commit"], says["full_page_writes"]) == ("on", "on", "on")
        assert says["listen_addresses"] == ""
        assert says["server_encoding"] == "UTF8"
        assert (data / "pg").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="concerns root")
def test_as_root_the_server_is_somebody_else_and_no_folder_of_others_changes(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_account, "STATE", data.parent / "state")
    closed = data.parent / "closed"
    closed.mkdir(mode=0o700)  # like /root: the server's account cannot pass
    modes = {path: path.stat().st_mode for path in (closed, *data.parent.parents)}
    with EmbeddedPostgres(closed / "data") as embedded:
        assert Path(f"/proc/{embedded.pid}").stat().st_uid != 0
    assert (closed / "data" / "pg").resolve().is_relative_to(data.parent / "state")
    assert {path: path.stat().st_mode for path in modes} == modes
    with EmbeddedPostgres(closed / "data") as again:
        assert again.pid


@pytest.mark.skipif(os.geteuid() != 0, reason="concerns root")
def test_as_root_programs_that_others_cannot_reach_are_copied(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_account, "STATE", data.parent / "state")
    reach = postgres_account.can_reach
    monkeypatch.setattr(
        postgres_account, "can_reach", lambda path, account: path.name != "postgres" and reach(path, account)
    )
    with EmbeddedPostgres(data) as embedded:
        program = Path(f"/proc/{embedded.pid}/exe").readlink()
    assert program.is_relative_to(data.parent / "state")


def test_a_given_server_that_does_not_answer_is_a_plain_error_without_the_password(data: Path) -> None:
    url = "postgresql://somebody:secret-word@127.0.0.1:1/none"
    with pytest.raises(DatabaseUnreachable) as failed, postgres(data, url):
        pass
    assert "secret-word" not in failed.value.detail
