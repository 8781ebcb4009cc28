"""What is shown of the promise: each group with its certificate, plan, audits and alarm. For screen and command."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tongxi.calibration import bounds, drawing, queries
from tongxi.calibration.agreement import missed, true_bound
from tongxi.calibration.bounds import Count
from tongxi.calibration.monitor import audits_until_alarm
from tongxi.calibration.plan import GRID, WRITE, is_write, needed, tested, wrong_budget
from tongxi.calibration.service import AUDIT_RATE
from tongxi.calibration.standing import Calibration
from tongxi.kit.db import Transaction

ALPHAS = (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.10)
"""Promises to choose from."""


async def groups(tx: Transaction, calibration: Calibration, *, at: datetime) -> list[dict[str, Any]]:
    """Every group, alphabetically: where it stands and why."""
    plans = {row["topic_group"]: row for row in await queries.progress(tx)}
    certificates = {row["topic_group"]: row for row in await queries.certificates(tx)}
    a_day = await queries.answers_a_day(tx, at)
    names = sorted({*calibration.groups(), *plans, *certificates})
    standings = [calibration.standing(name) for name in names]
    promised = {(standing.alpha, standing.delta) for standing in standings}
    for alpha, delta in promised:  # simulated once and remembered; not on the event loop
        await asyncio.to_thread(_until_alarm, alpha, delta)
    return [_group(calibration, name, plans.get(name), certificates.get(name), a_day.get(name, 0.0)) for name in names]


async def group(tx: Transaction, calibration: Calibration, name: str, *, at: datetime) -> dict[str, Any] | None:
    """One group with its curve, alarms and what could be promised; None when there is none of that name."""
    found = next((one for one in await groups(tx, calibration, at=at) if one["group"] == name), None)
    if found is None:
        return None
    certificate = next((row for row in await queries.certificates(tx) if row["topic_group"] == name), None)
    curve = certificate["curve"] if certificate else []
    return found | {
        "eligible": await drawing.eligible(tx, name, calibration.running, at=at),
        "curve": curve,
        "choices": choices(curve, certificate["delta"], name) if certificate else [],
        "alarms": await queries.alarms(tx, name),
        "signs": await queries.signs(tx, name, at),
    }


def choices(curve: Sequence[dict[str, Any]], delta: float, group: str = "") -> list[dict[str, Any]]:
    """What each promise would have cost in coverage on the answers audited last: a help for the next plan, no promise.

    A promise chosen after the labels were seen would not hold; the next plan fixes it before.
    """
    found = [Count(point["answered"], point["wrong"]) for point in curve]
    options = []
    for alpha in ALPHAS:
        held = bounds.passed(found, alpha, delta, tested(group)[1])
        best = curve[held[-1]] if held else None
        options.append(
            {
                "alpha": alpha,
                "coverage": best["coverage"] if best else 0.0,
                "threshold": best["threshold"] if best else None,
                "needed": needed(alpha, delta, group),
            }
        )
    return options


def _group(
    calibration: Calibration, name: str, plan: dict[str, Any] | None, row: dict[str, Any] | None, a_day: float
) -> dict[str, Any]:
    standing = calibration.standing(name)
    topic, _, language = (name, "", "") if is_write(name) else name.rpartition(".")
    alpha, delta = calibration.goal(name)
    rate = row["audit_rate"] if row else AUDIT_RATE
    until = _until_alarm(standing.alpha, standing.delta)
    return {
        "group": name,
        "topic": topic,
        "language": language,
        "flow": _flow(calibration, name) if is_write(name) else None,
        "state": standing.state,
        "threshold": standing.threshold,
        "changed": list(standing.changed),
        "goal": {"alpha": alpha, "delta": delta, "needed": needed(alpha, delta, name)},
        "labels_missing": standing.labels_missing,
        "answers_a_day": round(a_day, 2),
        "audits_until_alarm": until,
        "days_until_alarm": round(until / (a_day * rate), 1) if until and a_day > 0 and rate > 0 else None,
        "plan": _plan(plan) if plan else None,
        "certificate": _certificate(row) if row else None,
        "audits": _audits(row) if row and row["threshold"] is not None else None,
        "alarm": _alarm(row) if row and row["alarm_id"] else None,
    }


def _flow(calibration: Calibration, group: str) -> dict[str, Any]:
    """The flow whose changes a group is about."""
    name = group.removeprefix(WRITE)
    return {"name": name, "title": calibration.running.titles.get(name, {})}


def _until_alarm(alpha: float, delta: float) -> int | None:
    """Audits until a doubling of the promised risk is noticed."""
    return audits_until_alarm(alpha, delta, min(1.0, 2 * alpha))


def _plan(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "alpha": row["alpha"],
        "delta": row["delta"],
        "n": row["n"],
        "eligible": row["eligible"],
        "drawn": row["drawn"],
        "settled": row["settled"],
        "labels_missing": int(row["labels_missing"]),
        "wrong_allowed": wrong_budget(row["n"], row["alpha"], row["delta"], row["topic_group"]),
        "author": row["author"],
        "fixed_at": row["fixed_at"],
        "versions": row["versions"],
        "grid": [GRID[0], GRID[-1]],
    }


def _certificate(row: dict[str, Any]) -> dict[str, Any]:
    rate, rate_bound = missed(row["planted"], row["overlooked"], row["delta"])
    return {
        "id": row["id"],
        "alpha": row["alpha"],
        "delta": row["delta"],
        "n": row["n"],
        "wrong": row["wrong"],
        "threshold": row["threshold"],
        "bound": row["bound"],
        "coverage": row["coverage"],
        "kappa": row["kappa"],
        "planted": row["planted"],
        "overlooked": row["overlooked"],
        "miss_rate": rate,
        "miss_bound": rate_bound if row["planted"] else None,
        "true_bound": true_bound(row["alpha"], rate) if rate is not None else None,
        "passed": row["passed"],
        "versions": row["versions"],
        "audit_rate": row["audit_rate"],
        "issued_by": row["issued_by_name"],
        "issued_at": row["issued_at"],
        "expires_at": row["expires_at"],
    }


def _audits(row: dict[str, Any]) -> dict[str, Any]:
    count = Count(row["audits"], row["audits_wrong"])
    return {
        "n": count.answered,
        "wrong": count.wrong,
        "open": row["audits_open"],
        "low": bounds.lower_bound(count, 0.025),
        "high": bounds.upper_bound(count, 0.025),
    }


def _alarm(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["alarm_id"],
        "at": row["alarm_at"],
        "audits": row["alarm_audits"],
        "wrong": row["alarm_wrong"],
        "from_threshold": row["alarm_from"],
        "to_threshold": row["alarm_to"],
        "seen_at": row["alarm_seen_at"],
    }
