"""How this server is reached: by its own address, and services by theirs."""

from __future__ import annotations

from collections.abc import Sequence

from tidegate.checkup.line import Line, amiss, fine
from tidegate.setup import is_public

#: Days that a certificate must still be good for.
_SOON = 14


def address_line(url: str, status: int | None, trouble: str) -> Line:
    """Of a request to its /healthz: the answer's status, or what kept one from coming."""
    subject = "address"
    if status == 200:
        return fine(subject, f"{url} answers")
    said = f"{url}/healthz answers {status}" if status else f"{url} doesn't answer from here ({trouble})"
    return amiss(subject, said, "start the server, and lead TIDEGATE_URL to its web process (PORT)")


def certificate_line(url: str, days: float | None, trouble: str) -> Line:
    """`days` until the certificate ends; None: it could not be had, or isn't valid, by `trouble`."""
    subject = "TLS"
    if not url.startswith("https://"):
        advice = "passwords and tokens can be read on their way: give the router certificates (TIDEGATE_TLS), and write https://"
        return fine(subject, f"{url} is plain http", advice if is_public(url) else "")
    if days is None:
        return amiss(subject, f"the certificate of {url} can't be trusted ({trouble})", "have one made for that name")
    if days < _SOON:
        return amiss(subject, f"the certificate of {url} ends in {days:.0f} days", "renew it")
    return fine(subject, f"the certificate of {url} is good for {days:.0f} days")


def file_line(name: str, days: float | None, trouble: str) -> Line:
    """Of a file in TIDEGATE_TLS; `days` None: it can't be used, by `trouble`, and what it held before is served."""
    subject = "certificate file"
    if days is None:
        todo = "write certificate, chain and key into one file, one after the other, as PEM"
        return amiss(subject, f"{name} can't be used: {trouble}", todo)
    if days < _SOON:
        return amiss(subject, f"{name} ends in {days:.0f} days", "renew it; it is taken as soon as the file is there")
    return fine(subject, f"{name} is good for {days:.0f} days")


def wildcard_line(domain: str, addresses: Sequence[str], *, ours: bool, trouble: str) -> Line:
    """`addresses` that any name below the domain has; `ours`: this server's router answered there."""
    subject = "DNS"
    if not addresses:
        todo = f"make a DNS record `*.{domain}` that leads to the router's machine (TIDEGATE_DOMAIN)"
        return amiss(subject, f"names below {domain} have no address", todo)
    where = f"*.{domain} is {', '.join(addresses)}"
    if ours:
        return fine(subject, f"{where}, and the router answers")
    why = f" ({trouble})" if trouble else ""
    todo = "lead them to the router (TIDEGATE_ROUTER_BIND), with the port of TIDEGATE_DOMAIN if it has one"
    return amiss(subject, f"{where}, where this server's router doesn't answer{why}", todo)
