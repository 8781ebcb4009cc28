"""A client of the public protocol: one customer (`WidgetClient`) or one agent (`AgentClient`), in Python.

It knows nothing of the server but docs/reference/protocol.md, which it is also the worked example of. `tongxi play`,
the benchmark, the fault tests and the demo's people all speak through it.
"""

from tongxi.client.agent import AgentClient
from tongxi.client.link import Backoff, Closed
from tongxi.client.values import Ack, By, Entry, Event, Frame, ProtocolError
from tongxi.client.widget import WidgetClient

__all__ = [
    "Ack",
    "AgentClient",
    "Backoff",
    "By",
    "Closed",
    "Entry",
    "Event",
    "Frame",
    "ProtocolError",
    "WidgetClient",
]
