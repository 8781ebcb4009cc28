"""Where a message with several requests is cut."""

import pytest

from tongxi.intents.splitting import MAX_PARTS, parts


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("我要退款", ["我要退款"]),
        ("帮我改地址，另外给我开发票", ["帮我改地址", "给我开发票"]),
        ("Where is my order? I also need an invoice.", ["Where is my order", "need an invoice."]),
        ("cancel my order and send me the invoice", ["cancel my order", "send me the invoice"]),
        ("你好，我要退货", ["我要退货"]),
        ("", []),
        ("！！！", []),
    ],
)
def test_a_message_is_cut_between_requests(text: str, pieces: list[str]) -> None:
    assert parts(text) == pieces


def test_a_letter_is_not_read_to_the_end() -> None:
    assert len(parts("。".join("我要退货" for _ in range(50)))) == MAX_PARTS
