"""Where the router listens: for plain http, or for TLS with certificates from files, and then for the dashboard too."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from tidegate.environment import Environment


@dataclass(frozen=True)
class Tls:
    """`bind` as HAProxy writes it. `certificates`: the directory of PEM files, each a certificate, its chain and its
    key. `port` is what public URLs have where it isn't 443. Requests for the host name `dashboard` go to `web`,
    address:port of our web process."""

    bind: str
    certificates: str
    port: int | None
    dashboard: str
    web: str


@dataclass(frozen=True)
class Router:
    """`bind` as HAProxy writes it, for plain http; `directory` holds its configuration, maps and sockets."""

    bind: str
    directory: str
    tls: Tls | None = None


def router(reader: Environment, data: str, url: str, port: int | None) -> Router:
    """`url`: TIDEGATE_URL; `port`: TIDEGATE_DOMAIN's."""
    bind = reader.text("TIDEGATE_ROUTER_BIND", "*:80")
    certificates = reader.optional("TIDEGATE_TLS")
    if certificates is None:
        return Router(bind, f"{data}/router")
    place = urlsplit(url)
    if place.scheme == "http":
        hint = "with TIDEGATE_TLS, services and dashboard are reached by https; write https:// in TIDEGATE_URL"
        reader.problem("TIDEGATE_URL", "begins with http://", hint)
    tls = Tls(
        bind=reader.text("TIDEGATE_TLS_BIND", "*:443"),
        certificates=certificates,
        port=port,
        dashboard=place.hostname or "",
        web=reader.text("TIDEGATE_WEB", "127.0.0.1:8000"),
    )
    return Router(bind, f"{data}/router", tls)
