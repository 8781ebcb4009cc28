"""`tongxi create-owner EMAIL NAME`: make an owner from the machine itself, also when everybody is locked out."""

import argparse
import asyncio
import getpass
import sys

from tongxi import migrations
from tongxi.accounts import passwords, service
from tongxi.kit.db import Database
from tongxi.kit.errors import Invalid
from tongxi.kit.server import postgres
from tongxi.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("email", help="address to sign in with; an account that has it becomes an owner")
    parser.add_argument("name", help="name shown to colleagues and customers")
    parser.epilog = "The password is asked for, or read from the first line of standard input."


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Make the owner; say so."""
    email, name = args.email.strip(), args.name.strip()
    if "@" not in email.strip("@") or any(c.isspace() for c in email) or not name:
        raise Invalid(f"{email!r} {name!r}: an e-mail address and a name are needed")
    password = _password()
    passwords.accept(password, email=email, name=name)
    with postgres(settings.data, settings.database_url, join=True) as dsn:
        migrations.upgrade(dsn)
        asyncio.run(_make(dsn, email, name, password))
    print(f"{email} is an owner; sign in at {settings.local_url}")
    return 0


async def _make(dsn: str, email: str, name: str, password: str) -> None:
    password_hash = await passwords.hashed(password)
    db = Database(dsn)
    await db.open()
    try:
        async with db.transaction() as tx:
            await service.make_owner(tx, email=email, name=name, password_hash=password_hash)
    finally:
        await db.close()


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise Invalid("The two passwords are not the same.")
    return password
