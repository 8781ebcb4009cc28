"""What is learnt from: own texts well formed, near pairs one meaning, kept-apart phrasings left out."""

import json
from pathlib import Path

import pytest

from tongxi.encoder.corpus import is_kept_apart, labelled, starter, strangers
from tongxi.encoder.training import families, main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    def row(intent: str, n: int) -> str:
        texts = [f"{intent} 说法{i}" for i in range(n)]
        values = {
            "intent": intent, "name_zh": f"{intent}名", "name_en": f"{intent} name",
            "about_zh": "关于", "about_en": "about",
            "zh": texts, "zh_hant": [], "en": [f"{intent} saying {i}" for i in range(n)],
            "answer_zh": "第一句{slot}。第二句。", "answer_en": "Answer {slot} here.",
        }  # fmt: skip
        return json.dumps(values, ensure_ascii=False)

    path = tmp_path / "starter_corpus"
    path.mkdir()
    rows = [
        row("bulk_purchase", 40),
        row("wholesale_inquiry", 40),
        row("place_order_how", 40),
        '{"id": "sig", "text": "x"}',
    ]
    (path / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return path


def test_near_pairs_are_one_meaning_and_slots_are_gone(folder: Path) -> None:
    found = {meaning.name: meaning for meaning in starter(folder).meanings}
    assert "wholesale_inquiry" not in found
    assert any("wholesale_inquiry" in text for text in found["bulk_purchase"].zh)
    assert not any("{" in text for meaning in found.values() for text in meaning.texts())


def test_phrasings_kept_apart_are_never_learnt_from(folder: Path) -> None:
    learnt = {text for meaning in starter(folder).meanings for text in meaning.zh}
    every = [f"place_order_how 说法{i}" for i in range(40)]
    assert 0 < sum(map(is_kept_apart, every)) < 20
    assert not any(text in learnt for text in every if is_kept_apart(text))


def test_own_texts_are_pairs_of_languages() -> None:
    assert len(strangers()) > 250
    assert len(set(strangers())) == len(strangers())


def test_out_of_scope_rows_and_rare_labels_are_left_out(tmp_path: Path) -> None:
    rows = [{"text": f"t{i}", "label": label} for label, n in (("good", 5), ("oos", 9), ("rare", 3)) for i in range(n)]
    (tmp_path / "train.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [meaning.name for meaning in labelled(tmp_path / "train.jsonl").meanings] == ["good"]


def test_shares_of_all_sets_add_up_to_one(folder: Path, tmp_path: Path) -> None:
    rows = [{"text": f"t{i}", "label": str(i % 3)} for i in range(30)]
    (tmp_path / "train.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert sum(share for _, share in families([folder, tmp_path / "train.jsonl"])) == pytest.approx(1)


def test_the_command_writes_weights(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--corpus", str(folder), "--output", str(tmp_path / "w"), "--steps", "3"]) == 0
    assert (tmp_path / "w").stat().st_size > 1000
    assert "pieces" in capsys.readouterr().out
