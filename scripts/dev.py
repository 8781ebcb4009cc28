"""What `make` does: set up the checkout and run things in it. Needs Python 3.11 or newer and nothing else.

Everything is put into the checkout: `.venv/` from the hashed lock files, `web/node_modules/` and the built front end
with the Node that comes as a Python package. A step whose inputs did not change is skipped.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:  # an old `python3` may stand beside a newer one
    for minor in range(19, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer and subprocess.call([newer, "-c", ""], stderr=subprocess.DEVNULL) == 0:  # pyenv leaves empty shells
            os.execv(newer, [newer, *sys.argv])
    sys.exit("Tongxi needs Python 3.11 or newer; this is Python {}.{}".format(*sys.version_info))

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import frontend

ROOT = frontend.ROOT
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"

Args = Sequence[str]


# ── commands ──


def help_(args: Args) -> None:  # noqa: ARG001
    """List the commands."""
    print("Usage: make COMMAND [ARGS='…']        without make: python3 scripts/dev.py COMMAND …\n")
    for name, command in COMMANDS.items():
        print(f"  {name:<9} {(command.__doc__ or '').splitlines()[0]}")


def demo(args: Args) -> None:
    """Start the product with the demo shop, on http://127.0.0.1:8000 (TONGXI_PORT)."""
    set_up()
    build_front_end()
    become(BIN / "tongxi", "demo", *args)


def serve(args: Args) -> None:
    """Start the product without demo content."""
    set_up()
    build_front_end()
    become(BIN / "tongxi", "serve", *args)


def dev(args: Args) -> None:
    """Start server and front end for development; both reload when a source changes."""
    set_up(dev=True)
    build_front_end()
    run(PYTHON, "scripts/frontend.py", "install")
    port = os.environ.get("TONGXI_PORT", "8000")
    environment = {**frontend_environment(), "TONGXI_ENVIRONMENT": "development"}
    environment["TONGXI_BACKEND"] = f"http://127.0.0.1:{port}"
    npm = [*frontend_command(), "run", "dev"]
    started = [
        subprocess.Popen([BIN / "tongxi", "serve", "--reload", *args], cwd=ROOT, env=environment),
        subprocess.Popen(npm, cwd=ROOT / "web", env=environment),
    ]
    try:
        while all(process.poll() is None for process in started):
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def test(args: Args) -> None:
    """Run all tests, browser journeys and those of the front end included."""
    set_up(dev=True)
    build_front_end()
    if not args:
        run(PYTHON, "scripts/frontend.py", "install")
        done = subprocess.run(
            [*frontend_command(), "run", "--silent", "test"], cwd=ROOT / "web", env=frontend_environment(), check=False
        )
        if done.returncode:
            sys.exit(done.returncode)
    become(BIN / "pytest", "-n", workers(), "--dist", "loadgroup", *args)


def browser(args: Args) -> None:
    """Run the browser journeys only."""
    set_up(dev=True)
    build_front_end()
    become(BIN / "pytest", "tests/browser", *args)


def check(args: Args) -> None:  # noqa: ARG001
    """Run all static checks and the quick tests."""
    set_up(dev=True)
    run(PYTHON, "scripts/frontend.py", "install")
    npm = frontend_command()
    quick = [path for path in ("tests/unit", "tests/contracts") if (ROOT / path).exists()]
    steps: dict[str, list[str | Path]] = {
        "types": [BIN / "mypy"],
        "front-end types": [*npm, "run", "--silent", "typecheck"],
        "style": [BIN / "ruff", "check", "--quiet"],
        "format": [BIN / "ruff", "format", "--check", "--quiet"],
        "imports": [BIN / "lint-imports", "--no-logo"],
        "front-end style": [*npm, "run", "--silent", "lint"],
        "front-end tests": [*npm, "run", "--silent", "test"],
        "quick tests": [BIN / "pytest", "-q", "-m", "not slow", "-n", workers(), "--dist", "loadgroup", *quick],
    }
    environment = {**frontend_environment(), "NO_COLOR": "1"}

    def take(name: str) -> bool:
        start = time.monotonic()
        folder = ROOT / "web" if name.startswith("front-end") else ROOT
        done = subprocess.run(
            steps[name], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False,
        )  # fmt: skip
        said = f"\n{done.stdout.strip()}\n" if done.returncode else ""
        print(f"{'FAIL' if done.returncode else 'ok  '} {name:<16} {time.monotonic() - start:5.1f} s{said}", flush=True)
        return done.returncode == 0

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(take, steps))
    sys.exit(0 if all(results) else 1)


def format_(args: Args) -> None:  # noqa: ARG001
    """Format the Python sources and mend what can be mended."""
    set_up(dev=True)
    run(BIN / "ruff", "check", "--fix", "--quiet")
    run(BIN / "ruff", "format", "--quiet")


def bench(args: Args) -> None:
    """Measure the running product next to the limit of the machine."""
    set_up(dev=True)
    build_front_end()
    become(PYTHON, "-m", "benchmarks", *args)


