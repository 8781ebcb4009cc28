"""The browser of the tests: `CHROMIUM_PATH`, else the system's Chromium, else one from an npm package."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import frontend

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # containers give it 64 MB
]
SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

_ROOT = Path(__file__).parents[2]
_PACKAGE = _ROOT / "tests/browser"
_UNPACK = """
import { inflate } from "@sparticuz/chromium";
for (const part of ["swiftshader.tar", "fonts.tar", "al2023.tar", "chromium"])
  await inflate(`node_modules/@sparticuz/chromium/bin/${part}.br`);
"""


def find() -> tuple[Path, dict[str, str]]:
    """Path of a Chromium and the environment to start it in; installs one into `.cache/` if there is none.

    Raises: `FileNotFoundError`, `CalledProcessError`. A journey that nobody watched is not a passed test.
    """
    if given := os.environ.get("CHROMIUM_PATH"):
        if not Path(given).exists():
            raise FileNotFoundError(f"CHROMIUM_PATH: there is no {given!r}")
        return Path(given), {}
    for name in SYSTEM:
        if found := shutil.which(name, path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/bin"):
            return Path(found), {}
    return _from_package()


def _from_package() -> tuple[Path, dict[str, str]]:
    home = _ROOT / ".cache/chromium"
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:  # several workers may ask at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        frontend.install(_PACKAGE)
        stamp, now = home / ".stamp", (_PACKAGE / "package-lock.json").read_bytes()
        if not stamp.exists() or stamp.read_bytes() != now:
            for old in home.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
                elif old.name != ".lock":
                    old.unlink()
            subprocess.run(
                [frontend.node(), "--input-type=module", "-e", _UNPACK],
                cwd=_PACKAGE,
                env={**os.environ, "TMPDIR": str(home)},
                check=True,
            )
            stamp.write_bytes(now)
    program = home / "chromium"
    needs = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
    libraries = {"LD_LIBRARY_PATH": str(home / "al2023/lib")} if "not found" in needs else {}
    return program, libraries
