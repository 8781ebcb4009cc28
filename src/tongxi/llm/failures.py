"""What an HTTP answer that is not a text means: whose fault it is, and whether to ask again. Pure.

Source: the error pages of OpenAI, Anthropic, DeepSeek, DashScope and Qianfan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from tongxi.llm.protocol import FailureCode, ModelFailed

MAX_RETRY_AFTER_SECONDS = 3600.0
_WORD = re.compile(r"[\w.-]{1,60}")
_NO_CREDIT = {"insufficient_quota", "insufficient_balance", "arrearage", "billing_hard_limit_reached", "credit_balance"}
_CONTENT = {"content_filter", "data_inspection_failed", "datainspectionfailed", "responsibleaipolicyviolation"}
_BUSY = {"overloaded_error", "rate_limit_error", "rate_limit_exceeded", "api_error", "server_error"}


def of_status(status: int, headers: Mapping[str, str], body: bytes) -> ModelFailed:
    """The failure an error response stands for."""
    code, message = _error(body)
    known = code.lower()
    told: dict[str, Any] = {"detail": f"{status} {code}".strip(), "message": message, "status": status}
    if known in _NO_CREDIT or status == 402:
        return ModelFailed(FailureCode.QUOTA, **told)
    if known in _CONTENT:
        return ModelFailed(FailureCode.REFUSED, is_ill=False, **told)
    wait = retry_after(headers)
    match status:
        case 401 | 403:
            return ModelFailed(FailureCode.KEY, **told)
        case 404:
            return ModelFailed(FailureCode.NOT_FOUND, **told)
        case 408 | 409:
            return ModelFailed(FailureCode.UNAVAILABLE, is_worth_retrying=True, retry_after=wait, **told)
        case 429:
            return ModelFailed(FailureCode.RATE_LIMITED, is_worth_retrying=True, retry_after=wait, **told)
        case _ if 400 <= status < 500:  # this question: content inspection, too long, a field it does not know
            return ModelFailed(FailureCode.REFUSED, is_ill=False, **told)
        case _ if status >= 500:
            return ModelFailed(FailureCode.UNAVAILABLE, is_worth_retrying=True, retry_after=wait, **told)
        case _:  # a redirect is not followed: the key goes to nobody else
            return ModelFailed(FailureCode.UNAVAILABLE, **told)


def in_stream(error: Any) -> ModelFailed:
    """The failure an `error` object in the middle of a stream stands for."""
    code, message = _named(error)
    known = code.lower()
    if known in _NO_CREDIT:
        return ModelFailed(FailureCode.QUOTA, code, message=message)
    if known in _CONTENT:
        return ModelFailed(FailureCode.REFUSED, code, is_ill=False, message=message)
    kind = FailureCode.UNAVAILABLE if known in _BUSY else FailureCode.CUT
    return ModelFailed(kind, f"error in stream {code}".strip(), message=message)


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait; 0 when it is not said, or said as a date."""
    for name, per_second in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return min(max(0.0, float(headers[name]) / per_second), MAX_RETRY_AFTER_SECONDS)
        except (KeyError, ValueError):
            continue
    return 0.0


def _error(body: bytes) -> tuple[str, str]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "", ""
    if not isinstance(document, dict):
        return "", ""
    return _named(document.get("error", document))


def _named(error: Any) -> tuple[str, str]:
    """Code and message of an error object; the code is a plain word, safe to log."""
    if isinstance(error, str):
        return "", error[:300]
    if not isinstance(error, dict):
        return "", ""
    code = next((str(error[name]) for name in ("code", "type") if isinstance(error.get(name), str)), "")
    message = error.get("message")
    return (code if _WORD.fullmatch(code) else ""), (message[:300] if isinstance(message, str) else "")
