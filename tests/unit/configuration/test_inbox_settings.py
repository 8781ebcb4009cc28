"""What an inbox may be set to."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from tongxi.configuration import InboxSettings
from tongxi.configuration.colour import contrast
from tongxi.configuration.origins import matches, normal_origin
from tongxi.configuration.store import changed
from tongxi.kit.errors import Invalid

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_a_brand_colour_has_to_carry_white_text() -> None:
    assert InboxSettings(brand_color="#1d5fc4").brand_color == "#1D5FC4"
    with pytest.raises(ValidationError, match=r"4\.5:1"):
        InboxSettings(brand_color="#777777")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Shop.example", "https://shop.example"), ("https://shop.example:443/", "https://shop.example"),
        ("http://localhost:3000", "http://localhost:3000"), ("https://*.shop.example", "https://*.shop.example"),
        ("http://[::1]:8080", "http://[::1]:8080"), ("*", "*"),
    ],
)  # fmt: skip
def test_origins_are_kept_as_browsers_send_them(typed: str, kept: str) -> None:
    assert normal_origin(typed) == kept


def test_a_name_in_chinese_is_kept_as_browsers_encode_it() -> None:
    assert normal_origin("https://例子.example") == "https://xn--fsqu00a.example"


@pytest.mark.parametrize(
    "wrong",
    [
        "", "shop.example", "ftp://shop.example", "https://", "https://shop.example/a", "https://shop.example?x",
        "https://u@shop.example", "https://*", "https://a.*.example", "https://*shop.example", "null", "file://",
        "https://shop.example:99999", "https://shop.example; script-src *", "https://a b", "https://shop.example#x",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        normal_origin(wrong)


def test_an_origin_matches_exactly_or_below_a_wildcard() -> None:
    allowed = ["https://shop.example", "https://*.zh.example"]
    for origin in ("https://shop.example", "https://a.zh.example", "https://a.b.zh.example"):
        assert matches(origin, allowed)
    for origin in (
        "http://shop.example", "https://shop.example:8443", "https://zh.example", "https://evilzh.example",
        "https://a.zh.example.evil", "https://evil.example/.zh.example", "null", "", "https://.zh.example",
    ):  # fmt: skip
        assert not matches(origin, allowed)
    assert matches("https://anything.example", ["*"])


def test_the_widget_is_told_in_its_language() -> None:
    settings = InboxSettings.model_validate(
        {
            "persona": {"name": {"zh": "小林", "en": "Lin"}},
            "guided_questions": [{"id": "order", "label": {"zh": "查订单"}, "text": {"zh": "我的订单到哪了？"}}],
            "locales": ["zh", "en", "zh"],
        }
    )
    shown = settings.shown("zh-Hant", NOW)
    assert shown["persona"] == {"name": "小林", "avatar": None}
    assert shown["guided_questions"] == [{"id": "order", "label": "查订单", "text": "我的订单到哪了？"}]
    assert shown["hours"] == {"open": True, "opens_at": None}
    assert shown["locales"] == ["zh", "en"]
    assert settings.shown("en-GB", NOW)["persona"]["name"] == "Lin"
    assert settings.shown("en", NOW)["guided_questions"][0]["label"] == "查订单"
    assert (settings.locale_for("en_US"), settings.locale_for("fr"), settings.locale_for(None)) == ("en", "zh", "zh")


def test_reading_ignores_what_a_later_version_wrote_saving_does_not() -> None:
    stored = {"idle_minutes": 5, "from_the_future": True}
    assert InboxSettings.model_validate(stored).idle_minutes == 5
    with pytest.raises(Invalid) as refused:
        changed(InboxSettings(), {"from_the_future": True}, loc=("body", "settings"))
    assert refused.value.fields["errors"][0]["loc"] == ["body", "settings", "from_the_future"]
    assert changed(InboxSettings(idle_minutes=5), {"rating_enabled": False}).idle_minutes == 5
