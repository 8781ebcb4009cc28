"""What was measured against what was aimed at: a table for the terminal, a block for docs/benchmarks.md, JSON."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    """What the project aims at; None: told for information."""
    is_least: bool = False
    """True when the value must not be below the limit, False when it must not be above."""
    n: int | None = None
    """How many samples it rests on."""
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """None when nothing was aimed at."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.is_least else self.value <= self.limit

    def cells(self) -> list[str]:
        """Name, target, measured, met, n and note as shown."""
        target = "" if self.limit is None else f"{'≥' if self.is_least else '≤'} {number(self.limit)} {self.unit}"
        met = {None: "", True: "yes", False: "NO"}[self.is_met]
        return [
            self.name,
            target.strip(),
            f"{number(self.value)} {self.unit}".strip(),
            met,
            "" if self.n is None else f"{self.n:,}",
            self.note,
        ]


@dataclass(slots=True)
class Report:
    """All figures of a run and what they were measured on."""

    command: str
    figures: list[Figure] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    """What the ledgers say was lost, doubled, out of order …"""
    failures: list[str] = field(default_factory=list)
    """Parts that could not be carried out."""
    machine: dict[str, str] = field(default_factory=dict)

    def table(self) -> str:
        """For the terminal."""
        rows = [["", "target", "measured", "met", "n", ""], *(figure.cells() for figure in self.figures)]
        widths = [max(len(row[column]) for row in rows) for column in range(6)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join(line.rstrip() for line in [*lines, "", *self._verdict()]) + "\n"

    def markdown(self) -> str:
        """For docs/benchmarks.md."""
        lines = ["| | target | measured | met | n | |", "|---|---|---|---|---|---|"]
        lines += [f"| {' | '.join(figure.cells())} |" for figure in self.figures]
        machine = " · ".join(f"{name} {value}" for name, value in self.machine.items())
        return "\n".join([f"`{self.command}`", "", machine, "", *lines, "", *self._verdict()]) + "\n"

    def save(self, path: Path) -> None:
        """As JSON."""
        value = asdict(self) | {"figures": [asdict(figure) | {"is_met": figure.is_met} for figure in self.figures]}
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")

    def _verdict(self) -> list[str]:
        lines = []
        if self.violations:
            lines += [f"{len(self.violations)} broken promises:", *self.violations[:20]]
        else:
            lines.append("Lost, doubled, out of order, altered, unanswered: 0, in every part.")
        return lines + [f"not measured: {failure}" for failure in self.failures]


def machine() -> dict[str, str]:
    """What the run stood on."""
    cpu = re.search(r"model name\s*:\s*(.+)", _read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s+(\d+) kB", _read("/proc/meminfo"))
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": commit.strip() or "unknown",
        "CPU": f"{cpu[1].strip() if cpu else platform.machine()} × {os.cpu_count()}",
        "RAM": f"{int(memory[1]) / 2**20:.0f} GB" if memory else "unknown",
        "Python": platform.python_version(),
    }


def number(value: Any) -> str:
    """Three figures that matter."""
    if value != value or value in (float("inf"), float("-inf")):
        return "never"
    if abs(value) >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