def contract(args: Args) -> None:
    """Run the conformance suites of channels, connectors and other extension points."""
    set_up(dev=True)
    become(BIN / "pytest", "tests/contracts", *args)


def web(args: Args) -> None:  # noqa: ARG001
    """Build the front end."""
    set_up()
    build_front_end()


def setup(args: Args) -> None:  # noqa: ARG001
    """Install what development needs into the checkout."""
    set_up(dev=True)
    build_front_end()


def lock(args: Args) -> None:
    """Resolve the dependencies anew and write the lock files (needs uv)."""
    set_up(dev=True)
    if not shutil.which("uv"):
        sys.exit("make lock needs uv: pip install uv")
    common = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
              "--no-header", "--no-annotate", "--group", "build", *args, "pyproject.toml"]  # fmt: skip
    run(*common, "-o", "requirements.lock")
    run(*common, "--extra", "dev", "-c", "requirements.lock", "-o", "requirements-dev.lock")
    run(PYTHON, "scripts/frontend.py", "lock")


def clean(args: Args) -> None:  # noqa: ARG001
    """Remove what was installed and built; data stays."""
    for name in (".venv", ".cache", "src/tongxi/static", "web/node_modules", "web/dist",
                 ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"):  # fmt: skip
        shutil.rmtree(ROOT / name, ignore_errors=True)


COMMANDS: dict[str, Callable[[Args], None]] = {
    "demo": demo, "test": test, "check": check, "dev": dev, "serve": serve, "bench": bench, "contract": contract,
    "browser": browser, "web": web, "format": format_, "setup": setup, "lock": lock, "clean": clean, "help": help_,
}  # fmt: skip


# ── set-up ──


def set_up(*, dev: bool = False) -> None:
    """Bring `.venv` to the state of the lock file; what development needs only when asked for."""
    requirements = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    installed, project = VENV / ".installed", VENV / ".project"
    wanted = {name: _hash(ROOT / name) for name in ("requirements.lock", "requirements-dev.lock")}
    have = installed.read_text().split() if installed.exists() else []
    if wanted["requirements-dev.lock"] not in have and (dev or wanted["requirements.lock"] not in have):
        if not PYTHON.exists():
            make_venv()
        say("installing the Python packages (the first time takes about a minute)")
        pip("install", "--require-hashes", "-r", requirements)
        installed.write_text(
            "\n".join(value for name, value in wanted.items() if dev or name != "requirements-dev.lock")
        )
        project.unlink(missing_ok=True)
    if not project.exists() or project.read_text() != _hash(ROOT / "pyproject.toml"):
        pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT)
        project.write_text(_hash(ROOT / "pyproject.toml"))


def make_venv() -> None:
    """Make `.venv`, also where Debian keeps `ensurepip` in a package of its own."""
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    run(sys.executable, "-m", "venv", "--without-pip", VENV)
    own_pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]
    if subprocess.run(own_pip, check=False).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(f"{made.stdout}{made.stderr}\nThis Python has no pip; on Debian and Ubuntu: apt install python3-venv")


def pip(*args: str | Path) -> None:
    """Run pip in `.venv`."""
    run(PYTHON, "-m", "pip", args[0], "--quiet", "--disable-pip-version-check", "--no-input", *args[1:])


def build_front_end() -> None:
    """Build the front end if a source changed."""
    if not frontend.is_built(ROOT):
        say("building the front end")
        run(PYTHON, "scripts/frontend.py", "build")


def frontend_command() -> list[str]:
    """The words that start npm, as the Python of `.venv` finds them."""
    return _ask("print(*frontend.command(), sep='\\n')").splitlines()


def frontend_environment() -> dict[str, str]:
    """Our environment with the programs of `.venv` and its Node first."""
    node = Path(_ask("print(frontend.node().parent)").strip())
    return {**os.environ, "PATH": os.pathsep.join([str(node), str(BIN), os.environ.get("PATH", "")])}


def _ask(question: str) -> str:
    words: list[str | Path] = [PYTHON, "-c", f"import frontend; {question}"]
    done = subprocess.run(words, cwd=ROOT / "scripts", capture_output=True, text=True, check=True)
    return done.stdout


def workers() -> str:
    """Processes the tests run in: one a core, at most four."""
    return os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS") or str(max(2, min(4, os.cpu_count() or 2)))


def run(*words: str | Path) -> None:
    """Run a program in the checkout; end with its status if it fails."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def become(program: Path, *args: str) -> None:
    """Go on as another program: signals and exit status are its own."""
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name == "nt":
        run(program, *args)
    else:
        os.execv(program, [str(program), *args])


def say(text: str) -> None:
    """Tell what takes a while."""
    print(f"· {text}", flush=True)


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes() + sys.version.encode()).hexdigest()


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else "help"
    if chosen not in COMMANDS:
        sys.exit(f"no command {chosen!r}; there are: {', '.join(COMMANDS)}")
    try:
        COMMANDS[chosen](sys.argv[2:])
    except KeyboardInterrupt:
        sys.exit(130)
