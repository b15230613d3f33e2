"""Where GitHub is, and the App that we are there: named by the environment, or made in the set-up (setup.py)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from tidegate.environment import Environment

#: What names the App in the environment: all of them, or none where the set-up has made one.
APP_VARIABLES = (
    "GITHUB_APP_ID",
    "GITHUB_PRIVATE_KEY",
    "GITHUB_WEBHOOK_SECRET",
    "GITHUB_CLIENT_ID",
    "GITHUB_CLIENT_SECRET",
)


@dataclass(frozen=True)
class OwnApp:
    """An App as GitHub hands it over, once, to who had it made. `page` is its address for people; `api_url` is that of
    the GitHub that knows it."""

    id: int
    slug: str
    page: str
    api_url: str
    client_id: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class GitHub:
    """Without an App (`has_app`), `app_id` is 0 and all that belongs to one is empty."""

    api_url: str
    web_url: str
    app_id: int
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    #: GitHub's limits on writes are kept to without being told. GitHub Enterprise Server has none by default:
    #: https://docs.github.com/en/enterprise-server@3.3/admin/configuration/configuring-your-enterprise/configuring-rate-limits
    rate_limits: bool = True

    @property
    def has_app(self) -> bool:
        return self.app_id > 0

    def with_app(self, app: OwnApp) -> Self:
        return replace(
            self,
            app_id=app.id,
            private_key=app.private_key,
            webhook_secret=app.webhook_secret,
            client_id=app.client_id,
            client_secret=app.client_secret,
        )


def read(reader: Environment, *, app: bool) -> GitHub:
    """`app`: the environment must name one; otherwise what it says about one isn't looked at."""
    api = reader.url("GITHUB_API_URL", "the address of GitHub's REST API", "https://api.github.com")
    # GitHub Enterprise Server has its API below its own address, at /api/v3.
    web = "https://github.com" if api == "https://api.github.com" else api.removesuffix("/api/v3")
    where = GitHub(
        api_url=api,
        web_url=reader.url("GITHUB_WEB_URL", "the address of GitHub's pages")
        if reader.optional("GITHUB_WEB_URL")
        else web,
        app_id=0,
        private_key="",
        webhook_secret="",
        client_id="",
        client_secret="",
        rate_limits=reader.switch("GITHUB_RATE_LIMITS", default=True),
    )
    return _as_named(reader, where) if app else where


def _as_named(reader: Environment, where: GitHub) -> GitHub:
    return replace(
        where,
        app_id=reader.whole("GITHUB_APP_ID", None, hint=f"the App's number; {_SETTINGS_PAGE}"),
        private_key=_private_key(reader),
        webhook_secret=reader.required("GITHUB_WEBHOOK_SECRET", f"the secret that GitHub signs with; {_SETTINGS_PAGE}"),
        client_id=reader.required("GITHUB_CLIENT_ID", f"for sign-in; {_SETTINGS_PAGE}"),
        client_secret=reader.required("GITHUB_CLIENT_SECRET", f"for sign-in; make one where {_SETTINGS_PAGE}"),
    )


def _private_key(reader: Environment) -> str:
    name = "GITHUB_PRIVATE_KEY"
    hint = f"the App's private key (PEM) or the path of its file; generate one where {_SETTINGS_PAGE}"
    value = reader.required(name, hint)
    if not value:
        return ""
    text = value if "-----BEGIN" in value else reader.file(name, value, hint)
    if text and "PRIVATE KEY-----" not in text:
        reader.problem(name, "holds no private key", hint)
    # A PEM on one line, as some tools keep variables, has its line breaks written out.
    return text.replace("\\n", "\n")


_SETTINGS_PAGE = "it stands on the App's settings page at GitHub (Settings, Developer settings, GitHub Apps)"
