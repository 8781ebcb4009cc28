"""uvicorn's HTTP with our refusal for what is no HTTP: also that is problem+json with a code."""

from __future__ import annotations

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tongxi.api.errors import Malformed
from tongxi.kit.errors import PROBLEM_JSON, problem


class Http(HttpToolsProtocol):
    """Use as `uvicorn.Config(http=Http)`."""

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be parsed, and hang up."""
        body = orjson.dumps(problem(Malformed(msg)))
        head = f"content-type: {PROBLEM_JSON}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head.encode() + body)
        self.transport.close()
