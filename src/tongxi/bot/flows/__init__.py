"""Procedures the bot carries out, as data: engine, format, shipped flows (docs/how-to/flows.md).

A flow only ever concerns the conversation's own verified contact, and changes nothing without a yes in the log.
"""

from __future__ import annotations

from tongxi.bot.flows.journal import Superseded
from tongxi.bot.flows.matching import FlowMatch, continues, match, weigh
from tongxi.bot.flows.registry import Flows, Live
from tongxi.bot.flows.run import contact_of, open_flow, reminder, run_flow
from tongxi.bot.flows.step import FlowContact, FlowStep, Said

__all__ = [
    "FlowContact", "FlowMatch", "FlowStep", "Flows", "Live", "Said", "Superseded", "contact_of", "continues", "match",
    "open_flow", "reminder", "run_flow", "weigh",
]  # fmt: skip
