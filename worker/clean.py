"""Clean-up: removes what the survey says is to go. What is wanted again meanwhile is left alone."""

from __future__ import annotations

from datetime import timedelta

import structlog

from tidegate.container import network_place
from tidegate.howfar import At, unwatched
from tidegate.pulled import JUST_NOW
from tidegate.retention import Item, Kind, Rules
from worker.datadir import DataDir
from worker.image_lease import ImageLease
from worker.parts import Parts
from worker.ports import Refused, Unavailable
from worker.survey import survey

#: What an instance prints is kept up to this many lines while it runs.
_RUNNING_LINES = 200_000
#: A lease that nobody came back for is forgotten after this.
_LEASES = timedelta(days=1)

log = structlog.get_logger(__name__)


def clean(parts: Parts, rules: Rules, at: At = unwatched) -> list[Item]:
    """What was removed. What can't be removed now is left to the next time."""
    _forget(parts, rules)
    going, removed = [item for item in survey(parts, rules, at) if item.verdict.go], []
    for number, item in enumerate(going, 1):
        at(f"removing {item.kind} {item.name}", number, len(going))
        if _remove(parts, rules, item):
            removed.append(item)
    for item in removed:
        log.info("cleaned up", kind=item.kind, name=item.name, reason=item.verdict.reason)
    return removed


def _forget(parts: Parts, rules: Rules) -> None:
    """Rows that nobody can ask for any more."""
    now = parts.clock.now()
    parts.store.leases.prune(now - _LEASES)
    parts.store.tokens.prune(now)
    parts.store.logs.trim(_RUNNING_LINES)
    parts.store.cron_runs.prune(now - rules.logs)


def _remove(parts: Parts, rules: Rules, item: Item) -> bool:
    try:
        return _removed(parts, rules, item)
    except (Unavailable, Refused) as trouble:
        log.warning("this can't be removed now", kind=item.kind, name=item.name, trouble=str(trouble))
        return False


def _removed(parts: Parts, rules: Rules, item: Item) -> bool:
    data = DataDir(parts.settings.data)
    match item.kind:
        case Kind.IMAGE:
            return _remove_image(parts, item)
        case Kind.PULLED:
            return _remove_pulled(parts, item)
        case Kind.CACHE:
            return rules.cache is not None and parts.hosts.of(item.host).prune_build_cache(rules.cache) > 0
        case Kind.NETWORK:
            return _remove_network(parts, item)
        case Kind.CONTAINER:
            parts.hosts.of(item.host).remove(item.name)
        case Kind.LOG:
            parts.store.logs.forget(item.name)
        case Kind.TREE:
            data.remove_tree(item.name)
        case Kind.MIRROR:
            return data.remove_mirror(item.name)
        case Kind.SCRATCH:
            data.remove_scratch(item.name)
    return True


def _remove_image(parts: Parts, item: Item) -> bool:
    """Under its builder's lease, and asked for once more: whoever wants the image meanwhile holds that lease, or has
    noted in the store that it needs the image, or comes after and builds it anew."""
    engine = parts.hosts.of(item.host)
    with ImageLease(parts, item.name, f"{parts.owner}-clean") as lease:
        if not lease.mine or parts.store.images.needed(item.name):
            return False
        engine.remove_image(item.name)
        return engine.image_id(item.name) is None  # else somebody's container needs it


def _remove_pulled(parts: Parts, item: Item) -> bool:
    """First it is no more noted as ours, under the lease of those who note it: who has fetched it meanwhile has noted
    it anew, and who comes after finds it gone."""
    engine, pulled, now = parts.hosts.of(item.host), parts.store.pulled_images, parts.clock.now()
    with ImageLease(parts, item.name, f"{parts.owner}-clean") as lease:
        at = pulled.of(item.host).get(item.name)
        if not lease.mine or at is None or now - at < JUST_NOW or parts.store.images.needed(item.name):
            return False
        pulled.forget(item.host, item.name)
        engine.remove_pulled(item.name)
        if engine.image_id(item.name) is None:
            return True
        pulled.add(item.host, item.name, at)  # somebody's container needs it
        return False


def _remove_network(parts: Parts, item: Item) -> bool:
    """Asked for once more: a preview may be coming back. Where a container is still attached, it can't be removed."""
    if network_place(item.name) in parts.store.environments.places():
        return False
    parts.hosts.of(item.host).remove_network(item.name)
    return True
