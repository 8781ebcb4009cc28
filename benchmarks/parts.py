"""The parts of the benchmark. Each takes the stage and seconds, gives figures and what the ledgers found."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson

from benchmarks.figures import Figure
from benchmarks.load import Customer, Latencies, Screen, now, settle, type_steadily
from benchmarks.product import ROOT, free_port
from benchmarks.stage import Effort, Stage
from benchmarks.wire import Socket, connect
from tests.faults.ledger import Violation
from tongxi.kit.server import postgres

Outcome = tuple[list[Figure], list[Violation]]
Part = Callable[[Stage, float], Awaitable[Outcome]]
TYPING = (3.0, 4.0)
"""Seconds between two messages of somebody who types."""


def listen(customers: list[Customer]) -> tuple[Latencies, Latencies]:
    """Collect times to the acknowledgement and to the reply."""
    acks, replies = Latencies(), Latencies()
    for customer in customers:
        customer.on_ack = lambda _, seconds: acks.add(seconds)
        customer.on_reply = lambda _, seconds, __: replies.add(seconds)
    return acks, replies


async def close(customers: list[Customer]) -> None:
    await asyncio.gather(*[customer.close() for customer in customers])


# ── the bot ──


async def one_conversation(stage: Stage, seconds: float) -> Outcome:
    """One customer who asks as soon as the last answer is there; a new conversation after each hand-off."""
    latencies = Latencies()
    everybody: list[Customer] = []
    end, turn = now() + seconds, 0
    with Effort(stage.product) as effort:
        while now() < end:
            (customer,) = await stage.customers(1, f"one{len(everybody)}.")
            everybody.append(customer)
            arrived = asyncio.Event()

            def took(_: Customer, waited: float, __: Any, arrived: asyncio.Event = arrived) -> None:
                latencies.add(waited)
                arrived.set()

            customer.on_reply = took
            while now() < end and not customer.handed_off:
                arrived.clear()
                customer.send(stage.questions[turn % len(stage.questions)])
                turn += 1
                try:
                    await asyncio.wait_for(arrived.wait(), 10)
                except TimeoutError:
                    latencies.missing += 1
                    break
    violations = await stage.read_back(everybody)
    await close(everybody)
    n = len(latencies.seconds)
    return [
        Figure("bot reply, one conversation, p50", latencies.ms(0.5), "ms", n=n),
        Figure("bot reply, one conversation, p99", latencies.ms(0.99), "ms", 15, n=n, note=effort.note),
    ], violations


async def _typing(stage: Stage, n: int, seconds: float) -> tuple[Latencies, Effort, list[Violation], int]:
    customers = await stage.customers(n, f"typing{n}.")
    _, replies = listen(customers)
    with Effort(stage.product) as effort:
        sent = await type_steadily(customers, stage.questions, seconds, TYPING)
        await settle(customers, lambda one: not one.unacknowledged and not one.unanswered, 30)
    replies.missing = sum(one.unacknowledged + one.unanswered for one in customers)
    violations = await stage.read_back(customers)
    await close(customers)
    return replies, effort, violations, sent


async def fifty_typing(stage: Stage, seconds: float) -> Outcome:
    """50 customers, each writing every 3–4 s; counted from when they meant to write."""
    replies, effort, violations, sent = await _typing(stage, 50, seconds)
    return [
        Figure("bot reply, 50 customers typing, p50", replies.ms(0.5), "ms", n=sent),
        Figure("bot reply, 50 customers typing, p99", replies.ms(0.99), "ms", 30, n=sent, note=effort.note),
    ], violations


async def thousand_conversations(stage: Stage, seconds: float) -> Outcome:
    """1,000 customers, each writing every 3–4 s."""
    replies, effort, violations, sent = await _typing(stage, 1000, seconds)
    return [
        Figure("bot reply, 1,000 conversations, p50", replies.ms(0.5), "ms", n=sent),
        Figure("bot reply, 1,000 conversations, p95", replies.ms(0.95), "ms", 1000, n=sent, note=effort.note),
        Figure("messages without an answer, 1,000 conversations", replies.missing, "", 0, n=sent),
    ], violations


async def without_pause(stage: Stage, seconds: float) -> Outcome:
    """50 customers who write again the moment they have their answer; a new conversation after each hand-off."""
    customers = await stage.customers(50, "flat")
    replies = Latencies()
    finished: list[Customer] = []
    renewals: set[asyncio.Task[None]] = set()
    end = now() + seconds
    questions = stage.questions
    turns = {customer.name: number for number, customer in enumerate(customers)}

    def ask(customer: Customer) -> None:
        turns[customer.name] = turn = turns[customer.name] + 1
        customer.send(questions[turn % len(questions)])

    async def renew(old: Customer) -> None:
        finished.append(old)
        (customer,) = await stage.customers(1, f"{old.name.partition('~')[0]}~{len(finished)}.")
        customers.append(customer)
        customer.on_reply = took
        turns[customer.name] = turns[old.name]  # goes on in the list: else all would ask its beginning alone
        ask(customer)

    def took(customer: Customer, waited: float, _: Any) -> None:
        replies.add(waited)
        if now() >= end:
            return
        if customer.handed_off:
            task = asyncio.create_task(renew(customer))
            renewals.add(task)
            task.add_done_callback(renewals.discard)
        else:
            ask(customer)

    with Effort(stage.product) as effort:
        for customer in customers:
            customer.on_reply = took
            ask(customer)
        begin = now()
        await asyncio.sleep(seconds)
        count, wall = len(replies.seconds), now() - begin
    if renewals:  # whoever was being replaced at the end still asks once: before the histories are read
        await asyncio.gather(*renewals)
    await settle(customers, lambda one: not one.unacknowledged and not one.unanswered, 30)
    replies.missing = sum(one.unacknowledged + one.unanswered for one in customers)
    violations = await stage.read_back(customers)
    await close(customers)
    return [
        Figure("bot replies, 50 customers without pause", count / wall, "/s", 500, True, count, effort.note),
        Figure("bot reply, 50 customers without pause, p99", replies.ms(0.99), "ms", n=count),
    ], violations


# ── people ──


async def agent_screen(stage: Stage, seconds: float) -> Outcome:
    """Customers' messages on the screen of the agent who holds 50 conversations, each with a message a second or so."""
    customers = await stage.customers(50, "screen")
    screen = await stage.hold(customers)
    acks, _ = listen(customers)
    for customer in customers:
        customer.meant = {}
    with Effort(stage.product) as effort:
        sent = await type_steadily(customers, stage.questions, seconds, (0.5, 1.5))
        await settle(customers, lambda one: not one.unacknowledged, 10)
        await screen.wait_for(customers, 10)
    pushes = _to_screen(customers, screen)
    violations = await stage.read_back(customers, held=True)
    await stage.release(customers)
    screen.close()
    await close(customers)
    return [
        Figure("customer's message to the agent's screen, p50", pushes.ms(0.5), "ms", n=sent),
        Figure("customer's message to the agent's screen, p99", pushes.ms(0.99), "ms", 20, n=sent, note=effort.note),
        Figure("acknowledgement to the customer, p99", acks.ms(0.99), "ms", n=sent),
        Figure("messages that did not reach the screen, or twice", pushes.missing + screen.doubled, "", 0, n=sent),
    ], violations


