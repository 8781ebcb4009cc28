"""A language model as translator: purpose `translate`, with the operator's own order of engines and budget."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from tongxi.llm import prompt
from tongxi.llm.loading import HouseModels
from tongxi.llm.protocol import FailureCode as ModelFailure
from tongxi.llm.protocol import Message, ModelFailed
from tongxi.translation.protocol import FailureCode, Translated, TranslationFailed

SECONDS: Final = 10.0
MAX_CHARS: Final = 8_000

_CODES = {
    ModelFailure.NO_MODEL: FailureCode.NO_ENGINE,
    ModelFailure.TIMEOUT: FailureCode.TIMEOUT,
    ModelFailure.ADDRESS: FailureCode.ADDRESS,
    ModelFailure.BAD_ANSWER: FailureCode.BAD_ANSWER,
}
_NAMES = {"zh": "Simplified Chinese", "zh-Hant": "Traditional Chinese", "en": "English"}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str
    language: str = ""


class ModelTranslator:
    """The adapter; personal data is masked by `HouseModels` once more before it leaves the house."""

    name = "model"

    def __init__(self, models: HouseModels) -> None:
        self._models = models

    async def translate(self, text: str, *, source: str, target: str, context: str = "") -> Translated:
        """Translate one text."""
        if len(text) > MAX_CHARS:
            raise TranslationFailed(FailureCode.TOO_LONG, f"{len(text)} characters")
        asked = prompt.load("translate")
        data = {
            "text": text,
            "from": _NAMES.get(source, source),
            "to": _NAMES.get(target, target),
            "before": context[:1_000],
        }
        try:
            answer = await self._models.complete(
                "translate", (Message("system", asked.text),), data=data, own=frozenset({"from", "to"}), output=_Answer,
                seconds=SECONDS, prompt_version=asked.version,
            )  # fmt: skip
        except ModelFailed as error:
            raise TranslationFailed(_CODES.get(error.code, FailureCode.UNAVAILABLE), error.code) from error
        if not isinstance(answer.value, _Answer) or not answer.value.text.strip():
            raise TranslationFailed(FailureCode.BAD_ANSWER, "empty")
        return Translated(answer.value.text, answer.value.language.lower() or source, self.name)

    async def close(self) -> None:
        """Nothing of its own to let go of."""
