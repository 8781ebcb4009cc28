"""`tongxi serve` as a process: it answers, and leaves nothing behind however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

START_SECONDS = 60


def start(data: Path) -> subprocess.Popen[bytes]:
    """Start the server on the embedded database; give it once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TONGXI_")}
    environment |= {"TONGXI_DATA": str(data), "TONGXI_PORT": str(port)}
    server = subprocess.Popen([sys.executable, "-m", "tongxi.cli", "serve"], env=environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/api/v1/auth/status", server)
    except BaseException:
        server.kill()
        server.wait()
        raise
    return server


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return once the server answers there."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx2.get(url, timeout=5).raise_for_status()
        except httpx2.TransportError:
            assert server.poll() is None, f"the server ended with {server.returncode}"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)
        else:
            return


def processes_on(data: Path) -> list[int]:
    """Processes that name the data folder in their command line."""
    needle, found = os.fsencode(data), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if needle in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_nothing_is_left_however_the_server_ends(data: Path, how: signal.Signals) -> None:
    server = start(data)
    assert processes_on(data)
    server.send_signal(how)
    server.wait(30)
    end = time.monotonic() + (20 if how == signal.SIGKILL else 0)  # a good end has waited for the database itself
    while processes_on(data) and time.monotonic() < end:
        time.sleep(0.05)
    assert processes_on(data) == []


def refusal(command: str, data: Path, port: int = 0) -> str:
    """The one line in which a start is refused."""
    environment = os.environ | {"TONGXI_DATA": str(data), "TONGXI_PORT": str(port)}
    environment.pop("TONGXI_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tongxi.cli", command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert not done.stdout, "no addresses and logins of what does not run"
    return line


def test_a_second_server_on_one_folder_is_refused_in_one_line(data: Path) -> None:
    server = start(data)
    try:
        assert f"process {server.pid} uses the data folder" in refusal("serve", data)
    finally:
        server.terminate()
        server.wait(30)


def test_a_taken_port_is_told_before_anything_is_made(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"127.0.0.1:{port}: address already in use" in refusal("demo", data, port)


def test_a_data_folder_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert "set TONGXI_DATA to a folder of your own" in refusal("serve", file)
