"""Where a command asks, and by which token: the environment's, or what `tidegate login` has kept in a file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cli.trouble import NotSignedIn, Usage

_FIRST = "Sign in first: tidegate login https://tidegate.example.com"
_OR = "or set TIDEGATE_URL and TIDEGATE_TOKEN. On the workers' machine, run it with their environment"


@dataclass(frozen=True)
class Account:
    """`url` is Tidegate's own address, without a slash at its end."""

    url: str
    token: str


def address(told: str) -> str:
    """As it is kept. Raises Usage."""
    try:
        parts = urlsplit(told.strip())
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise Usage(f"{told}: say Tidegate's address, such as https://tidegate.example.com")
    return parts.geturl().rstrip("/")


def find(environment: Mapping[str, str]) -> Account:
    """`TIDEGATE_TOKEN` counts before the file, and goes only where `TIDEGATE_URL` says: a token is never sent to a
    server that it wasn't named together with. Raises NotSignedIn, Usage."""
    url, token = environment.get("TIDEGATE_URL"), environment.get("TIDEGATE_TOKEN")
    if token:
        if not url:
            raise NotSignedIn("TIDEGATE_TOKEN is set, but not TIDEGATE_URL, the address that it is for")
        return Account(address(url), token.strip())
    account = kept(path(environment))
    if url and address(url) != account.url:
        raise NotSignedIn(f"You are signed in at {account.url}, and TIDEGATE_URL is {url}: tidegate login {url}")
    return account


def path(environment: Mapping[str, str]) -> Path:
    """https://specifications.freedesktop.org/basedir-spec/latest/"""
    told = Path(environment.get("XDG_CONFIG_HOME") or "")
    return (told if told.is_absolute() else Path.home() / ".config") / "tidegate" / "login.json"


def keep(environment: Mapping[str, str], account: Account) -> Path:
    """For its owner alone from the first byte, and never half of it. Raises OSError."""
    place = path(environment)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun = place.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(account), file)
    begun.replace(place)
    return place


def kept(place: Path) -> Account:
    """Raises NotSignedIn."""
    try:
        found = json.loads(place.read_text())
        return Account(found["url"], found["token"])
    except FileNotFoundError:
        raise NotSignedIn(f"{_FIRST}; {_OR}") from None
    except (OSError, ValueError, KeyError, TypeError) as why:
        raise NotSignedIn(f"{place} can't be read ({why}). {_FIRST}") from None
