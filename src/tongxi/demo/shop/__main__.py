"""The shop's process: reads its configuration from the first line of standard input, prints its port, serves.

It ends when standard input closes, that is with whoever started it, however that one ended.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import orjson
import uvicorn

from tongxi.demo.shop.app import ShopConfig, create_shop
from tongxi.demo.shop.data import make


def main() -> None:
    """Serve until standard input ends."""
    told = orjson.loads(sys.stdin.buffer.readline())
    host, port = told.pop("host"), told.pop("port")
    config = ShopConfig(**told | {"database": Path(told["database"])})
    make(config.database, datetime.now(UTC))
    listener = _listen(host, port)
    server = uvicorn.Server(
        uvicorn.Config(
            create_shop(config),
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    threading.Thread(target=_end_with_parent, args=(server,), daemon=True).start()
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    server.run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """A socket on `port`, or on any free one when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in (port, 0):
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
            listener.listen(128)  # whoever reads the port we print may call at once
        except OSError:
            listener.close()
            continue
        return listener
    raise OSError(f"no free port on {host!r}")


def _end_with_parent(server: uvicorn.Server) -> None:
    while os.read(0, 4096):
        pass
    server.should_exit = True
    threading.Timer(3, os._exit, (0,)).start()


if __name__ == "__main__":
    main()
