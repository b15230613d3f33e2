"""From the running state and the wanted table: slots, and the commands that get there with no request lost. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace

from tidegate.routing import Backend, RoutingTable
from worker.router.layout import NOINDEX, NOT_ANSWERING, NOTHING_LIVE, Layout, Running, Server, owner, slot_name

#: The map file's name, in the proxy's directory and in its commands.
HOSTS_MAP = "hosts.map"

# Letters, digits and hyphens (RFC 1123 2.1), and the underscore that many resolvers and proxies let pass.
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\Z")
# What HAProxy takes in a server's name (its manual, 2.2), without the colon, which is the address's.
_ID = re.compile(r"[A-Za-z0-9_.-]+\Z")


@dataclass(frozen=True)
class Steps:
    """Commands of the runtime API in the order that loses nothing: new servers in, host names moved, old servers out.

    `remove` is apart since HAProxy refuses to delete a server that still has connections: it takes no new ones, and the
    next apply tries again.
    """

    enter: tuple[str, ...]
    move: tuple[str, ...]
    leave: tuple[str, ...]
    remove: tuple[str, ...]

    @property
    def pending(self) -> tuple[str, ...]:
        """What must have happened before the proxy equals the table."""
        return self.enter + self.move + self.leave


def legal(table: RoutingTable) -> tuple[RoutingTable, tuple[str, ...]]:
    """The part of the table that can be written down safely, and a sentence for each thing left out.

    One service's odd name must neither break the proxy's files nor hold up everybody else's deploys.
    """
    hosts = {host: deployment for host, deployment in table.hosts.items() if _HOST.match(host)}
    backends = {
        key: replace(backend, servers=tuple(s for s in backend.servers if _reachable(*s)))
        for key, backend in table.backends.items()
        if _ID.match(key)
    }
    left_out = [f"{host!r} is not a host name" for host in table.hosts if host not in hosts]
    left_out += [f"{key!r} is not a deployment id" for key in table.backends if key not in backends]
    left_out += [
        f"{address}:{port} of {key} is not an IP address and a port"
        for key, backend in backends.items()
        for address, port in table.backends[key].servers
        if (address, port) not in backend.servers
    ]
    return RoutingTable(hosts, backends), tuple(left_out)


def _reachable(address: str, port: int) -> bool:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return "%" not in address and 0 < port < 65536


def assign(table: RoutingTable, running: Running, saved: Layout) -> Layout:
    """Gives each deployment that has servers a slot: the one it is in, else a free one, else one of newly made ones.

    Free means without servers, even leaving ones, and without host names that still lead there. The number of slots
    never shrinks, which also tells a reloaded proxy from the process that it replaces.
    """
    serving = {key: backend for key, backend in table.backends.items() if backend.servers}
    slot_of = _occupied(running, serving)
    newcomers = [key for key in serving if key not in slot_of]
    slots = max(running.slots, saved.slots)
    taken = {slot_name(slot) for slot in running.servers}
    taken |= {target.removesuffix(NOINDEX) for target in running.hosts.values()}
    while len(free := [slot for slot in range(slots) if slot_name(slot) not in taken]) < len(newcomers):
        slots *= 2
    free.sort(key=lambda slot: (slot - saved.cursor) % slots)
    chosen = dict(zip(newcomers, free, strict=False))
    slot_of |= chosen
    return Layout(
        slots=slots,
        cursor=([saved.cursor, *((slot + 1) % slots for slot in chosen.values())])[-1],
        hosts={host: _target(deployment, slot_of, serving) for host, deployment in table.hosts.items()},
        servers={slot_of[key]: _servers(key, backend) for key, backend in serving.items()},
    )


def _occupied(running: Running, serving: dict[str, Backend]) -> dict[str, int]:
    """Deployment → the slot that it alone has servers in, for those that serve on."""
    slot_of: dict[str, int] = {}
    for slot, names in sorted(running.servers.items()):
        owners = {owner(name) for name in names}
        if len(owners) == 1 and (deployment := owners.pop()) in serving:
            slot_of.setdefault(deployment, slot)
    return slot_of


def _target(deployment: str | None, slot_of: dict[str, int], serving: dict[str, Backend]) -> str:
    if deployment is None:
        return NOTHING_LIVE
    if deployment not in slot_of:
        return NOT_ANSWERING
    return slot_name(slot_of[deployment]) + (NOINDEX if serving[deployment].noindex else "")


def _servers(key: str, backend: Backend) -> tuple[Server, ...]:
    return tuple(Server(key, address, port) for address, port in dict.fromkeys(backend.servers))


def steps(running: Running, layout: Layout) -> Steps:
    """The difference, as commands. Nothing where the proxy already equals the layout."""
    wanted = {slot: {server.name: server for server in servers} for slot, servers in layout.servers.items()}
    enter: list[str] = []
    for slot, servers in wanted.items():
        present = running.servers.get(slot, {})
        for name, server in servers.items():
            if name not in present:
                enter.append(f"add server {slot_name(slot)}/{name} {server.definition}")
            if not present.get(name):  # a server that was added is in maintenance
                enter.append(f"set server {slot_name(slot)}/{name} state ready")
    old = [
        (f"{slot_name(slot)}/{name}", active)
        for slot, names in running.servers.items()
        for name, active in names.items()
        if name not in wanted.get(slot, {})
    ]
    return Steps(
        enter=tuple(enter),
        move=tuple(_moves(running.hosts, layout.hosts)),
        leave=tuple(f"set server {path} state maint" for path, active in old if active),
        remove=tuple(f"del server {path}" for path, _ in old),
    )


def _moves(now: dict[str, str], then: dict[str, str]) -> list[str]:
    changed = [host for host in then if now.get(host) != then[host]]
    return [
        *(f"{'set' if host in now else 'add'} map {HOSTS_MAP} {host} {then[host]}" for host in changed),
        *(f"del map {HOSTS_MAP} {host}" for host in now if host not in then),
    ]
