"""`tongxi serve`: database, schema, HTTP server; one process."""

import argparse
import gc
import os
import resource
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import uvicorn

from tongxi import migrations
from tongxi.accounts.service import first_owner_code
from tongxi.api.socket import MAX_MESSAGE, LiveSocket
from tongxi.api.wire import Http
from tongxi.kit import logging
from tongxi.kit.server import check_address, check_folder, postgres
from tongxi.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--reload", action="store_true", help="restart when the source changes (development)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    logging.configure(settings.log_level, development=settings.is_development)
    check_folder(settings.data)
    with postgres(settings.data, settings.database_url) as dsn:
        check_address(settings.host, settings.port)
        migrations.upgrade(dsn)
        serve(settings.model_copy(update={"database_url": dsn}), reload=args.reload)
    return 0


def serve(settings: Settings, *, reload: bool = False) -> None:
    """Run the HTTP server on a migrated database; returns when it was asked to stop."""
    tell_first_run(settings)
    allow_many_sockets()
    options: dict[str, Any] = {
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop",
        "http": Http,
        "ws": LiveSocket,
        "ws_max_size": MAX_MESSAGE,
        "ws_per_message_deflate": False,  # 100 KB a socket
        "backlog": 4096,  # after a restart everybody comes back at once
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": list(settings.trusted_proxies),
        "timeout_graceful_shutdown": 5,
    }
    if reload:
        # The reloader starts the application anew in a child, which finds the database through the environment.
        os.environ["TONGXI_DATABASE_URL"] = settings.database_url or ""
        source = str(Path(__file__).parents[1])
        uvicorn.run("tongxi.app:create_app", factory=True, reload=True, reload_dirs=[source], **options)
        return
    # Nearly everything made on the way up stays: the application turns the collector on again when it is ready.
    gc.disable()
    from tongxi.app import create_app

    uvicorn.run(create_app(settings), **options)


def tell_first_run(settings: Settings) -> None:
    """Print the code that the first account needs, while there is none."""
    assert settings.database_url is not None, "the database is up by now"
    with psycopg.connect(settings.database_url) as connection:
        has_users = connection.execute("select exists (select 1 from app_user)").fetchone() == (True,)
    if not has_users:
        code = first_owner_code(settings.secret_key())
        print(f"No account yet. Make the first one at {settings.local_url}/start with the code {code}", flush=True)


def allow_many_sockets() -> None:
    """Raise the limit of open files as far as the system lets us: every customer holds a socket."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS names an unlimited maximum it does not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
