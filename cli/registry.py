"""`tidegate registry`: credentials for private image registries, set on the workers' machine with their environment."""

from __future__ import annotations

import getpass
import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.onstore import on_store, record
from cli.trouble import Refused
from tidegate import imagename
from tidegate.registry import Login

if TYPE_CHECKING:
    from cli.command import Commands
    from tidegate.settings import Settings
    from tidegate.store import Store

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NOTHING = "Nothing can be done about registries"


def add_to(commands: Commands) -> None:
    registry = commands.add_parser("registry", help="credentials for private image registries")
    actions = registry.add_subparsers(required=True)
    add = actions.add_parser("add", help="set one, or change it; its password is asked for, or read from a pipe")
    add.set_defaults(run=on_store(_NOTHING, _add))
    add.add_argument("name", help="by which deploy files name it")
    add.add_argument("--registry", required=True, help="host name, such as ghcr.io; no other is asked with it")
    add.add_argument("--username", required=True)
    listed = actions.add_parser("list", help="tell which there are, without their passwords")
    listed.set_defaults(run=on_store(_NOTHING, _list))
    remove = actions.add_parser("remove", help="forget one")
    remove.set_defaults(run=on_store(_NOTHING, _remove))
    remove.add_argument("name")


def _add(_: Settings, store: Store, told: Told) -> Shown:
    """The password is asked for, or read from a pipe: not an argument, which `ps` shows."""
    if not _NAME.fullmatch(told.name):
        raise Refused(f"`{told.name}` is no name for it: use letters, digits, full stops, hyphens, underscores")
    try:
        host = imagename.registry_name(told.registry)
    except imagename.BadImageName as bad:
        raise Refused(f"{bad}; {bad.hint}") from bad
    password = _password(f"Password of {told.username} at {host}: ")
    if not password:
        raise Refused("there is no password: type it, or pipe it in")
    with store.together():
        record(store, "registry", f"{told.name} set, for {told.username} at {host}")
        store.registry_credentials.put(Login(told.name, host, told.username, password), datetime.now(UTC))
    document = {"name": told.name, "registry": host, "username": told.username}
    return Shown(document, [f"{told.name}: {told.username} at {host}, from the next deploy on"])


def _list(_: Settings, store: Store, __: Told) -> Shown:
    found = store.registry_credentials.all()
    lines = [f"{each.name}: {each.username} at {each.registry}, set {each.set_at:%Y-%m-%d %H:%M} UTC" for each in found]
    documents = [
        {"name": each.name, "registry": each.registry, "username": each.username, "set_at": each.set_at.isoformat()}
        for each in found
    ]
    return Shown({"credentials": documents}, lines or ["There are none."])


def _remove(_: Settings, store: Store, told: Told) -> Shown:
    """What was fetched with it stays."""
    with store.together():
        if not store.registry_credentials.delete(told.name):
            raise Refused(f"there is no registry credential `{told.name}`")
        record(store, "registry", f"{told.name} removed")
    return Shown({"name": told.name}, [f"{told.name}: removed"])


def _password(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")
