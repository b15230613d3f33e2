"""`tidegate login` and `tidegate logout`: the token by which this machine's commands ask is kept, or forgotten."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cli.command import Shown, Told, alone
from cli.onstore import is_here
from cli.remote import account
from cli.remote.account import Account
from cli.trouble import Refused, Trouble, Usage

if TYPE_CHECKING:
    from cli.command import Commands

_HERE = {"localhost", "127.0.0.1", "::1"}


def add_to(commands: Commands) -> None:
    login = commands.add_parser("login", help="let this machine's commands ask a server, by a token made there")
    login.add_argument("url", help="Tidegate's address, such as https://tidegate.example.com")
    login.set_defaults(run=alone(_login))
    commands.add_parser("logout", help="forget that token on this machine").set_defaults(run=alone(_logout))


def _login(environment: Mapping[str, str], told: Told) -> Shown:
    """The token is asked for, or read from stdin: in the command's words it would stand in the shell's history."""
    from cli.remote.api import signed_in

    url = account.address(told.url)
    made = Account(url, _token(url))
    api = signed_in(made)
    try:
        me = api.get("/api/v1/me")
    finally:
        api.close()
    try:
        place = account.keep(environment, made)
    except OSError as why:
        raise Refused(f"the token can't be kept: {why}") from why
    if environment.get("TIDEGATE_TOKEN"):
        print("TIDEGATE_TOKEN is set, and counts before it.", file=sys.stderr)
    elif is_here(environment):
        print("TIDEGATE_SECRET_KEY is set: commands go to this machine's store.", file=sys.stderr)
    document = {"url": url, "login": me["login"], "file": str(place)}
    return Shown(document, [f"Signed in at {url} as {me['login']}; the token is kept in {place}."])


def _token(url: str) -> str:
    """Raises Usage."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in _HERE:
        print(f"{url} is not encrypted: whoever is on the way can read the token.", file=sys.stderr)
    if sys.stdin.isatty():
        print(f"Make a token at {url}/tokens.", file=sys.stderr)
        given = getpass.getpass("Token: ")
    else:
        given = sys.stdin.readline()
    token = given.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise Usage(f"Say the token that was made at {url}/tokens: it is asked for, or read from stdin.")
    return token


def _logout(environment: Mapping[str, str], _: Told) -> Shown:
    place = account.path(environment)
    if not place.exists():
        return Shown({"url": None, "file": None}, ["You aren't signed in."])
    try:
        url = account.kept(place).url
    except Trouble:
        url = None
    place.unlink()
    still = f" The token still works until it is revoked at {url}/tokens." if url else ""
    return Shown({"url": url, "file": str(place)}, [f"{place} is gone.{still}"])
