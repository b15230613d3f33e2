"""`tidegate login` and `tidegate logout`: the token by which this machine's commands ask is kept, or forgotten."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

from cli.remote import account
from cli.remote.account import Account
from cli.remote.ask import Told
from cli.remote.trouble import Exit, Trouble, Usage

_HERE = {"localhost", "127.0.0.1", "::1"}


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    login = commands.add_parser("login", help="let this machine's commands ask a server, by a token made there")
    login.add_argument("url", help="Tidegate's address, such as https://tidegate.example.com")
    login.set_defaults(run=_login)
    commands.add_parser("logout", help="forget that token on this machine").set_defaults(run=_logout)


def _login(environment: Mapping[str, str], told: Told) -> int:
    """The token is asked for, or read from stdin: in the command's words it would stand in the shell's history."""
    from cli.remote.api import Api

    try:
        url = account.address(told.url)
        made = Account(url, _token(url))
        api = Api(made)
        try:
            me = api.get("/api/v1/me")
        finally:
            api.close()
        place = account.keep(environment, made)
    except Trouble as why:
        print(why, file=sys.stderr)
        return why.code
    except OSError as why:
        print(f"the token can't be kept: {why}", file=sys.stderr)
        return Exit.FAILED
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    print(f"Signed in at {url} as {me['login']}; the token is kept in {place}.")
    if environment.get("TIDEGATE_TOKEN"):
        print("TIDEGATE_TOKEN is set, and counts before it.", file=sys.stderr)
    return Exit.DONE


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


def _logout(environment: Mapping[str, str], _: Told) -> int:
    place = account.path(environment)
    if not place.exists():
        print("You aren't signed in.")
        return Exit.DONE
    try:
        url = account.kept(place).url
    except Trouble:
        url = None
    place.unlink()
    print(f"{place} is gone." + (f" The token still works until it is revoked at {url}/tokens." if url else ""))
    return Exit.DONE
