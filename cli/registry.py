"""`tidegate registry`: credentials for private image registries, set on the workers' machine with their environment."""

from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from cli.up import MISSING, read, with_data
from tidegate import imagename
from tidegate.registry import Login
from tidegate.store import Store, StoreDown, open_store

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
#: What comes of it, and whether it was done.
_Outcome = tuple[str, bool]


def add(environment: Mapping[str, str], name: str, registry: str, username: str) -> int:
    """The exit code. The password is asked for, or read from a pipe: not an argument, which `ps` shows."""

    def put(store: Store) -> _Outcome:
        if not _NAME.fullmatch(name):
            return (
                f"`{name}` is no name for it: use letters, digits, spaces, full stops, hyphens and underscores",
                False,
            )
        try:
            host = imagename.registry_name(registry)
        except imagename.BadImageName as bad:
            return f"{bad}; {bad.hint}", False
        password = _password(f"Password of {username} at {host}: ")
        if not password:
            return "there is no password: type it, or pipe it in", False
        store.registry_credentials.put(Login(name, host, username, password), datetime.now(UTC))
        return f"{name}: {username} at {host}, from the next deploy on", True

    return _with_store(environment, put)


def show(environment: Mapping[str, str]) -> int:
    """The exit code; a line for each, without its password."""

    def told(store: Store) -> _Outcome:
        lines = [
            f"{each.name}: {each.username} at {each.registry}, set {each.set_at:%Y-%m-%d %H:%M} UTC"
            for each in store.registry_credentials.all()
        ]
        return "\n".join(lines) or "There are none.", True

    return _with_store(environment, told)


def remove(environment: Mapping[str, str], name: str) -> int:
    """The exit code. What was fetched with it stays."""

    def gone(store: Store) -> _Outcome:
        done = store.registry_credentials.delete(name)
        return (f"{name}: removed", True) if done else (f"there is no registry credential `{name}`", False)

    return _with_store(environment, gone)


def _password(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")


def _with_store(environment: Mapping[str, str], act: Callable[[Store], _Outcome]) -> int:
    settings, trouble = read(with_data(environment))
    if settings is None:
        print("Nothing can be done with registries. Missing or wrong:\n" + "\n".join(f"  - {each}" for each in trouble))
        return MISSING
    store = open_store(settings.database_url, settings.secret_keys)
    try:
        if not store.ready():
            print(f"The store isn't there, or isn't this version's: {settings.data} (TIDEGATE_DATA), DATABASE_URL.")
            return MISSING
        told, done = act(store)
    except StoreDown as down:
        told, done = f"the store can't be reached: {down}", False
    finally:
        store.close()
    print(told, file=sys.stdout if done else sys.stderr)
    return 0 if done else 1