def _to_screen(customers: list[Customer], screen: Screen) -> Latencies:
    """From when each message was meant to be sent to its arrival at the agent."""
    pushes = Latencies()
    for customer in customers:
        for client_id, meant in (customer.meant or {}).items():
            at = screen.arrived.get(client_id)
            if at is None:
                pushes.missing += 1
            else:
                pushes.add(at - meant)
    return pushes


async def throughput(stage: Stage, seconds: float) -> Outcome:
    """Messages stored and pushed, next to the limit server on the same database."""
    figures: list[Figure] = []
    violations: list[Violation] = []
    limits = {}
    async with _limit_server(stage) as url:
        for senders, window in LOADS:
            limits[senders, window] = await _limit(url, senders, window, seconds)
    for senders, window in LOADS:
        rate, p99, effort, found, n = await _stored(stage, senders, window, seconds)
        violations += found
        limit_rate, limit_p99, limit_note = limits[senders, window]
        is_main = (senders, window) == (200, 1)
        name = f"{senders} senders" + (f" × {window} at a time" if window > 1 else "")
        figures += [
            Figure(f"stored and pushed, {name}", rate, "/s", 3000 if is_main else None, True, n, effort.note),
            Figure(f"send to the agent's screen, {name}, p99", p99, "ms", n=n),
            Figure(f"limit server, {name}", limit_rate, "/s", note=f"p99 {limit_p99:.0f} ms, {limit_note}"),
            Figure(f"share of the limit server, {name}", rate / limit_rate, "", 0.25 if is_main else None, True),
        ]
    return figures, violations


