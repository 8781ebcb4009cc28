"""The DeepL adapter against a real local server: the protocol, and each fault by its own code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.deepl_server import KEY, DeepLServer, deepl_server
from tongxi.translation import deepl
from tongxi.translation.deepl import FREE_URL, URL, DeepL, address_for
from tongxi.translation.protocol import FailureCode, TranslationFailed


@asynccontextmanager
async def asked(key: str = KEY, *, seconds: float = 5) -> AsyncIterator[tuple[DeepLServer, DeepL]]:
    async with deepl_server() as server:
        engine = DeepL(server.url, key, is_inside=True, seconds=seconds)
        try:
            yield server, engine
        finally:
            await engine.close()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepl, "PAUSE_SECONDS", 0)


async def test_a_text_with_places_goes_there_and_back() -> None:
    async with asked() as (server, engine):
        made = await engine.translate("a < b & ⟦1⟧", source="en", target="zh", context="before")
        assert made.text == "[ZH-HANS] a < b & ⟦1⟧"
        (sent,) = server.http.asked
        assert sent.path == "/v2/translate"
        assert sent.json()["text"] == ['a &lt; b &amp; <x id="1"/>']
        assert sent.json()["source_lang"] == "EN"
        assert sent.json()["context"] == "before"


@pytest.mark.parametrize(("target", "code"), [("zh-Hant", "ZH-HANT"), ("en", "EN-US"), ("ja", "JA")])
async def test_target_codes(target: str, code: str) -> None:
    async with asked() as (server, engine):
        await engine.translate("hello", source="", target=target)
        assert server.http.asked[0].json()["target_lang"] == code
        assert "source_lang" not in server.http.asked[0].json()


@pytest.mark.parametrize(
    ("fault", "code", "requests"),
    [
        (403, FailureCode.KEY, 1),
        (413, FailureCode.TOO_LONG, 1),
        (429, FailureCode.BUSY, 2),
        (456, FailureCode.QUOTA, 1),
        (500, FailureCode.UNAVAILABLE, 2),
        (529, FailureCode.BUSY, 2),
        (400, FailureCode.BAD_ANSWER, 1),
        ("junk", FailureCode.BAD_ANSWER, 1),
    ],
)
async def test_each_fault_has_its_code(fault: int | str, code: FailureCode, requests: int) -> None:
    async with asked() as (server, engine):
        server.faults = [fault, fault]
        with pytest.raises(TranslationFailed) as caught:
            await engine.translate("hello", source="en", target="zh")
        assert caught.value.code is code
        assert len(server.http.asked) == requests


async def test_one_hiccup_is_not_noticed() -> None:
    async with asked() as (server, engine):
        server.faults = [503]
        assert (await engine.translate("hello", source="en", target="zh")).text == "[ZH-HANS] hello"


async def test_silence_is_a_timeout() -> None:
    async with asked(seconds=0.2) as (server, engine):
        server.faults = ["hang"]
        with pytest.raises(TranslationFailed) as caught:
            await engine.translate("hello", source="en", target="zh")
        assert caught.value.code is FailureCode.TIMEOUT


async def test_a_wrong_key_is_said_to_be_wrong() -> None:
    async with asked("wrong") as (_, engine):
        with pytest.raises(TranslationFailed) as caught:
            await engine.translate("hello", source="en", target="zh")
        assert caught.value.code is FailureCode.KEY


async def test_an_address_inside_is_not_reached_unless_allowed() -> None:
    async with deepl_server() as server:
        engine = DeepL(server.url, KEY)
        with pytest.raises(TranslationFailed) as caught:
            await engine.translate("hello", source="en", target="zh")
        await engine.close()
        assert caught.value.code is FailureCode.ADDRESS
        assert server.http.asked == []


async def test_a_text_too_long_is_not_sent() -> None:
    async with asked() as (server, engine):
        with pytest.raises(TranslationFailed) as caught:
            await engine.translate("啊" * 60_000, source="zh", target="en")
        assert caught.value.code is FailureCode.TOO_LONG
        assert server.http.asked == []


def test_the_kind_of_key_decides_the_address() -> None:
    assert address_for("", "a:fx") == FREE_URL
    assert address_for("", "a") == URL
    assert address_for("https://proxy.example/", "a") == "https://proxy.example"
