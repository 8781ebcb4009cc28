"""Rules of the whole house: who may import whom, what lock files may hold, both languages complete."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted([*ROOT.glob("*.lock"), *ROOT.glob("web/package-lock.json"), *ROOT.glob("tests/*/package-lock.json")])
LOCALES = [ROOT / "src/tongxi/locales", ROOT / "web/widget/src/locales", ROOT / "web/workspace/src/locales"]


def test_imports_point_down() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_holds_no_addresses(lock: Path) -> None:
    """Where packages come from is the machine's business; a mirror must do."""
    found = re.findall(
        r"https?://\S+|git\+\S+|--(?:extra-)?index-url.*|--find-links.*|\"resolved\".*", lock.read_text()
    )
    assert found == []


def test_every_python_dependency_is_locked_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {_name(line) for line in project["dependencies"]}
    wanted_dev = wanted | {_name(line) for line in project["optional-dependencies"]["dev"]}
    for file, names in (("requirements.lock", wanted), ("requirements-dev.lock", wanted_dev)):
        text = (ROOT / file).read_text()
        pins = re.findall(r"^([a-z0-9._-]+)==[^\n]*((?:\\\n\s+--hash=sha256:[0-9a-f]{64}\s*)+)", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)), f"{file}: a line without version or hash"
        assert names - {name for name, _ in pins} == set(), file


@pytest.mark.parametrize("folder", LOCALES, ids=lambda path: str(path.relative_to(ROOT)))
def test_both_languages_say_everything(folder: Path) -> None:
    zh, en = (_flat(json.loads((folder / f"{language}.json").read_text())) for language in ("zh", "en"))
    assert _stems(zh) ^ _stems(en) == set()
    assert [key for texts in (zh, en) for key, text in texts.items() if not text.strip()] == []


@pytest.mark.parametrize("folder", LOCALES, ids=lambda path: str(path.relative_to(ROOT)))
def test_both_languages_fill_the_same_places(folder: Path) -> None:
    zh, en = (_flat(json.loads((folder / f"{language}.json").read_text())) for language in ("zh", "en"))
    assert {key for key in zh.keys() & en.keys() if _places(zh[key]) != _places(en[key])} == set()


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return match[0].lower().replace("_", "-").replace(".", "-")


def _flat(texts: dict[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in texts.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat


def _stems(texts: dict[str, str]) -> set[str]:
    """Keys without i18next's plural endings, which differ by language."""
    return {re.sub(r"_(zero|one|two|few|many|other)$", "", key) for key in texts}


def _places(text: str) -> set[str]:
    """Names in `{name}` or `{{name}}`."""
    plain = text.replace("{{", "{").replace("}}", "}")
    return {(name or "").split(",")[0].strip() for _, name, _, _ in Formatter().parse(plain) if name is not None}
