"""Where the router listens: for plain http, or for TLS with certificates from files or from an authority, and then for
the dashboard too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tidegate.environment import Environment

if TYPE_CHECKING:
    from tidegate.acme import Acme


@dataclass(frozen=True)
class Tls:
    """`bind` as HAProxy writes it. `certificates`: the directory of PEM files, each a certificate, its chain and its
    key; `acme`: who gives what no file has. At least one of the two is there. `port` is what public URLs have where it
    isn't 443. Requests for the host name `dashboard` go to `web`, address:port of our web process."""

    bind: str
    certificates: str | None
    port: int | None
    dashboard: str
    web: str
    acme: Acme | None = None


@dataclass(frozen=True)
class Router:
    """`bind` as HAProxy writes it, for plain http; `directory` holds its configuration, maps and sockets."""

    bind: str
    directory: str
    tls: Tls | None = None

    @property
    def acme(self) -> Acme | None:
        """Who is asked for certificates, if anybody is."""
        return None if self.tls is None else self.tls.acme


def router(reader: Environment, data: str, url: str, port: int | None) -> Router:
    """`url`: TIDEGATE_URL; `port`: TIDEGATE_DOMAIN's."""
    bind = reader.text("TIDEGATE_ROUTER_BIND", "*:80")
    certificates = reader.optional("TIDEGATE_TLS")
    authority = _authority(reader)
    if certificates is None and authority is None:
        return Router(bind, f"{data}/router")
    place = urlsplit(url)
    if place.scheme == "http":
        hint = "with TLS, services and dashboard are reached by https; write https:// in TIDEGATE_URL"
        reader.problem("TIDEGATE_URL", "begins with http://", hint)
    tls = Tls(
        bind=reader.text("TIDEGATE_TLS_BIND", "*:443"),
        certificates=certificates,
        port=port,
        dashboard=place.hostname or "",
        web=reader.text("TIDEGATE_WEB", "127.0.0.1:8000"),
        acme=authority,
    )
    return Router(bind, f"{data}/router", tls)


def _authority(reader: Environment) -> Acme | None:
    if reader.optional("TIDEGATE_ACME") is None:
        return None
    from tidegate.acme import acme  # here, for memory: every process reads the settings

    return acme(reader)
