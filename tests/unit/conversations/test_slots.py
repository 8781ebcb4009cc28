"""Known facts as the customer reads them in the queue."""

from tongxi.conversations.slots import told


def test_says_what_each_fact_is() -> None:
    slots = {"order": {"value": "NC2031"}, "order_status": {"value": "shipped"}}
    assert told(slots, "zh") == [
        {"code": "order", "label": "订单号：NC2031"},
        {"code": "order_status", "label": "订单状态：运输中"},
    ]
    assert told(slots, "en")[0]["label"] == "Order number: NC2031"


def test_keeps_a_colleagues_own_marks_inside() -> None:
    assert told({"bad_temper": {"value": "yes"}, "phone": {"value": ""}}, "en") == []
