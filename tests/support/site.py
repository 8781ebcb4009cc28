"""A shop's web page with the widget on it, the product behind it as a process, and an agent: for browser journeys.

The page is served from `localhost`, the product from `127.0.0.1`: two origins, under the strictest policy of all.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from tongxi.client.agent import AgentClient

T = TypeVar("T")

EMAIL, PASSWORD, NAME = "zhou@shop.example", "a fine long password", "周雨桐"
START_SECONDS = 60
ARTICLES = (
    (
        "zh",
        "退换货规则",
        "签收后 7 天内可以无理由退货。\n\n- 商品和附件要齐全\n- 运费由我们承担",
        ["怎么退换", "怎么退货"],
    ),
    ("en", "Returns", "You can return an item within 7 days of delivery.", ["How do I return an item?"]),
)
GUIDED = {
    "id": "returns",
    "label": {"zh": "退换货", "en": "Returns"},
    "text": {"zh": "怎么退换", "en": "How do I return an item?"},
}
SCRIPT = """
document.getElementById("go").addEventListener("click", () => {
  history.pushState({}, "", "/kettle");
  document.title = "电热水壶";
});
document.addEventListener("keydown", (event) => {
  document.body.dataset.keys = (document.body.dataset.keys ?? "") + event.key;
});
"""


class Site:
    """The product, running; the shop's page; an agent at the desk when asked for."""

    def __init__(self, database_url: str, data: Path) -> None:
        # The page's server first: the port found free next must not become its own.
        self._pages = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._pages.serve_forever, daemon=True).start()
        self.shop = f"http://localhost:{self._pages.server_port}"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.inbox = ""
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TONGXI_")},
            "TONGXI_DATABASE_URL": database_url,
            "TONGXI_DATA": str(data),
            "TONGXI_PORT": str(self.port),
            "TONGXI_RATE_LIMIT_FACTOR": "100",
            "TONGXI_LOG_LEVEL": "WARNING",
        }
        self._server: subprocess.Popen[bytes] | None = None
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    # ── the product ──

    def start(self) -> None:
        """Start it; return once it answers."""
        self._server = subprocess.Popen([sys.executable, "-m", "tongxi.cli", "serve"], env=self._environment)
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx2.get(f"{self.url}/api/v1/auth/status", timeout=5).raise_for_status()
            except httpx2.TransportError:
                assert self._server.poll() is None, f"the server ended with {self._server.returncode}"
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """Take it away without a word."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()

    def fill(self) -> None:
        """Make an owner, an inbox and two articles."""
        subprocess.run(
            [sys.executable, "-m", "tongxi.cli", "create-owner", EMAIL, NAME],
            env=self._environment, input=f"{PASSWORD}\n".encode(), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        self.call("POST", "/queues", {"name": "售后", "is_default": True})
        settings = {"allowed_origins": [self.shop], "guided_questions": [GUIDED]}
        inbox = self.call("POST", "/inboxes", {"name": "暖仓生活", "settings": settings})
        self.inbox = inbox["key"]
        for language, title, body, questions in ARTICLES:
            made = self.call(
                "POST", "/articles", {"language": language, "title": title, "body": body, "questions": questions}
            )
            self.call("POST", f"/articles/{made['id']}/publish", {})

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call a route of the colleagues' side as the owner."""
        headers = {"X-Tongxi": "1", "Origin": self.url}
        with httpx2.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=30) as http:
            http.post("/auth/login", json={"email": EMAIL, "password": PASSWORD}).raise_for_status()
            answer = http.request(method, path, json=body) if body is not None else http.request(method, path)
            assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
            return answer.json() if answer.content else None

    # ── people ──

    @contextmanager
    def agent(self) -> Iterator[AgentClient]:
        """The owner at his desk, connected and on duty; use it through `run`."""
        agent = AgentClient(self.url, EMAIL, PASSWORD)
        self.run(agent.open())
        try:
            self.run(agent.presence("online"))
            yield agent
            self.run(agent.presence("away"))
        finally:
            self.run(agent.close())

    def run(self, work: Coroutine[Any, Any, T], timeout: float = 30) -> T:
        """Let the agent do something; give what came of it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def held(self, agent: AgentClient) -> str:
        """The conversation the agent got, once he has it."""
        end = time.monotonic() + 15
        while not (rows := self.run(agent.conversations("mine"))):
            assert time.monotonic() < end, "the agent was given nothing"
            time.sleep(0.1)
        conversation = str(rows[0]["id"])
        self.run(agent.watch(conversation))
        return conversation

    def close(self) -> None:
        """Stop everything."""
        self.kill()
        self._pages.shutdown()
        self._pages.server_close()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                script = self.path == "/shop.js"
                attributes = self.path.partition("?")[2].replace("&", " ")
                body = SCRIPT if script else site._page(attributes, twice=self.path == "/twice")
                policy = (
                    f"default-src 'none'; script-src 'self' {site.url}; img-src 'self' {site.url}; "
                    f"connect-src {site.url} ws://127.0.0.1:{site.port}; require-trusted-types-for 'script'"
                )
                self.send_response(200)
                self.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Page

    def _page(self, attributes: str, *, twice: bool = False) -> str:
        # Two lines that block: both run before there is a body.
        lines = f'<script src="{self.url}/widget.js" data-inbox="{self.inbox}"></script>' * 2 if twice else ""
        return (
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>暖仓生活</title>{lines}</head>"
            '<body><main><h1>暖仓生活</h1><button id="go">电热水壶</button></main><script src="/shop.js"></script>'
            f'<script async src="{self.url}/widget.js" data-inbox="{self.inbox}" {attributes}></script></body></html>'
        )


@contextmanager
def furnished(database_url: str, folder: Path) -> Iterator[Site]:
    """The product as a process and the shop's page, with what `Site.fill` puts there; closed at the end."""
    made = Site(database_url, folder)
    try:
        made.start()
        made.fill()
        yield made
    finally:
        made.close()
