"""Asks this server's own addresses, as anybody would, and GitHub for its time."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tidegate.checkup.address import address_line, certificate_line, file_line, wildcard_line
from tidegate.checkup.line import Line
from tidegate.checkup.machine import clock_line
from tidegate.settings import Settings
from worker.ports import Clock
from worker.router import certificates
from worker.router.pages import UNKNOWN

_TIMEOUT = 10.0
#: No service's, so that the router says that it knows no such name.
_NOBODY = "tidegate-doctor"


def own_address(settings: Settings) -> Line:
    try:
        answer = httpx.get(f"{settings.url}/healthz", timeout=_TIMEOUT)
    except httpx.HTTPError as trouble:
        return address_line(settings.url, None, str(trouble) or type(trouble).__name__)
    return address_line(settings.url, answer.status_code, "")


def certificate(settings: Settings, clock: Clock) -> Line:
    place = urlsplit(settings.url)
    if place.scheme != "https":
        return certificate_line(settings.url, None, "")
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((place.hostname, place.port or 443), _TIMEOUT) as plain,
            context.wrap_socket(plain, server_hostname=place.hostname) as secure,
        ):
            told = secure.getpeercert()
    except OSError as trouble:
        return certificate_line(settings.url, None, str(trouble))
    ends = ssl.cert_time_to_seconds(str((told or {})["notAfter"]))
    return certificate_line(settings.url, (ends - clock.now().timestamp()) / 86400, "")


def certificate_files(settings: Settings, clock: Clock) -> Iterator[Line]:
    tls = settings.router.tls
    if tls is None or tls.certificates is None:
        return
    for name, told in certificates.ends(Path(tls.certificates)).items():
        if isinstance(told, str):
            yield file_line(name, None, told)
        else:
            yield file_line(name, (told - clock.now()).total_seconds() / 86400, "")


def wildcard(settings: Settings) -> Line:
    host = f"{_NOBODY}.{settings.domain}"
    # Browsers know these names to be this machine, whatever DNS says: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
    addresses = ["127.0.0.1"] if host.endswith(".localhost") else _addresses(host)
    if not addresses:
        return wildcard_line(settings.domain, [], ours=False, trouble="")
    literal = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    headers = {"Host": urlsplit(settings.service_url(host)).netloc}
    # Whoever has certificates from an authority has none for names that nobody has.
    named = settings.router.acme is None
    try:
        with httpx.Client(timeout=_TIMEOUT, verify=named) as client:
            # To that address, by that name: the certificate must be the name's.
            answer = client.get(settings.service_url(literal), headers=headers, extensions={"sni_hostname": host})
    except httpx.HTTPError as trouble:
        return wildcard_line(settings.domain, addresses, ours=False, trouble=str(trouble) or type(trouble).__name__)
    ours = UNKNOWN in answer.text
    return wildcard_line(
        settings.domain, addresses, ours=ours, trouble="" if ours else f"it answers {answer.status_code}"
    )


def github_time(settings: Settings, clock: Clock) -> Line:
    """By what any answer of GitHub's tells, also one that refuses."""
    before = clock.now()
    try:
        answer = httpx.get(f"{settings.github.api_url}/meta", timeout=_TIMEOUT)
        theirs = parsedate_to_datetime(answer.headers["Date"])
    except (httpx.HTTPError, KeyError, ValueError) as trouble:
        return clock_line(None, str(trouble) or type(trouble).__name__)
    ours = before + (clock.now() - before) / 2
    return clock_line(_skew(ours, theirs), "")


def _skew(ours: datetime, theirs: datetime) -> float:
    """Theirs tells whole seconds: it is half a second later, on average."""
    return ours.timestamp() - theirs.replace(tzinfo=theirs.tzinfo or UTC).timestamp() - 0.5


def _addresses(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return sorted({str(each[4][0]) for each in found})
