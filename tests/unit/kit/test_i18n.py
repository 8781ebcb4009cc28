"""What the product says: complete in both languages, with the same places."""

import re
from importlib.resources import files

import orjson
import pytest

from tongxi.kit.i18n import LANGUAGES, base, has, t

TEXTS = {one: orjson.loads((files("tongxi") / "locales" / f"{one}.json").read_bytes()) for one in LANGUAGES}
PLACE = re.compile(r"\{(\w+)\}")


def test_both_languages_have_the_same_keys() -> None:
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()


def test_both_languages_fill_the_same_places() -> None:
    different = [k for k in TEXTS["zh"] if set(PLACE.findall(TEXTS["zh"][k])) != set(PLACE.findall(TEXTS["en"][k]))]
    assert different == []


@pytest.mark.parametrize(("locale", "language"), [("zh-Hant-TW", "zh"), ("zh", "zh"), ("en-GB", "en"), ("fr", "en")])
def test_a_locale_speaks_one_of_two_languages(locale: str, language: str) -> None:
    assert base(locale) == language


def test_a_value_is_never_read_as_a_template() -> None:
    assert "{title} {0}" in t("en", "bot.ask.one", title="{title} {0}")


def test_an_unknown_key_is_an_error() -> None:
    assert not has("bot.nothing")
    with pytest.raises(KeyError):
        t("zh", "bot.nothing")
