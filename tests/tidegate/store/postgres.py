"""A PostgreSQL server for one test run: started by the first process that needs it, stopped by the last that leaves."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The directory of the server's socket. `folder` is one for all processes of the run."""
    place = folder / "postgres-directory"
    users = folder / "postgres-users"
    users.mkdir(exist_ok=True)
    mine = users / str(os.getpid())
    with alone(folder):
        if not place.exists():
            place.write_text(_start())
        directory = place.read_text()
        mine.touch()
    try:
        yield directory
    finally:
        with alone(folder):
            mine.unlink()
            if not any(users.iterdir()):
                place.unlink()
                _stop(directory)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with (folder / "postgres-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def url(directory: str, database: str) -> str:
    return f"postgresql+psycopg://postgres@/{database}?host={directory}"


def _start() -> str:
    # Not below pytest's directory, which is closed to the server's user and may be too long for a socket's path.
    directory = tempfile.mkdtemp(prefix="tidegate-postgres-")
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres")
    data = f"{directory}/data"
    _run(
        "initdb", "--pgdata", data, "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C"
    )
    # Nothing here outlives the run, so nothing needs to reach the disk.
    options = f"-F -k {directory} -c listen_addresses='' -c max_connections=200 -c autovacuum=off"
    _run("pg_ctl", "--pgdata", data, "--wait", "--log", f"{directory}/log", "--options", options, "start")
    return directory


def _stop(directory: str) -> None:
    _run("pg_ctl", "--pgdata", f"{directory}/data", "--mode=immediate", "stop")
    shutil.rmtree(directory)


def _run(program: str, *arguments: str) -> None:
    """As a user who isn't root: the server refuses root."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    command = [str(found[-1]) if found else program, *arguments]
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    done = subprocess.run(
        command,
        cwd="/",
        user=user and user.pw_uid,
        group=user and user.pw_gid,
        extra_groups=[] if user else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{program}: {done.stdout}"
