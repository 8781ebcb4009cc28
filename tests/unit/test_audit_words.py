"""Whatever the audit log can say has words on the screen, in both languages."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACTION = re.compile(r"\baction=\"([a-z_]+\.[a-z_]+)\"")
SUBJECT = re.compile(r"\bsubject=f?\"([a-z_]+)[:\"]")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_act_and_every_kind_of_subject_has_words(language: str) -> None:
    words = json.loads((ROOT / f"web/workspace/src/locales/{language}.json").read_text())
    code = "\n".join(file.read_text() for file in (ROOT / "src/tongxi").rglob("*.py"))
    actions, kinds = set(ACTION.findall(code)), set(SUBJECT.findall(code))
    assert len(actions) > 30
    assert len(kinds) > 10
    assert sorted(one for one in actions if f"audit.action.{one}" not in words) == []
    assert sorted(one for one in kinds if f"audit.kind.{one}" not in words) == []
