"""What clean-up finds, on hosts, in the store and in TIDEGATE_DATA, with what tidegate/ decides about each of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import structlog

from tidegate.container import network_place
from tidegate.howfar import At, unwatched
from tidegate.leftovers import deployment_of, judge_mirrors, judge_scratch, judge_trees
from tidegate.pulled import judge_pulled
from tidegate.retention import Item, Rules, judge_cache, judge_containers, judge_images, judge_logs, judge_networks
from worker import retire
from worker.datadir import DataDir
from worker.parts import Parts
from worker.ports import Engine, Refused, Unavailable

log = structlog.get_logger(__name__)


def survey(parts: Parts, rules: Rules, at: At = unwatched) -> list[Item]:
    """All of it; changes nothing. Every part is looked at on its own: a host that is down hides nothing else."""
    found: list[Item] = []
    looks = _looks(parts, rules)
    for number, (what, look) in enumerate(looks, 1):
        at(f"looking at {what}", number, len(looks))
        try:
            found += look()
        except (Unavailable, Refused) as trouble:
            log.warning("this can't be cleaned up now", trouble=str(trouble))
    return found


def _looks(parts: Parts, rules: Rules) -> list[tuple[str, Callable[[], list[Item]]]]:
    """What is looked at, and how."""
    on_host = (
        ("images", _images),
        ("fetched images", _pulled),
        ("the build cache", _cache),
        ("networks", _networks),
        ("containers", _containers),
    )
    return [
        *(
            (f"{what} on {each.name}", partial(look, parts, rules, each))
            for each in parts.hosts
            for what, look in on_host
        ),
        ("logs", partial(_logs, parts, rules)),
        ("files", partial(_files, parts, rules)),
    ]


def _at(engine: Engine, items: Iterable[Item]) -> list[Item]:
    return [replace(item, host=engine.name) for item in items]


def _images(parts: Parts, rules: Rules, engine: Engine) -> list[Item]:
    held = engine.held_images()
    statuses = parts.store.images.statuses({image.deployment for image in held})
    return _at(engine, judge_images(held, parts.store.images.uses(), statuses, parts.clock.now(), rules))


def _pulled(parts: Parts, rules: Rules, engine: Engine) -> list[Item]:
    there, ours = engine.digest_images(), parts.store.pulled_images.of(engine.name)
    return _at(engine, judge_pulled(there, ours, parts.store.images.uses(), parts.clock.now(), rules))


def _cache(_: Parts, rules: Rules, engine: Engine) -> list[Item]:
    if rules.cache is None:
        return []
    return _at(engine, [judge_cache(engine.name, engine.build_cache(), rules.cache)])


def _networks(parts: Parts, _: Rules, engine: Engine) -> list[Item]:
    held = [(name, network_place(name)) for name in engine.held_networks()]
    known = {repository.id for repository in parts.store.repositories.all()}
    return _at(engine, judge_networks(held, known, parts.store.environments.places()))


def _containers(parts: Parts, _: Rules, engine: Engine) -> list[Item]:
    return _at(engine, judge_containers(container.name for container in retire.left_over(parts, engine)))


def _logs(parts: Parts, rules: Rules) -> list[Item]:
    return judge_logs(parts.store.logs.expired(parts.clock.now() - rules.logs), rules)


def _files(parts: Parts, rules: Rules) -> list[Item]:
    data, now = DataDir(parts.settings.data), parts.clock.now()
    trees = data.exported(now)
    statuses = parts.store.images.statuses({deployment_of(tree.name) for tree in trees})
    served = {repository.id for repository in parts.store.repositories.all() if not repository.gone}
    return [
        *judge_trees(trees, statuses),
        *judge_mirrors(data.mirrored(now), served, rules.mirrors),
        *scratch(parts),
    ]


def scratch(parts: Parts) -> list[Item]:
    """What is in the scratch directory."""
    data = DataDir(parts.settings.data)
    # Looked at before it is asked who lives: what is made in between isn't listed.
    left = data.left_in_scratch(parts.clock.now())
    return judge_scratch(left, data.held_in_scratch())
