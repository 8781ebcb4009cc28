"""DeepL, or a server that speaks its protocol. Source: DeepL API reference, `POST /v2/translate`."""

from __future__ import annotations

import asyncio
import re
from html import escape, unescape
from typing import Any, Final

import httpx2
import orjson

from tongxi.kit.egress import AddressRefused, AnswerTooLarge, Egress, read_capped
from tongxi.translation.placeholders import PLACE
from tongxi.translation.protocol import FailureCode, Translated, TranslationFailed

URL: Final = "https://api.deepl.com"
FREE_URL: Final = "https://api-free.deepl.com"
"""For keys that end with `:fx`."""
SECONDS: Final = 8.0
TRIES: Final = 2
PAUSE_SECONDS: Final = 0.3
MAX_BYTES: Final = 128 * 1024
"""Of a request, as the service has it."""
MAX_ANSWER_BYTES: Final = 512 * 1024

_TARGETS = {"zh": "ZH-HANS", "zh-Hant": "ZH-HANT", "en": "EN-US", "pt": "PT-PT"}
_PLACE_TAG = '<x id="{}"/>'
_TAG = re.compile(r"<x\s+id=[\"'](\d{1,3})[\"']\s*(?:/>|>\s*</x>)")


def address_for(url: str, key: str) -> str:
    """The address to use: the one set, else the one that belongs to the key."""
    return url.rstrip("/") or (FREE_URL if key.endswith(":fx") else URL)


class DeepL:
    """The adapter. Requests have a deadline and one retry; redirects are not followed."""

    name = "deepl"

    def __init__(self, url: str, key: str, *, is_inside: bool = False, seconds: float = SECONDS) -> None:
        """`is_inside`: the address may be a private one; any other leads out of the network or nowhere."""
        base = httpx2.URL(address_for(url, key))
        place = f"{base.host.lower()}:{base.port or (443 if base.scheme == 'https' else 80)}"
        self._egress = Egress({place} if is_inside else ())
        self._client = httpx2.AsyncClient(
            transport=self._egress.transport(),
            base_url=base,
            headers={"Authorization": f"DeepL-Auth-Key {key}", "Content-Type": "application/json"},
            timeout=httpx2.Timeout(seconds),
            follow_redirects=False,
            trust_env=False,
        )
        self._seconds = seconds

    async def translate(self, text: str, *, source: str, target: str, context: str = "") -> Translated:
        """Translate one text; `context` is free of charge there."""
        body: dict[str, Any] = {
            "text": [_to_xml(text)],
            "target_lang": _TARGETS.get(target, target.partition("-")[0].upper()),
            "tag_handling": "xml",
            "ignore_tags": ["x"],
            "preserve_formatting": True,
        }
        if source:
            body["source_lang"] = source.partition("-")[0].upper()
        if context:
            body["context"] = context[:1_000]
        content = orjson.dumps(body)
        if len(content) > MAX_BYTES:
            raise TranslationFailed(FailureCode.TOO_LONG, f"{len(content)} bytes")
        try:
            async with asyncio.timeout(self._seconds):
                return await self._with_retry(content, source)
        except TimeoutError as error:
            raise TranslationFailed(FailureCode.TIMEOUT, f"{self._seconds:g} s") from error

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
        await self._egress.close()

    async def _with_retry(self, content: bytes, source: str) -> Translated:
        for left in range(TRIES - 1, -1, -1):
            try:
                return _read(await self._post(content), source)
            except TranslationFailed as error:
                if not error.is_worth_retrying or not left:
                    raise
                await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError("the loop returns or raises")

    async def _post(self, content: bytes) -> bytes:
        try:
            async with self._client.stream("POST", "/v2/translate", content=content) as response:
                answer = await read_capped(response, MAX_ANSWER_BYTES)
        except AddressRefused as error:
            raise TranslationFailed(FailureCode.ADDRESS, error.code) from error
        except AnswerTooLarge as error:
            raise TranslationFailed(FailureCode.BAD_ANSWER, "too large") from error
        except httpx2.TimeoutException as error:
            raise TranslationFailed(FailureCode.TIMEOUT, type(error).__name__) from error
        except httpx2.HTTPError as error:
            raise TranslationFailed(FailureCode.UNAVAILABLE, type(error).__name__, is_worth_retrying=True) from error
        if response.status_code != 200:
            raise _of_status(response.status_code)
        return answer


def _of_status(status: int) -> TranslationFailed:
    message = f"status {status}"
    match status:
        case 401 | 403:
            return TranslationFailed(FailureCode.KEY, message)
        case 413 | 414:
            return TranslationFailed(FailureCode.TOO_LONG, message)
        case 429 | 529:
            return TranslationFailed(FailureCode.BUSY, message, is_worth_retrying=True)
        case 456:
            return TranslationFailed(FailureCode.QUOTA, message)
        case _ if status >= 500:
            return TranslationFailed(FailureCode.UNAVAILABLE, message, is_worth_retrying=True)
        case _:
            return TranslationFailed(FailureCode.BAD_ANSWER, message)


def _read(answer: bytes, source: str) -> Translated:
    try:
        first = orjson.loads(answer)["translations"][0]
        text, detected = first["text"], first.get("detected_source_language") or source
        if not isinstance(text, str) or not isinstance(detected, str):
            raise TypeError("not text")
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError) as error:
        raise TranslationFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
    return Translated(_from_xml(text), detected.lower(), DeepL.name)


def _to_xml(text: str) -> str:
    return PLACE.sub(lambda m: _PLACE_TAG.format(m[1]), escape(text, quote=False))


def _from_xml(text: str) -> str:
    return unescape(_TAG.sub(r"⟦\1⟧", text))
