"""Host names → instances: the whole table that the router must equal, always derived from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.hostname import default_host, deployment_host
from tidegate.instance import Instance
from tidegate.repository import DEPLOY_FILE, PRODUCTION


@dataclass(frozen=True)
class Backend:
    """What one deployment serves with, or two while one takes the place of the other (`rolling_key`): the instances'
    addresses as (host, port), in order. `noindex`: search engines are told to leave it alone, as a preview of a pull
    request."""

    deployment_id: str
    servers: tuple[tuple[str, int], ...]
    noindex: bool = False


@dataclass(frozen=True)
class RoutingTable:
    """`hosts` maps a lower-case host name (no port) to a key of `backends`: a deployment id, or a rolling key.

    A host name whose value is None is known but has nothing live yet, and one whose backend is empty has nobody who is
    well: it answers 503 and says so; others answer 404.
    """

    hosts: dict[str, str | None]
    backends: dict[str, Backend]


@dataclass(frozen=True)
class Serving:
    """A deployment with its healthy instances, at least one, by index."""

    deployment_id: str
    sha: str
    instances: tuple[Instance, ...]
    #: More of them may still come, and until the switch it is not live.
    entering: bool = False
    #: Of a service that the router leads to; it may be of another type by now.
    public: bool = True


@dataclass(frozen=True)
class Route:
    """One environment of one service. `repository` is owner/name; `definition` is the service's latest.

    `routed` may name a deployment that is not in `serving`: then none of its instances is healthy.
    """

    service: str
    environment: str
    repository: str
    definition: dict[str, object]
    routed: str | None
    #: Oldest deployment first.
    serving: tuple[Serving, ...]


def routing_table(routes: Sequence[Route], domain: str) -> RoutingTable:
    """Default and custom host names to the routed deployment, or to it and the one that is rolled out in its place;
    each serving deployment's own host name to itself.

    Where two environments claim one name, the one that serves keeps it: a newcomer can't take a name away.
    """
    hosts: dict[str, str | None] = {}
    backends: dict[str, Backend] = {}
    rolling: dict[str, str] = {}
    # Production last: of a commit that it and a preview both serve, the commit's own name leads to production.
    for route in sorted(routes, key=lambda each: each.environment == PRODUCTION):
        noindex = route.environment != PRODUCTION
        for serving in filter(lambda each: each.public, route.serving):
            servers = tuple((instance.address, instance.port) for instance in serving.instances)
            backends[serving.deployment_id] = Backend(serving.deployment_id, servers, noindex)
            hosts[deployment_host(route.service, serving.sha, domain)] = serving.deployment_id
        mixed = _rolling(route, noindex=noindex)
        if mixed is not None and route.routed is not None:
            backends[mixed.deployment_id] = mixed
            rolling[route.routed] = mixed.deployment_id
    for route in routes:
        if route.service == DEPLOY_FILE:
            continue  # not a service, only the place where a deploy file's own mistakes are told
        routed = rolling.get(route.routed, route.routed) if route.routed in backends else None
        # What serves goes on doing so until a deploy has made it private.
        serves = (default_host(route.service, route.environment, domain),) if routed else ()
        for host in claimed_hosts(route.service, route.environment, route.definition, domain) or serves:
            if hosts.get(host) is None:
                hosts[host] = routed
    for route in routes:
        _say_who_is_not_well(route, domain, hosts, backends)
    return RoutingTable(hosts, backends)


def _say_who_is_not_well(route: Route, domain: str, hosts: dict[str, str | None], backends: dict[str, Backend]) -> None:
    """What is live, though none of its instances is well: its names lead to nobody, where none who serves has them."""
    routed = route.routed
    if routed is None or any(each.deployment_id == routed for each in route.serving):
        return
    if not is_public(route.definition):
        return  # nothing is sent to it, and a cron service has no instances that could be well
    backends.setdefault(routed, Backend(routed, (), route.environment != PRODUCTION))
    for host in claimed_hosts(route.service, route.environment, route.definition, domain):
        if hosts.get(host) is None:
            hosts[host] = routed


def rolling_key(deployment_id: str) -> str:
    """Of the backend in which a deployment's instances take the place of the routed one's, until the switch."""
    return f"{deployment_id}.rolling"


def _rolling(route: Route, *, noindex: bool) -> Backend | None:
    """Each healthy instance of a deployment that enters stands in for one of the routed deployment's, of which the last
    leaves with the switch. None where nothing enters, or where there is only one to be replaced: the switch does that.
    """
    public = [each for each in route.serving if each.public]
    old = next((each.instances for each in public if each.deployment_id == route.routed), ())
    new = next((each for each in public if each.entering and each.deployment_id != route.routed), None)
    if new is None or len(old) < 2:
        return None
    instances = *new.instances, *old[min(len(new.instances), len(old) - 1) :]
    servers = tuple((instance.address, instance.port) for instance in instances)
    return Backend(rolling_key(new.deployment_id), servers, noindex)


def is_public(definition: Mapping[str, object]) -> bool:
    """Whether the router leads to a service with this definition."""
    return definition.get("type", "web") == "web"


def claimed_hosts(service: str, environment: str, definition: Mapping[str, object], domain: str) -> tuple[str, ...]:
    """The names that point at whatever is routed: the default one, and in production the custom domains."""
    if not is_public(definition):
        return ()
    custom = definition.get("domains") if environment == PRODUCTION else None
    names = [str(name).lower() for name in custom] if isinstance(custom, list) else []
    return (default_host(service, environment, domain), *names)
