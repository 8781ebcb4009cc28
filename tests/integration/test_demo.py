"""`tongxi demo` with nothing given: its own database, the printed logins, a quick second start, a clean end."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.integration.test_serve import processes_on
from tests.support.demo import Demo

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

SECOND_START_SECONDS = 10
"""Three on a machine with nothing else to do."""


def crowd() -> float:
    """Programs that want a core, for each there is; at least 1. On a busy machine all takes so many times as long."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def nothing_runs(data: Path) -> bool:
    """True once nothing works on the folder any more."""
    end = time.monotonic() + 20
    while processes_on(data):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def write(demo: Demo, text: str) -> str:
    """A visitor of the shop writes; gives his token once the message is acknowledged."""
    with httpx2.Client(base_url=f"{demo.url}/api/v1/widget", headers={"Origin": demo.shop}, timeout=20) as http:
        token: str = http.post("/session", json={"inbox": "nuancang"}).raise_for_status().json()["token"]
        sent = http.post("/messages", json={"id": "a", "text": text}, headers={"Authorization": f"Bearer {token}"})
        assert sent.status_code == 201
    return token


def said(demo: Demo, token: str) -> list[str]:
    """What this visitor has said, as the product knows it."""
    headers = {"Authorization": f"Bearer {token}", "Origin": demo.shop}
    with httpx2.Client(base_url=f"{demo.url}/api/v1/widget", headers=headers, timeout=20) as http:
        [conversation] = http.get("/conversations").raise_for_status().json()["items"]
        entries = http.get(f"/conversations/{conversation['id']}/entries").raise_for_status().json()["entries"]
    return [entry["text"] for entry in entries if entry["by"]["kind"] == "customer"]


def test_the_demo_from_nothing_to_its_end(data: Path) -> None:
    demo = Demo(None, data)
    try:
        demo.start()
        logins = re.findall(r"^ +(\S+@nuancang\.example) +(\S+) +(\w+) ", demo.said, re.MULTILINE)
        assert {role for _, _, role in logins} >= {"owner", "admin", "supervisor", "editor", "agent"}
        for email, password, role in logins:
            answer = httpx2.post(
                f"{demo.url}/api/v1/auth/login",
                json={"email": email, "password": password},
                headers={"X-Tongxi": "1", "Origin": demo.url},
                timeout=20,
            )
            assert answer.raise_for_status().json()["role"] == role
        shop = httpx2.get(f"{demo.shop}/", timeout=20).raise_for_status().text
        assert f"{demo.url}/widget.js" in shop
        token = write(demo, "第一句")
        demo.kill()
        assert nothing_runs(data), "killed, and something is left"

        assert demo.start() < SECOND_START_SECONDS * crowd()
        assert said(demo, token) == ["第一句"]
        again = write(demo, "第二句")
        assert demo.stop() == 0
        assert nothing_runs(data), "ended, and something is left"
        demo.start()
        assert said(demo, again) == ["第二句"]
    finally:
        demo.kill()
