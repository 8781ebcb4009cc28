"""Simulated customers and reviewers bring a certificate about, over the public protocol alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.demo import Demo
from tongxi.demo import reviewers


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.anyio
async def test_a_demo_earns_its_promise(database_url: str, tmp_path: Path) -> None:
    demo = Demo(database_url, tmp_path / "data")
    try:
        demo.start()
        done = await reviewers.run(demo.url)
    finally:
        demo.kill()
    assert done.drawn <= done.asked
    assert done.labels >= 2 * done.drawn, "two people each, and planted errors"
    found = done.certificate
    if found["threshold"] is not None:
        assert found["wrong"] / found["n"] < found["bound"] <= 0.05
    ((group, wrong),) = demo.query(
        "select topic_group, count(*) filter (where verdict = 'wrong') from calibration_sample where kind = 'plan'"
        " group by topic_group"
    )
    assert group == reviewers.GROUP
    assert found["threshold"] is not None or wrong > 0, "only wrong answers stand between it and a certificate"