async def paced(stage: Stage, seconds: float) -> Outcome:
    """3,000 messages a second from 200 customers, sent at moments fixed beforehand, to the agent who holds them."""
    n, rate = 200, 3000
    customers = await stage.customers(n, "paced")
    screen = await stage.hold(customers)
    for customer in customers:
        customer.meant = {}
    seen = len(screen.arrived)
    with Effort(stage.product) as effort:
        begin = now()
        total = int(seconds * rate)
        for number in range(total):
            at = begin + number / rate
            if (wait := at - now()) > 0:
                await asyncio.sleep(wait)
            customers[number % n].send(MESSAGE, at)
            if number % 50 == 0:
                await asyncio.sleep(0)  # behind time: let what came in be read, too
        await settle(customers, lambda one: not one.unacknowledged, 30)
        await screen.wait_for(customers, 10)
        wall = max(screen.arrived.values()) - begin
    count = len(screen.arrived) - seen
    pushes = _to_screen(customers, screen)
    violations = await stage.read_back(customers, held=True)
    await stage.release(customers)
    screen.close()
    await close(customers)
    return [
        Figure("stored and pushed at a set 3,000/s", count / wall, "/s", 2950, True, count, effort.note),
        Figure("meant to be sent to on the agent's screen, p50", pushes.ms(0.5), "ms", n=count),
        Figure("meant to be sent to on the agent's screen, p99", pushes.ms(0.99), "ms", 100, n=count),
    ], violations


LOADS = ((50, 1), (200, 1), (200, 16))
"""Senders, and messages each has on the way at once."""
MESSAGE = "我的订单什么时候到？昨天还说今天送到的。"


async def _stored(
    stage: Stage, senders: int, window: int, seconds: float
) -> tuple[float, float, Effort, list[Violation], int]:
    customers = await stage.customers(senders, f"stored{senders}x{window}.")
    screen = await stage.hold(customers)
    end = now() + seconds

    def again(customer: Customer, _: float) -> None:
        if now() < end:
            customer.send(MESSAGE)

    for customer in customers:
        customer.meant = {}
        customer.on_ack = again
    seen = len(screen.arrived)
    with Effort(stage.product) as effort:
        begin = now()
        for customer in customers:
            for _ in range(window):
                customer.send(MESSAGE)
        await asyncio.sleep(seconds)
        count, wall = len(screen.arrived) - seen, now() - begin
    for customer in customers:
        customer.on_ack = None
    await settle(customers, lambda one: not one.unacknowledged, 30)
    await screen.wait_for(customers, 10)
    pushes = _to_screen(customers, screen)
    violations = await stage.read_back(customers, held=True)
    if pushes.missing or screen.doubled:
        detail = f"{pushes.missing} not pushed, {screen.doubled} pushed twice"
        violations.append(Violation("lost" if pushes.missing else "doubled", "agent's screen", detail))
    await stage.release(customers)
    screen.close()
    await close(customers)
    return count / wall, pushes.ms(0.99), effort, violations, count


@asynccontextmanager
async def _limit_server(stage: Stage) -> AsyncIterator[str]:
    """Address of the limit server, running on the product's own database server."""
    port = free_port()
    with postgres(stage.product.data, join=True) as dsn:
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, str(ROOT / "benchmarks" / "limit_server.py"), "--dsn", dsn, "--port", str(port)],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            if not await process.stdout.readline():
                raise RuntimeError("the limit server did not start")
            yield f"ws://127.0.0.1:{port}"
        finally:
            process.terminate()
            await process.wait()


