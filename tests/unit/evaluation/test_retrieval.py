"""`tongxi eval --kind retrieval` answers with the product's own search."""

from tongxi.evaluation.retrieval import predict

CORPUS = [
    {"id": "refund_time", "title": "退款多久到账？", "text": "审核通过后原路退回，银行卡3-7个工作日。"},
    {"id": "invoice", "title": "如何开发票？", "text": "在发票中心申请电子发票。"},
    {"id": "hours", "title": "What are your support hours?", "text": "Agents 9:00-21:00."},
]


def test_each_question_gets_a_ranking_a_score_and_a_verdict() -> None:
    rows = list(predict(CORPUS, [{"id": "a", "text": "退款多久到账"}, {"id": "b", "text": "帮我写首诗", "lang": "zh"}]))
    assert rows[0]["ranked"][0] == "refund_time"
    assert (rows[0]["abstain"], rows[1]["abstain"]) == (False, True)
    assert 0 <= rows[1]["score"] < rows[0]["score"] <= 1


def test_language_versions_share_an_id() -> None:
    twin = {"id": "invoice", "title": "How do I get an invoice?", "text": "Ask in the invoice centre.", "lang": "en"}
    ranked = next(predict([*CORPUS, twin], [{"id": 1, "text": "invoice please"}]))["ranked"]
    assert ranked.count("invoice") == 1
    assert ranked[0] == "invoice"


def test_passages_without_titles_and_in_traditional_script_are_found() -> None:
    corpus = [
        {"id": "p1", "text": "尤金袋鼠分佈在澳洲南部的島嶼。"},
        {"id": "p2", "text": "泡泡戰士是一款射擊遊戲。"},
        {"id": "p3", "text": ""},
    ]
    assert next(predict(corpus, [{"id": 1, "text": "尤金袋鼠分布在哪里"}]))["ranked"][0] == "p1"


def test_an_empty_question_finds_nothing() -> None:
    assert list(predict(CORPUS, [{"id": 1, "text": ""}])) == [{"id": 1, "ranked": [], "score": 0.0, "abstain": True}]


def test_an_empty_corpus_is_no_error() -> None:
    assert next(predict([], [{"id": 1, "text": "退款"}]))["ranked"] == []
