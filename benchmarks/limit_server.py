"""The yardstick: the least a durable chat server in Python can do on this machine.

    customer ──ws──▶ [store in PostgreSQL] ──ws──▶ agent
             ◀──ack──

    /customer   {"c": conversation, "m": client id, "t": text}, answered {"ack": client id} once it is durable
    /agent      gets every message as it came

No accounts, no de-duplication, no order per conversation, no state: what is left is one insert and one push. Whatever
arrives while the last commit runs goes into the next one.

    python benchmarks/limit_server.py --dsn postgresql://… --port 19000
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import psycopg
import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.wire import Socket, frame

TABLE = """
drop table if exists limit_message;
create table limit_message (id bigint generated always as identity primary key, conversation text not null,
                            client_id text not null, text text not null, at timestamptz not null);
create index on limit_message (conversation, id);
"""
INSERT = """
insert into limit_message (conversation, client_id, text, at)
select c, m, t, now() from unnest(%s::text[], %s::text[], %s::text[]) as input(c, m, t)
"""


class LimitServer:
    """Takes messages from customers' sockets, commits them in groups, pushes them to every agent."""

    def __init__(self, database: psycopg.AsyncConnection[Any]) -> None:
        self.database = database
        self.agents: set[Socket] = set()
        self.waiting: list[tuple[Socket, dict[str, str], bytes]] = []
        self.wake = asyncio.Event()

    def on_text(self, socket: Socket, data: bytes) -> None:
        if socket.path == "/agent":
            self.agents.add(socket)
        else:
            self.waiting.append((socket, orjson.loads(data), data))
            self.wake.set()

    def on_close(self, socket: Socket) -> None:
        self.agents.discard(socket)

    async def write(self) -> None:
        """Store and push, for ever."""
        while True:
            await self.wake.wait()
            self.wake.clear()
            while self.waiting:
                batch, self.waiting = self.waiting, []
                columns = [[message[key] for _, message, _ in batch] for key in ("c", "m", "t")]
                await self.database.execute(INSERT, columns, prepare=True)
                pushed = b"".join([frame(data) for _, _, data in batch]) if self.agents else b""
                for agent in self.agents:
                    agent.transport.write(pushed)
                acks: dict[Socket, list[bytes]] = {}
                for socket, message, _ in batch:
                    acks.setdefault(socket, []).append(frame(orjson.dumps({"ack": message["m"]})))
                for socket, frames in acks.items():
                    if not socket.transport.is_closing():
                        socket.transport.write(b"".join(frames))


async def main(dsn: str, port: int) -> None:
    database = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
    await database.execute(TABLE)
    server = LimitServer(database)
    writer = asyncio.create_task(server.write())
    listener = await asyncio.get_running_loop().create_server(
        lambda: Socket(server.on_text, server.on_close), "127.0.0.1", port, backlog=4096
    )
    print(f"ready {time.time()}", flush=True)
    async with listener:
        await writer


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--port", type=int, default=19000)
    arguments = parser.parse_args()
    uvloop.run(main(arguments.dsn, arguments.port))
