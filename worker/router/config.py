"""The proxy's two files as text, derived from a layout."""

from __future__ import annotations

from tidegate.door import Tls
from worker.authority import place as authority
from worker.router import pages
from worker.router.layout import NOT_ANSWERING, NOTHING_LIVE, Layout, slot_name
from worker.router.plan import HOSTS_MAP

ADMIN_SOCKET = "admin.sock"
MASTER_SOCKET = "master.sock"
#: A directory: those from files that the proxy was given.
CERTIFICATES = "certificates"

# Reasons, by line:
# - maxconn: two descriptors each stay below the usual limit of 20,000; `no strict-limits` starts with fewer, too.
# - noreuseport: a second proxy on the same address fails to start instead of taking every other connection.
# - hard-stop-after: as long as a tunnel may live, since it also ends the old process after a reload.
# - timeout http-keep-alive: shorter than the overlap of two deployments, since a client that idles in the old process
#   after a reload is still led by the old table for its next request.
# - idle-close-on-response: a reload ends idle connections with an answer, never between two requests.
# - retry-on: a container that was just stopped closes idle connections that the next request was about to use; such a
#   request is sent again, unless it may have had an effect (RFC 9110 9.2.2).
# - target: a backend's name, and "/noindex" behind it for previews.
# - field, rtrim: "Example.com.:8080" is "example.com"; the host_only converter came after 2.6.
_HEAD = """\
# Written by Tidegate from its database; changes are overwritten.
global
    stats socket unix@{admin} mode 600 level admin
    nbthread 2
    maxconn 8000
    no strict-limits
    noreuseport
    hard-stop-after 1h
{identity}
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 5m
    timeout tunnel 1h
    timeout http-request 30s
    timeout http-keep-alive 30s
    option forwardfor
    option idle-close-on-response
    option redispatch 1
    retries 3
    retry-on conn-failure empty-response
    http-reuse safe
    http-error status 503 content-type "text/html; charset=utf-8" string '{not_answering}' hdr Retry-After 5 {uncached}

frontend web
    bind {bind}
{tls}    http-request disable-l7-retry unless METH_GET or {{ method OPTIONS }}
    http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request set-var(txn.target) req.hdr(host),field(1,:),rtrim(.),lower,map({map})
    http-response set-header X-Robots-Tag noindex if {{ var(txn.target),field(2,/) -m str noindex }}
{dashboard}    use_backend %[var(txn.target),field(1,/)]
    default_backend unknown

backend unknown
    http-request return status 404 content-type "text/html; charset=utf-8" string '{unknown}' {uncached}

backend {nothing_live_name}
    http-request return status 503 content-type "text/html; charset=utf-8" string '{nothing_live}' hdr Retry-After 5 {uncached}

backend {not_answering_name}
"""  # noqa: E501 - a directive is one line


# - 308: a POST stays one. `pathq`: as the client wrote it.
# - of several certificates for a name, and where none has it, the first is shown: those from files win.
_TLS = """\
    bind {bind} ssl {certificates} alpn h2,http/1.1 ssl-min-ver TLSv1.2
{challenges}    http-request redirect location https://%[req.hdr(host),field(1,:)]{port}%[pathq] code 308 if !{{ ssl_fc }} {{ req.hdr(host) -m found }}
"""  # noqa: E501 - the same
# To a challenge of http-01 belongs the token and whose account it is (RFC 8555, 8.3): with that, no state is needed to
# answer each, and of others' accounts none. It comes by plain http, or by https where it was led on before us.
_CHALLENGES = """\
    http-request return status 200 content-type text/plain lf-string "%[path,field(-1,/)].{thumbprint}" if {{ path -m reg ^/[.]well-known/acme-challenge/[A-Za-z0-9_-]+$ }}
"""  # noqa: E501 - the same
_DASHBOARD = "    use_backend dashboard if {{ req.hdr(host),field(1,:),rtrim(.),lower -m str {host} }}\n"
_WEB = "backend dashboard\n    server web {address}\n"


def haproxy_cfg(
    layout: Layout,
    bind: str,
    identity: tuple[str, str] | None,
    tls: Tls | None = None,
    thumbprint: str | None = None,
) -> str:
    """`bind` as in HAProxy's bind line ("0.0.0.0:80", several with commas); `identity` is the (user, group) to become
    once the sockets are open, None to stay. `tls`: its certificates are in CERTIFICATES by then, and what
    the authority's challenges are answered by is `thumbprint`."""
    head = _HEAD.format(
        admin=ADMIN_SOCKET,
        identity="" if identity is None else f"    user {identity[0]}\n    group {identity[1]}\n",
        bind=bind,
        map=HOSTS_MAP,
        unknown=pages.UNKNOWN,
        nothing_live_name=NOTHING_LIVE,
        nothing_live=pages.NOTHING_LIVE,
        not_answering_name=NOT_ANSWERING,
        not_answering=pages.NOT_ANSWERING,
        uncached="hdr Cache-Control no-store",
        tls="" if tls is None else _tls(tls, thumbprint),
        dashboard="" if tls is None else _DASHBOARD.format(host=tls.dashboard),
    )
    web = "" if tls is None else _WEB.format(address=tls.web)
    return head + web + "".join(_slot(layout, slot) for slot in range(layout.slots))


def _tls(tls: Tls, thumbprint: str | None) -> str:
    given = [] if tls.certificates is None else [CERTIFICATES]
    if tls.acme is not None:
        given += [f"{authority.PLACE}/{authority.NONE}", f"{authority.PLACE}/{authority.CERTIFICATES}"]
    return _TLS.format(
        bind=tls.bind,
        certificates=" ".join(f"crt {place}" for place in given),
        challenges="" if thumbprint is None else _CHALLENGES.format(thumbprint=thumbprint),
        port=f":{tls.port}" if tls.port else "",
    )


def _slot(layout: Layout, slot: int) -> str:
    servers = "".join(f"    server {server.name} {server.definition}\n" for server in layout.servers.get(slot, ()))
    return f"backend {slot_name(slot)}\n{servers}"


def hosts_map(layout: Layout) -> str:
    return "".join(f"{host} {target}\n" for host, target in layout.hosts.items())
