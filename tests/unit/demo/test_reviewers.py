"""What simulated customers ask has an entry that answers it."""

from tongxi.demo import reviewers


def test_every_question_has_its_entry_and_is_asked_once() -> None:
    titles, questions = reviewers.load()
    assert set(questions) <= set(titles)
    texts = [text for of_entry in questions.values() for text in of_entry]
    assert len(set(texts)) == len(texts) >= 200
