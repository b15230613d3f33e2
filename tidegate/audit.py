"""Who asked for what, when, and by which way: kept for those who must answer for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Via(StrEnum):
    """By what it was asked for."""

    PAGE = "page"
    #: By the API from the browser of who signed in.
    API = "api"
    #: By the API, with a token.
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    #: By the command on the workers' machine.
    COMMAND = "command"
    BUTTON = "button"
    COMMENT = "comment"
    #: A deployment that somebody made at GitHub.
    DEPLOYMENT = "deployment"
    HOOK = "hook"


@dataclass(frozen=True)
class About:
    """What it was asked of; all None: of the whole installation."""

    repository_id: int | None = None
    service: str | None = None
    environment: str | None = None
    deployment_id: str | None = None


@dataclass(frozen=True)
class Asked:
    """One entry. `action` is a word, mostly one of permission.Action; `detail` says more, and never a secret; `token`
    names the one by which it was asked."""

    at: datetime
    actor: str
    via: Via
    action: str
    detail: str = ""
    about: About = About()
    token: str | None = None


@dataclass(frozen=True)
class Sought:
    """What of the log is looked for; None: whatever it is. `actor` in whatever case: two logins never differ in it."""

    actor: str | None = None
    action: str | None = None
