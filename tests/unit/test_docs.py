"""The documentation is true where a machine can tell: links, names, commands, variables, generated parts, languages."""

import re
from pathlib import Path

import pytest

import reference
from tongxi.accounts.roles import Permission, Role, may
from tongxi.cli import COMMANDS
from tongxi.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
FOR_USERS = ("tutorial", "how-to", "reference", "explanation")
ENGLISH_ONLY = {"reference/python-client.md", "reference/search.md"}
"""For developers; the Chinese pages link to them."""
BUILD_VARIABLES = {"TONGXI_SKIP_WEB", "TONGXI_BACKEND"}

_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```", re.DOTALL)
_PATH = re.compile(
    r"`((?:src|web|tests|docs|scripts|benchmarks|examples|web|\w+)/[\w./-]+\.(?:py|tsx?|md|yaml|json|sql)|\w+\.py)`"
)
_NAME = re.compile(r"`([\w/]+\.py)` · `([\w.]+)`")


def _id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _anchors(page: Path) -> set[str]:
    """Ids that a page's headings get on GitHub."""
    heads = re.findall(r"^#+ (.+)$", _CODE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for link in _LINK.findall(_CODE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_command_and_variable_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    named = set(re.findall(r"(?:`|bin/|^)tongxi ([a-z][a-z-]+)", text, re.MULTILINE))
    assert named - set(COMMANDS) == set()
    variables = {f"TONGXI_{name.upper()}" for name in Settings.model_fields} | BUILD_VARIABLES
    assert set(re.findall(r"TONGXI_[A-Z_]+[A-Z]", text)) - variables == set()


@pytest.mark.parametrize("page", [DOCS / "reference/settings.md", DOCS / "zh/reference/settings.md"], ids=_id)
def test_every_setting_is_explained(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [name for name in Settings.model_fields if f"`TONGXI_{name.upper()}`" not in text] == []


@pytest.mark.parametrize(
    "page", sorted([*DOCS.rglob("explanation/*.md"), *DOCS.glob("decisions/*.md"), DOCS / "roadmap.md"]), ids=_id
)
def test_every_file_and_name_of_the_code_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    places = [ROOT, ROOT / "src/tongxi", ROOT / "src/tongxi/conversations"]
    lost = [path for path in _PATH.findall(text) if not any((place / path).exists() for place in places)]
    assert lost == []
    for path, name in _NAME.findall(text):
        last = re.escape(name.rpartition(".")[2])
        source = (ROOT / "src/tongxi" / path).read_text("utf-8")
        assert re.search(rf"(?:def|class) {last}\b|^{last}\b.* = ", source, re.MULTILINE), f"{path}: {name}"


@pytest.mark.parametrize("page", [DOCS / "reference/roles.md", DOCS / "zh/reference/roles.md"], ids=_id)
def test_the_table_of_roles_is_the_one_in_force(page: Path) -> None:
    rows = re.findall(r"^\| `([\w.]+)` \|(.*)", page.read_text("utf-8"), re.MULTILINE)
    written = {name: [cell.strip() == "✓" for cell in cells.split("|")[: len(Role)]] for name, cells in rows}
    assert written == {p.value: [may(role, p) for role in Role] for p in Permission}


def test_both_languages_have_the_same_pages() -> None:
    def pages(folder: Path) -> set[str]:
        return {str(page.relative_to(folder)) for kind in FOR_USERS for page in (folder / kind).glob("*.md")}

    assert pages(DOCS) - ENGLISH_ONLY == pages(DOCS / "zh")


def test_generated_parts_are_current() -> None:
    stale = [_id(page) for page, text in reference.filled() if page.read_text("utf-8") != text]
    assert stale == [], "run: python scripts/reference.py"
