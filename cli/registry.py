"""`tidegate registry`: credentials for private image registries, set on the workers' machine with their environment."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from cli.onstore import NotDone, on_store, record
from tidegate import imagename
from tidegate.registry import Login
from tidegate.settings import Settings
from tidegate.store import Store

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NOTHING = "Nothing can be done about registries"

Told = argparse.Namespace


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    registry = commands.add_parser("registry", help="credentials for private image registries")
    actions = registry.add_subparsers(required=True)
    add = actions.add_parser("add", help="set one, or change it; its password is asked for, or read from a pipe")
    add.set_defaults(run=_add)
    add.add_argument("name", help="by which deploy files name it")
    add.add_argument("--registry", required=True, help="host name, such as ghcr.io; no other is asked with it")
    add.add_argument("--username", required=True)
    actions.add_parser("list", help="tell which there are, without their passwords").set_defaults(run=_list)
    remove = actions.add_parser("remove", help="forget one")
    remove.set_defaults(run=_remove)
    remove.add_argument("name")


def _add(environment: Mapping[str, str], told: Told) -> int:
    """The password is asked for, or read from a pipe: not an argument, which `ps` shows."""

    def act(_: Settings, store: Store) -> None:
        if not _NAME.fullmatch(told.name):
            raise NotDone(f"`{told.name}` is no name for it: use letters, digits, full stops, hyphens, underscores")
        try:
            host = imagename.registry_name(told.registry)
        except imagename.BadImageName as bad:
            raise NotDone(f"{bad}; {bad.hint}") from bad
        password = _password(f"Password of {told.username} at {host}: ")
        if not password:
            raise NotDone("there is no password: type it, or pipe it in")
        with store.together():
            record(store, "registry", f"{told.name} set, for {told.username} at {host}")
            store.registry_credentials.put(Login(told.name, host, told.username, password), datetime.now(UTC))
        print(f"{told.name}: {told.username} at {host}, from the next deploy on")

    return on_store(environment, _NOTHING, act)


def _list(environment: Mapping[str, str], _: Told) -> int:
    def act(_: Settings, store: Store) -> None:
        lines = [
            f"{each.name}: {each.username} at {each.registry}, set {each.set_at:%Y-%m-%d %H:%M} UTC"
            for each in store.registry_credentials.all()
        ]
        print("\n".join(lines) or "There are none.")

    return on_store(environment, _NOTHING, act)


def _remove(environment: Mapping[str, str], told: Told) -> int:
    """What was fetched with it stays."""

    def act(_: Settings, store: Store) -> None:
        with store.together():
            if not store.registry_credentials.delete(told.name):
                raise NotDone(f"there is no registry credential `{told.name}`")
            record(store, "registry", f"{told.name} removed")
        print(f"{told.name}: removed")

    return on_store(environment, _NOTHING, act)


def _password(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")