async def _limit(url: str, senders: int, window: int, seconds: float) -> tuple[float, float, str]:
    """The same load on the limit server: rate, p99 in ms to the agent, CPU of the generator."""
    arrived: dict[str, float] = {}
    sent: dict[str, float] = {}

    def at_agent(_: Socket, data: bytes) -> None:
        arrived[orjson.loads(data)["m"]] = now()

    agent = await connect(url + "/agent", at_agent)
    agent.send(b"{}")
    end = 0.0

    def send(socket: Socket, name: str) -> None:
        client_id = f"{name}-{len(sent)}"
        sent[client_id] = now()
        socket.send(orjson.dumps({"c": name, "m": client_id, "t": MESSAGE}))

    def acked(socket: Socket, data: bytes) -> None:
        client_id = orjson.loads(data)["ack"]
        if now() < end:
            send(socket, client_id.rpartition("-")[0])

    sockets = [await connect(url + "/customer", acked) for _ in range(senders)]
    with Effort() as effort:
        begin = now()
        end = begin + seconds
        for number, socket in enumerate(sockets):
            for _ in range(window):
                send(socket, f"limit{senders}x{window}.{number}")
        await asyncio.sleep(seconds)
        count, wall = len(arrived), now() - begin
    await asyncio.sleep(0.5)
    latencies = Latencies()
    for client_id, at in sent.items():
        if client_id in arrived:
            latencies.add(arrived[client_id] - at)
        else:
            latencies.missing += 1
    for socket in [agent, *sockets]:
        socket.close()
    return count / wall, latencies.ms(0.99), effort.note


# ── the process ──


async def idle_sockets(stage: Stage, seconds: float) -> Outcome:
    """Memory of the server for customers who are connected and say nothing."""
    del seconds
    n = 2000
    stage.product.stop()  # a process that has held more before would show less
    await asyncio.to_thread(stage.product.start)
    warm = await stage.customers(20, "warm")
    await close(warm)
    await asyncio.sleep(3)
    before = stage.product.rss()
    customers = await stage.customers(n, "idle")
    await asyncio.sleep(3)
    silent = stage.product.rss()
    for start in range(0, n, 100):
        for customer in customers[start : start + 100]:
            customer.send(stage.questions[0])
        await settle(customers, lambda one: not one.unacknowledged and not one.unanswered, 30)
    await asyncio.sleep(3)
    talked = stage.product.rss()
    violations = await stage.read_back(customers)
    await close(customers)
    return [
        Figure("memory for a customer's socket that is open and idle", (silent - before) / n / 1024, "KB", 40, n=n),
        Figure("the same after a question and an answer each", (talked - before) / n / 1024, "KB", n=n),
    ], violations


async def reconnect(stage: Stage, seconds: float) -> Outcome:
    """1,000 customers whose server is killed and comes back: how long until everybody is connected again."""
    n = 1000
    customers = await stage.customers(n, "storm")
    for customer in customers[:200]:
        customer.send(stage.questions[0])
    await settle(customers, lambda one: not one.unacknowledged and not one.unanswered, 30)
    back: list[float] = []
    for customer in customers:
        customer.on_ready = lambda _: back.append(now())
    stage.product.kill()
    killed = now()
    stage.product.launch()
    await asyncio.to_thread(stage.product.wait_ready)
    up = now()
    missing = await settle(customers, lambda one: one.is_ready, max(seconds, 60))
    for customer in customers[:200]:
        customer.send(stage.questions[1])
    await settle(customers, lambda one: not one.unacknowledged and not one.unanswered, 30)
    violations = await stage.read_back(customers[:200])
    await close(customers)
    last = max(back, default=float("inf"))
    return [
        Figure("server answers again after kill -9", up - killed, "s"),
        Figure("1,000 customers back after it, all", last - up, "s", 10, n=n),
        Figure("customers who did not come back", missing, "", 0, n=n),
    ], violations


async def start_again(stage: Stage, seconds: float) -> Outcome:
    """Stop in good order and start on the same data; memory at rest."""
    del seconds
    stage.product.stop()
    took = await asyncio.to_thread(stage.product.start)
    await asyncio.sleep(5)
    return [
        Figure("second start", took, "s", 3),
        Figure("server at rest, without the database", stage.product.rss() / 2**20, "MB", 200),
    ], []


PARTS: dict[str, tuple[Part, float]] = {
    "again": (start_again, 0),
    "one": (one_conversation, 10),
    "typing": (fifty_typing, 40),
    "flat": (without_pause, 10),
    "screen": (agent_screen, 15),
    "thousand": (thousand_conversations, 30),
    "paced": (paced, 10),
    "throughput": (throughput, 8),
    "idle": (idle_sockets, 0),
    "reconnect": (reconnect, 60),
}
"""Name → part and the seconds it usually takes; in the order they run."""
