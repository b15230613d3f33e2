"""Who is found by a service's name on its environment's network, brought to what the store says: as the router is, for
what comes from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tidegate.instance import InstanceState
from tidegate.store.instances import Bearer
from worker.held import awaited
from worker.parts import Parts

#: A worker that was killed in the middle keeps others from it for so long, in seconds; a name takes some tenths of one.
_ALIGNING = 30.0


def give(parts: Parts, host: str) -> None:
    """On that host: the healthy instances of what is routed have the name, whoever else still has it. Raises
    Unavailable.

    To be done before traffic is sent to them, since one that gets a name is off the network for a moment.
    """
    _align(parts, host, _bears)


def align(parts: Parts, host: str) -> None:
    """On that host: the healthy instances of what is routed have the name, and no others: those get it before the
    others lose it, so that it leads somewhere at any time. Raises Unavailable. Doing it twice does it once."""
    _align(parts, host, lambda _: True)


def _align(parts: Parts, host: str, whom: Callable[[Bearer], bool]) -> None:
    """One at a time on each host, and what is to be is read within: of two who had read before, the one that knew less
    might act last."""

    def there() -> list[Bearer]:
        return [each for each in parts.store.instances.bearers() if each.instance.host == host and whom(each)]

    if not there():
        return
    with awaited(parts, f"names-{host}", _ALIGNING, "another worker is giving services their names"):
        for bearer in sorted(there(), key=lambda each: not _bears(each)):
            _align_one(parts, bearer)


def _bears(bearer: Bearer) -> bool:
    return bearer.routed and bearer.instance.state is InstanceState.HEALTHY


def _align_one(parts: Parts, bearer: Bearer) -> None:
    instance, wanted = bearer.instance, frozenset({bearer.service} if _bears(bearer) else ())
    engine = parts.hosts.of(instance.host)
    found = engine.inspect(instance.container_id)
    cut_off = found is not None and found.running and found.address is None
    if found is None or (found.aliases == wanted and not cut_off):
        return
    named = engine.alias(instance.container_id, wanted, instance.address)
    if named is None or named.address is None:
        return
    moved = replace(instance, address=named.address, port=named.port or instance.port)
    if moved != instance:
        parts.store.instances.change(instance, moved, "", "", parts.clock.now())
